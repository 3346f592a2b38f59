/** One run as its studios see it: what happened is sent on, and enough is kept for a studio that comes later. */
import type { CheckpointReport } from '../contract/checkpoints.ts';
import type { Evidence } from '../contract/evidence.ts';
import type { FromEngine, RunSummary, SinkView } from '../contract/link.ts';
import type { Panes } from '../contract/panes.ts';
import type { Problem } from '../contract/problems.ts';
import { HEAD_SLOTS, type TelemetryLayout } from '../contract/telemetry.ts';
import type { RunEvents, RunHandle } from '../runtime/run-api.ts';
import type { Port } from './client.ts';
import type { RunEnd } from './run-folders.ts';

/** Log lines that a late studio still gets, and lines of a second that are sent at all. */
const LOGS_KEPT = 200;
const LOGS_PER_SECOND_MAX = 50;
/** Checkpoints that a late studio is told of. */
const CHECKPOINTS_KEPT = 200;
/** Without any change the clock still moves: one snapshot after this many ms. */
const UNCHANGED_EVERY_MS = 1000;

export type Send = (message: FromEngine, figures?: Float64Array | null) => void;

export class LiveRun implements RunEvents {
  readonly id: string;
  stoppedByPerson = false;
  whenOver: ((how: RunEnd) => Promise<void>) | null = null;
  /** Resolves when studios have been told of the end. */
  told: Promise<void> = Promise.resolve();
  readonly #started: Promise<RunHandle | null>;
  #settle: (handle: RunHandle | null) => void = () => {};
  #handle: RunHandle | null = null;
  #layout: TelemetryLayout | null = null;
  readonly #views = new Map<string, SinkView>();
  #evidence: Evidence[] = [];
  readonly #checkpoints = new Map<number, CheckpointReport>();
  readonly #logs: (FromEngine & { type: 'run.log' })[] = [];
  readonly #send: Send;
  readonly #onEnded: (ended: FromEngine) => void;
  #lastFigures: Float64Array | null = null;
  #lastSentAt = -Infinity;
  #logSecond = 0;
  #logsInSecond = 0;

  constructor(id: string, send: Send, onEnded: (ended: FromEngine) => void) {
    this.id = id;
    this.#send = send;
    this.#onEnded = onEnded;
    this.#started = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Null while it starts. */
  get handle(): RunHandle | null {
    return this.#handle;
  }

  /** The start came to its end; null: there will be no run. */
  settle(handle: RunHandle | null): void {
    this.#handle ??= handle;
    this.#settle(handle);
  }

  /**
   * One that ended because its engine did, or failed, is one to go on with.
   * @param ended null: it was refused
   */
  async over(ended: FromEngine | null): Promise<void> {
    const outcome = ended?.type === 'run.ended' ? ended.summary.outcome : null;
    const inOrder = outcome === 'finished' || (outcome === 'stopped' && this.stoppedByPerson);
    const how = outcome === null ? 'never began' : inOrder ? 'in order' : 'died';
    await this.whenOver?.(how).catch(() => {}); // what is not written down is offered once more
  }

  /** Waits for a run that still starts, so that no stop is lost. */
  async stop(savepoint?: string): Promise<void> {
    await (await this.#started)?.stop(savepoint);
  }

  async savepoint(name: string): Promise<void> {
    await (await this.#started)?.savepoint(name);
  }

  panes(node: string, panes: Panes): void {
    this.#send({ type: 'run.panes', runId: this.id, node, panes });
  }

  evidence(evidence: readonly Evidence[]): void {
    this.#evidence = [...evidence];
    this.#send({ type: 'run.evidence', runId: this.id, evidence: this.#evidence });
  }

  checkpoint(report: CheckpointReport): void {
    this.#checkpoints.set(report.id, report);
    if (this.#checkpoints.size > CHECKPOINTS_KEPT) {
      const [oldest] = this.#checkpoints.keys();
      if (oldest !== undefined) this.#checkpoints.delete(oldest);
    }
    this.#send({ type: 'run.checkpoint', runId: this.id, checkpoint: report });
  }

  layout(layout: TelemetryLayout): void {
    this.#layout = layout;
    this.#lastFigures = null;
    this.#send(this.#layoutMessage(layout));
  }

  log(at: number, level: 'info' | 'warning' | 'error', node: string | null, text: string): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#logSecond) {
      this.#logSecond = second;
      this.#logsInSecond = 0;
    }
    const count = ++this.#logsInSecond;
    if (count > LOGS_PER_SECOND_MAX + 1) return;
    const cut = count > LOGS_PER_SECOND_MAX;
    const message: FromEngine & { type: 'run.log' } = {
      type: 'run.log',
      runId: this.id,
      at,
      level: cut ? 'warning' : level,
      node: cut ? null : node,
      text: cut ? 'Too many log lines: the rest of this second is left out.' : text.slice(0, 4000),
    };
    this.#logs.push(message);
    if (this.#logs.length > LOGS_KEPT) this.#logs.shift();
    this.#send(message);
  }

  sample(node: string, port: string, sample: (FromEngine & { type: 'run.sample' })['sample']): void {
    this.#send({ type: 'run.sample', runId: this.id, node, port, sample });
  }

  view(node: string, view: SinkView): void {
    this.#views.set(node, view);
    this.#send({ type: 'run.view', runId: this.id, node, view });
  }

  ended(summary: RunSummary, problems: readonly Problem[]): void {
    this.sendTelemetry(performance.now(), true);
    const copied = problems.map((p) => ({ ...p, path: [...p.path] }));
    this.#onEnded({ type: 'run.ended', runId: this.id, summary, problems: copied });
  }

  /** To a studio that comes while the run goes on. */
  introduce(send: Send): void {
    if (this.#layout === null) return;
    send(this.#layoutMessage(this.#layout));
    for (const message of this.#logs) send(message);
    for (const [node, view] of this.#views) send({ type: 'run.view', runId: this.id, node, view });
    if (this.#evidence.length > 0) send({ type: 'run.evidence', runId: this.id, evidence: this.#evidence });
    for (const checkpoint of this.#checkpoints.values())
      send({ type: 'run.checkpoint', runId: this.id, checkpoint });
    if (this.#lastFigures !== null) send({ type: 'run.telemetry', runId: this.id }, this.#lastFigures);
  }

  /** @param now ms of a clock that only goes forward */
  sendTelemetry(now: number, always = false): void {
    const figures = this.#handle?.snapshot();
    if (figures === undefined) return;
    const last = this.#lastFigures;
    const same = last !== null && sameBeyondClock(last, figures);
    if (same && !always && now - this.#lastSentAt < UNCHANGED_EVERY_MS) return;
    this.#lastFigures = figures;
    this.#lastSentAt = now;
    this.#send({ type: 'run.telemetry', runId: this.id }, figures);
  }

  watch(ports: readonly Port[]): void {
    this.#handle?.watch(ports);
  }

  #layoutMessage({ nodes, edges, partitions }: TelemetryLayout): FromEngine {
    const layout = { nodes: [...nodes], edges: [...edges], partitions: [...partitions] };
    return { type: 'run.layout', runId: this.id, layout };
  }
}

const CLOCK_SLOTS = HEAD_SLOTS.indexOf('elapsedMs') + 1; // `now` and `elapsedMs` come first

function sameBeyondClock(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = CLOCK_SLOTS; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
