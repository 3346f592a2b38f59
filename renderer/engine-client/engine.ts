/**
 * Keeping the engine: connecting, connecting again when a link drops, and telling a dropped link from a dead engine.
 * Runs live in the engine and outlast a link: where the same process greets again, they go on.
 */
import { type Problem, problem } from '../../engine/contract/problems.ts';
import { isActive, type RunStore } from '../store/run.ts';
import type { Telemetry } from '../store/telemetry.ts';
import type { EngineClient } from './client.ts';

/** ms before each attempt; the last one repeats. */
export const PAUSES_MS = [100, 500, 1000, 2000, 5000, 10_000] as const;
/** A link that held so long was a good one: the next drop begins with short pauses again. */
const HELD_MS = 10_000;
/** A link that opens without a greeting, so often: the engine behind it does not come up. */
const SILENT_MAX = 3;
/** A run that still starts is asked for again so often. */
const STARTING_EVERY_MS = 500;

export interface EngineParts {
  readonly client: EngineClient;
  readonly run: RunStore;
  /** Resolves after so many ms. */
  readonly wait: (ms: number) => Promise<void>;
  /** ms of a clock that only goes forward */
  readonly now: () => number;
  readonly telemetry: Telemetry;
}

export class Engine {
  readonly #parts: EngineParts;
  #attempts = 0;
  #connectedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** The first connection, or one to an engine that was started anew. */
  async connect(): Promise<void> {
    const { client, run } = this.#parts;
    run.setState({ engine: 'connecting', engineProblem: null });
    const connected = await client.connect();
    this.#connectedAt = this.#parts.now();
    run.setState(connected.ok ? { engine: 'ready' } : { engine: 'dead', engineProblem: connected.problem });
  }

  /** The link closed: connects again until the engine is there, is found dead, or someone restarts it. */
  async reconnect(cause: Problem): Promise<void> {
    const { client, run, wait, now } = this.#parts;
    // What it says makes no sense: saying it again would not help.
    if (cause.code === 'L-MESSAGE' || client.pid === null) return this.#bury(cause);
    if (now() - this.#connectedAt > HELD_MS) this.#attempts = 0;
    run.setState({ engine: 'reconnecting', engineProblem: cause });
    const before = client.pid;
    let silent = 0;
    for (;;) {
      await wait(PAUSES_MS[Math.min(this.#attempts++, PAUSES_MS.length - 1)] ?? 0);
      if (run.getState().engine !== 'reconnecting') return;
      const connected = await client.connect();
      if (run.getState().engine !== 'reconnecting') return;
      if (connected.ok) {
        if (connected.pid === before) return this.#resume();
        // The host started another one to answer us: nobody has asked for it yet.
        client.close();
        return this.#bury(died(before));
      }
      silent = connected.reached ? silent + 1 : 0;
      if (silent === SILENT_MAX || connected.problem.code === 'L-VERSION')
        return this.#bury(connected.problem);
      run.setState({ engineProblem: connected.problem });
    }
  }

  /** Tells the engine how the run stands here; what it answers shows whether the run is still there. */
  async #resume(): Promise<void> {
    const { client, run, wait, now, telemetry } = this.#parts;
    this.#connectedAt = now();
    const { runId } = run.getState();
    while (runId !== null && run.getState().runId === runId && isActive(run.getState().status)) {
      const { status } = run.getState();
      const type = status === 'paused' ? 'run.pause' : status === 'stopping' ? 'run.stop' : 'run.resume';
      const reply = await client.request({ type, runId });
      if (!client.connected) return; // dropped again: another reconnection is under way
      const after = run.getState();
      if (after.runId !== runId || !isActive(after.status)) break;
      if (!reply.ok) {
        // It ended, or never began, while nobody was there to be told.
        run.setState({ status: 'ended', problems: reply.problems as readonly Problem[] });
        break;
      }
      if (after.status !== 'starting' && after.status === status) break;
      if (after.status === 'starting' && telemetry.layout.nodes.length > 0)
        run.setState({ status: 'running' });
      else if (after.status === 'starting') await wait(STARTING_EVERY_MS);
    }
    if (client.connected) run.setState({ engine: 'ready', engineProblem: null });
  }

  #bury(cause: Problem): void {
    const { run, telemetry } = this.#parts;
    telemetry.end();
    run.setState({ engine: 'dead', engineProblem: cause });
    // Its runs ended with it; what it last said stays to be seen.
    if (isActive(run.getState().status)) run.setState({ status: 'ended', problems: [cause] });
  }
}

const died = (pid: number): Problem =>
  problem('R-ENGINE', {
    path: [],
    message: 'The engine has stopped.',
    value: `process ${pid}`,
    expected: 'a running engine',
    next: 'Restart the engine; the document is not touched.',
  });
