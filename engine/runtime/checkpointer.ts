/**
 * Checkpoints of one run. All operators of a run stand on one thread and pass rows on synchronously, so between two slices of work no row
 * is on its way: whatever stands there then is a consistent cut, the barrier in front of every operator at once. What is taken then
 * is a copy; sinks prepare what was written before the cut behind their queues, and the files are written, while the run goes on.
 * When all of it is on the disk the sinks commit.
 */

import type { Part } from '../checkpoints/format.ts';
import type { CheckpointStore } from '../checkpoints/store.ts';
import type { CheckpointReport } from '../contract/checkpoints.ts';
import type { Guarantee } from '../contract/document.ts';
import { problem, showValue, WeirError } from '../contract/problems.ts';
import type { CheckedGraph } from '../plan/graph.ts';
import { DEFAULT_GUARANTEE } from '../plan/guarantees.ts';
import type { BuiltGraph } from './build.ts';
import { ReportedCheckpoint, restoredReport } from './checkpoint-report.ts';
import type { SourcePosition } from './contracts.ts';
import type { Ledger } from './ledger/ledger.ts';
import { originOf } from './origins.ts';
import type { SpreadCut } from './parallel/spread-cut.ts';
import type { RestoreSettings } from './restored.ts';
import { RUN_PART, runData } from './run-data.ts';
import { type SinkData, sinkData } from './tasks/sink-data.ts';
import type { SinkTask } from './tasks/sink-task.ts';
import type { SourceData } from './tasks/source-task.ts';

export interface CheckpointSettings extends RestoreSettings {
  readonly store: CheckpointStore;
  /** From one barrier to the next, ms. */
  readonly everyMs: number;
  /** At least this long between the end of one and the beginning of the next, ms. */
  readonly minPauseMs: number;
  /** One that takes longer is given up, ms. */
  readonly timeoutMs: number;
  /** Failures in a row that do not end the run. */
  readonly tolerableFailures: number;
  /** So long a barrier stands in a sink's queue before it overtakes the rows there, ms; left out: it never does. */
  readonly overtakeAfterMs?: number | null;
  /** Where several workers run the graph: takes the state of all. */
  readonly spread?: SpreadCut | null;
  /** Told how each stands. */
  report?(report: CheckpointReport): void;
  warn(text: string): void;
}

/** Someone waits for a savepoint. */
interface Wanted {
  readonly name: string;
  done(): void;
  failed(error: unknown): void;
}

/** What stood at the barrier, and what sinks prepared. */
interface Cut {
  readonly parts: readonly Part[];
  readonly prepared: readonly Part[];
}

export class Checkpointer {
  readonly #graph: CheckedGraph;
  readonly #built: BuiltGraph;
  readonly #settings: CheckpointSettings;
  readonly #hash: string;
  readonly #mode: Guarantee;
  readonly #ledger: Ledger | null;
  /** Of the checkpoints that are kept, where the sources were. */
  readonly #positions = new Map<number, ReadonlyMap<string, SourcePosition>>();
  #wanted: Wanted[] = [];
  #running: Promise<void> | null = null;
  #nextAt: number;
  #failures = 0;
  readonly #abandon = new AbortController();
  /** The run must end with this: too many failed. */
  failure: unknown = null;

  constructor(
    graph: CheckedGraph,
    hash: string,
    built: BuiltGraph,
    settings: CheckpointSettings,
    ledger: Ledger | null = null,
  ) {
    this.#graph = graph;
    this.#built = built;
    this.#settings = settings;
    this.#ledger = ledger;
    this.#hash = hash;
    this.#mode = graph.document.settings?.guarantee ?? DEFAULT_GUARANTEE;
    this.#nextAt = performance.now() + settings.everyMs;
    const { restored } = settings;
    if (restored === null) return;
    this.#positions.set(restored.manifest.id, positionsIn([...restored.parts.values()]));
    settings.report?.(restoredReport(restored.manifest));
  }

  /** Whether rows become visible without waiting for the checkpoint behind them. */
  get showsAtOnce(): boolean {
    return this.#mode === 'at-least-once';
  }

  /** Called between two slices of work: begins a checkpoint where one is due or wanted, and none is on its way. */
  tick(): void {
    if (this.#running !== null) return;
    const wanted = this.#wanted.shift();
    if (wanted === undefined && performance.now() < this.#nextAt) return;
    const taking = wanted === undefined ? this.#take() : this.#grant(wanted);
    this.#running = taking.finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when a checkpoint that `tick` begins is kept under this name. @throws WeirError `K-NAME`, or why it failed */
  async savepoint(name: string): Promise<void> {
    await this.checkName(name);
    await new Promise<void>((done, failed) => this.#wanted.push({ name, done, failed }));
  }

  /** @throws WeirError `K-NAME` where a savepoint in the folder has it */
  async checkName(name: string): Promise<void> {
    const manifests = await this.#settings.store.list();
    const other = manifests.find((m) => m.name === name);
    if (other !== undefined) throw nameTaken(name, other.id);
  }

  /** The run is over, by a failure: nothing of it may become visible any more but what the next one finds in a whole checkpoint. */
  async abandon(): Promise<void> {
    this.#abandon.abort();
    await this.#running;
    this.#refuseWanted();
  }

  /** One more, after whatever is on its way, of all that the run has done. Rejects where it fails. */
  async last(name: string | null = null): Promise<void> {
    await this.#running;
    // What sinks show after it at the end of the run, it must not hold as rows that wait.
    await this.#attempt(name, false);
    this.#refuseWanted();
  }

  #refuseWanted(): void {
    for (const { name, failed } of this.#wanted.splice(0)) failed(runOver(name));
  }

  async #take(): Promise<void> {
    try {
      await this.#attempt(null, true);
      this.#failures = 0;
    } catch (error) {
      this.#settings.warn(`A checkpoint failed: ${textOf(error)}`);
      if (++this.#failures > this.#settings.tolerableFailures) this.failure ??= error;
    }
  }

  /** That it failed is told to whoever asked, and changes nothing for the run. */
  async #grant({ name, done, failed }: Wanted): Promise<void> {
    await this.#attempt(name, false).then(done, failed);
  }

  /** @param mayOvertake whether its barriers may go past rows in front of sinks, where the settings say so */
  async #attempt(name: string | null, mayOvertake: boolean): Promise<void> {
    const { store, everyMs, minPauseMs, timeoutMs } = this.#settings;
    const takenAt = Date.now();
    const began = performance.now();
    const id = store.nextId();
    const header = { id, takenAt, name, graph: this.#hash };
    const { spread = null } = this.#settings;
    const here = spread === null ? this.#snapshot() : [];
    const copied = here.map((p) => p.node).filter((node) => node !== RUN_PART);
    const queued =
      spread === null ? this.#built.sinks.map((task) => task.stats.node) : [...this.#graph.nodes.keys()];
    const report = new ReportedCheckpoint(header, copied, queued, performance.now() - began, (told) =>
      this.#settings.report?.(told),
    );
    this.#ledger?.barrier(id);
    try {
      const barriers: Promise<Cut> =
        spread === null
          ? this.#barriers(id, report, mayOvertake).then((prepared) => ({ parts: here, prepared }))
          : this.#spreadCut(spread, id, report);
      const { parts, prepared } = await within(barriers, timeoutMs, this.#abandon.signal);
      const manifest = await store.write(header, [...parts, ...prepared], takenAt);
      // It stands on the disk; who goes on from it commits.
      if (this.#abandon.signal.aborted) return;
      for (const task of this.showsAtOnce ? [] : this.#built.sinks) {
        const own = prepared.find((p) => p.node === task.stats.node);
        await task.commit(id, (own?.state as SinkData | undefined)?.prepared ?? null);
      }
      await this.#tellSources(id, parts);
      report.complete(manifest);
    } catch (error) {
      report.failed(error);
      spread?.giveUp(id);
      throw error;
    } finally {
      const now = performance.now();
      this.#nextAt = Math.max(began + everyMs, now + minPauseMs);
    }
  }

  /** Through the queues of all sinks. */
  #barriers(id: number, report: ReportedCheckpoint, mayOvertake: boolean): Promise<Part[]> {
    return Promise.all(this.#built.sinks.map((task) => this.#barrier(task, id, report, mayOvertake)));
  }

  async #barrier(
    task: SinkTask,
    id: number,
    report: ReportedCheckpoint,
    mayOvertake: boolean,
  ): Promise<Part> {
    const began = performance.now();
    const { node } = task.stats;
    const { overtakeAfterMs = null } = this.#settings;
    const through = task.barrier(id, () => report.reached(node, performance.now() - began));
    const { prepared, overtaken } = await (mayOvertake && overtakeAfterMs !== null
      ? overtakingAfter(overtakeAfterMs, through, () => task.overtake(id))
      : through);
    if (this.showsAtOnce && !this.#abandon.signal.aborted) await task.commit(id, prepared);
    const rows = overtaken.reduce((sum, batch) => sum + batch.count, 0);
    return { ...this.#part(node, sinkData(prepared, overtaken)), ...(rows === 0 ? {} : { overtaken: rows }) };
  }

  /** Through all workers, and through the queues of the sinks from the moment at which it reaches them. */
  async #spreadCut(spread: SpreadCut, id: number, report: ReportedCheckpoint): Promise<Cut> {
    const prepared: Promise<Part>[] = [];
    const { states, run } = await spread.take(id, (node, alignedMs) => {
      const sink = this.#built.sinks.find((task) => task.stats.node === node);
      if (sink === undefined) {
        report.reached(node, alignedMs);
        return;
      }
      const own = this.#barrier(sink, id, report, false);
      // It is waited for below, and may fail before.
      own.catch(() => {});
      prepared.push(own);
    });
    const parts = [...states].map(([node, state]) => this.#part(node, state));
    const counters: Part = { node: RUN_PART, type: RUN_PART, origin: null, state: run };
    return { parts: [...parts, counters], prepared: await Promise.all(prepared) };
  }

  /** What a kept checkpoint may still ask for, sources must keep: where the newest breaks, an older one is gone on from. */
  async #tellSources(id: number, parts: readonly Part[]): Promise<void> {
    const told = this.#built.sources.filter(({ parts: own }) => own.source.committed !== undefined);
    if (told.length === 0) return;
    this.#positions.set(id, positionsIn(parts));
    const kept = await this.#settings.store.completed();
    for (const known of this.#positions.keys()) if (!kept.includes(known)) this.#positions.delete(known);
    // Of another run's checkpoint nothing is known: all is kept as long as it is.
    const oldest = this.#positions.get(kept.at(-1) ?? id);
    for (const { parts: own } of told) {
      const position = oldest?.get(own.stats.node);
      if (position !== undefined) await own.source.committed?.(position);
    }
  }

  #snapshot(): Part[] {
    const { sources, stateful, merges } = this.#built;
    return [
      ...sources.map((task) => this.#part(task.parts.stats.node, task.snapshot())),
      ...[...stateful, ...merges].map((task) => this.#part(task.stats.node, task.snapshot())),
      { node: RUN_PART, type: RUN_PART, origin: null, state: runData(this.#built) },
    ];
  }

  #part(node: string, state: unknown): Part {
    const checked = this.#graph.nodes.get(node);
    if (checked === undefined) throw new Error(`the graph lacks ${node}`);
    return { node, type: checked.spec.type, origin: originOf(this.#graph, checked), state };
  }
}

/** By node. */
const positionsIn = (parts: readonly Part[]): Map<string, SourcePosition> =>
  new Map(
    parts.flatMap(({ node, state }) => {
      const { position } = (state ?? {}) as Partial<SourceData>;
      return position === undefined ? [] : [[node, position] as const];
    }),
  );

/** Lets the barrier overtake where it has not come through by then. */
async function overtakingAfter<T>(ms: number, through: Promise<T>, overtake: () => void): Promise<T> {
  if (ms === 0) overtake();
  const timer = ms === 0 ? undefined : setTimeout(overtake, ms);
  try {
    return await through;
  } finally {
    clearTimeout(timer);
  }
}

/** A sink that has failed answers no more: then the end of the run ends the wait. */
async function within<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = (): void => {};
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${ms} ms`)), ms);
    over = () => reject(new Error('the run ended'));
    signal.addEventListener('abort', over);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', over);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const nameTaken = (name: string, id: number): WeirError =>
  new WeirError(
    problem('K-NAME', {
      path: [],
      message: `There is a savepoint with this name: checkpoint ${id}.`,
      value: showValue(name),
      expected: 'a name that no other savepoint of the folder has',
      next: 'Pick another name.',
    }),
  );

const runOver = (name: string): WeirError =>
  new WeirError(
    problem('K-NONE', {
      path: [],
      message: 'The run ended before the savepoint was taken.',
      value: showValue(name),
      expected: 'a run that goes on',
      next: 'Go on from its last checkpoint.',
    }),
  );
