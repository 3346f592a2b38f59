/**
 * What a connector or operator implements. Small on purpose: the task around them does watermarks, dead letters, metrics,
 * back pressure, pausing and cancelling.
 */
import type { Batch } from '../batch/batch.ts';
import type { PeekedRecord, Place } from '../contract/connections.ts';
import type { SinkView } from '../contract/link.ts';
import type { Panes } from '../contract/panes.ts';
import type { Problem } from '../contract/problems.ts';
import type { TimeSettings } from '../contract/settings.ts';
import type { EdgeSchema, Field } from '../contract/types.ts';
import type { Checked } from '../expressions/api.ts';
import type { Files } from '../files/files.ts';
import type { StateData } from '../state/snapshot.ts';
import type { Clock } from './clock.ts';

/** Everything that a node may touch of the world around it. */
export interface NodeContext<C> {
  readonly nodeId: string;
  readonly config: C;
  readonly clock: Clock;
  /** Seed of this node: derived from the run's seed and the node's id. */
  readonly seed: number;
  /** Folder that relative paths are taken from. */
  readonly baseDir: string;
  /** Aborted when the run stops; pending I/O ends then. */
  readonly signal: AbortSignal;
  readonly batchRows: number;
  /** Through which it touches files that must survive a crash; left out, the disk. Failure injection stands in between here. */
  readonly files?: Files;
  log(level: 'info' | 'warning' | 'error', text: string): void;
}

/** A record that could not be used, for the dead-letter port. Counted as read, never lost. */
export interface DeadLetter {
  readonly problem: Problem;
  /** The record as it came, cut to `RAW_TEXT_MAX` characters. */
  readonly raw: string;
}
export const RAW_TEXT_MAX = 2000;

export interface SourceContext<C> extends NodeContext<C> {
  /** What `spec.schemas` said of the main port, without the arrival time where the source task adds it. */
  readonly fields: readonly Field[];
  /**
   * A folder of this node's own, the same for the run and every run that goes on from one of its checkpoints, and for no other:
   * what a source keeps there beside its position. Made where it is needed. Left out where the run takes no checkpoints.
   */
  readonly stateDir?: string;
}

/** What one poll gives. */
export interface SourceOutput {
  /** Rows of the source's fields, without times and watermarks: the source task adds both. Null: only dead letters. */
  readonly batch: Batch | null;
  /** By row, the index of its partition; null where all rows are of partition 0. */
  readonly partitions: Int32Array | null;
  readonly deadLetters: readonly DeadLetter[];
}

/** Where a source can go on after a restart: JSON, by partition name. Written into checkpoints. */
export type SourcePosition = Readonly<Record<string, unknown>>;

export interface SourceLag {
  /** Records not yet read; NaN where it cannot be known. */
  readonly records: number;
  /** Age of the next unread record in ms; NaN where it cannot be known. */
  readonly ms: number;
}

/**
 * Reads records. Order of calls: `open` once, then `poll` and `whenReady` in turns, `close` once, whatever happened
 * (also after a failed `open`).
 *
 * A source prefetches on its own, within bounds that it keeps (at most a few batches, at most `PREFETCH_BYTES_MAX`),
 * and never blocks the thread for longer than about 10 ms. It obeys `context.clock` for every wait.
 */
export interface Source {
  /** Names of the partitions known now. More may come at the end of the list while it runs; none goes. */
  readonly partitions: readonly string[];
  /** Opens at the beginning or where `restored` says. Throws `WeirError`: the run does not start. */
  open(restored: SourcePosition | null): Promise<void>;
  /** At most `maxRows` rows of what is there; null when there is nothing now. Synchronous. */
  poll(maxRows: number): SourceOutput | null;
  /** True when no record will come any more and all were polled. */
  readonly ended: boolean;
  /** Resolves when `poll` may give something, or the source ended or failed. Rejects with `WeirError` on failure. */
  whenReady(): Promise<void>;
  /** After the rows polled so far. */
  position(): SourcePosition;
  lag(): SourceLag;
  /** Of one partition; where only the whole is known, NaN. */
  partitionLag?(partition: number): SourceLag;
  /**
   * Partitions that gave their last row before the last `poll`, each told once: they no longer hold the watermark back.
   * Called after every poll, before its rows are passed on. What it tells must follow from the rows given so far, not
   * from timing, so that two runs are equal.
   */
  endedPartitions?(): readonly number[];
  /**
   * A checkpoint with this position is complete, and no earlier one will be gone on from any more (of those that are kept, the oldest
   * counts): what lies before it will not be asked for again.
   */
  committed?(position: SourcePosition): void | Promise<void>;
  close(): Promise<void>;
}
export const PREFETCH_BYTES_MAX = 8 * 1024 * 1024;

/** What JSON can hold. */
export type JsonData =
  | null
  | boolean
  | number
  | string
  | readonly JsonData[]
  | { readonly [name: string]: JsonData };

export interface SinkContext<C> extends NodeContext<C> {
  readonly input: EdgeSchema;
  /** Whether rows become visible by `commit` alone; else as the sink sees fit, and at `finish`. */
  readonly checkpointed?: boolean;
  /** As a source's: a folder of its own beside the checkpoints. Left out where the run takes none. */
  readonly stateDir?: string;
}

/**
 * Takes records. Order of calls: `open` once; `write` one at a time (the next only after the promise of the one
 * before); `finish` at the end of the input or when the run is stopped: makes everything written so far visible;
 * `close` once, whatever happened (after a failure without `finish`).
 *
 * In a run with checkpoints a transactional sink also has `prepare`, `commit` and `recover` called (two-phase commit, as Flink's
 * TwoPhaseCommittingSink): rows between two checkpoints become visible when the second one is complete, and never before.
 * `prepare` comes between two writes; `commit` of it follows when the checkpoint stands on the disk, or never, when the run dies
 * between the two: then `recover` of the next run gets what the last complete checkpoint had prepared.
 *
 * The end of such a run: `prepare` after the last write, `commit`, then `finish`. What `finish` makes visible was prepared then, so
 * that a death in the middle of it is one that `recover` mends. (`finish` without that shows rows that the next run gives again.)
 */
export interface Sink {
  open(): Promise<void>;
  /** The batch is the sink's own from here. A promise holds back the next batch: that is back pressure. */
  write(batch: Batch): void | Promise<void>;
  finish(): void | Promise<void>;
  close(): void | Promise<void>;
  /**
   * Everything written before is on the disk (or wherever it goes) when this resolves, and still invisible. The result is kept in
   * the checkpoint: JSON, all that `commit` needs, also in another process.
   */
  prepare?(checkpoint: number): Promise<JsonData>;
  /** Makes visible what was prepared. Called again after a restart that does not know whether it was done: must be idempotent. */
  commit?(prepared: JsonData): Promise<void>;
  /**
   * After `open` of a run that goes on from a checkpoint: commits what it had prepared, and discards what was written after it.
   * Null: the sink was not in that checkpoint. Also called on a sink that only finds out what its run before had shown, and is closed then.
   */
  recover?(prepared: JsonData | null): Promise<void>;
  /**
   * Rows that outside readers can see; after `recover`, with those of the runs before. They become visible in the order in which they were
   * written: how many says which.
   */
  readonly committed: number;
  /** What the studio draws of it; null for sinks that only write. `version` changes when the picture would. */
  view?(): { readonly version: number; readonly view: SinkView };
}

/** A source's runtime beside its spec. */
export interface SourceRuntime<C> {
  /** Where its event time is no setting (`time`) but what it is: always this. */
  time?(config: C): TimeSettings;
  /** Whether it writes the setting `arrival` (ingestion time as a field) itself, because it knows better than the task when. */
  readonly stampsArrival?: boolean;
  create(context: SourceContext<C>): Source;
  /** Looks at the data and proposes `schema` (and what else follows), as a change of the config. */
  infer?(config: C, baseDir: string): Promise<Partial<C>>;
  /** What could be read from where the settings lead; of them only those that say where are looked at. @throws WeirError */
  browse?(config: unknown): Promise<readonly Place[]>;
  /** The newest records of one of them, newest last. @throws WeirError */
  peek?(config: unknown, place: string): Promise<readonly PeekedRecord[]>;
}

export interface SinkRuntime<C> {
  create(context: SinkContext<C>): Sink;
}

/**
 * An operator without state says what it does as data; the chain that it stands in is compiled as a whole
 * (`chain/generate.ts`). Fields are those of the operator's input.
 */
export type FusedStep =
  | { readonly kind: 'filter'; readonly condition: Checked }
  | {
      readonly kind: 'project';
      readonly columns: readonly { readonly field: Field; readonly expression: Checked }[];
    };

export interface FusedRuntime<C> {
  readonly kind: 'fused';
  step(config: C, input: EdgeSchema): FusedStep;
}

/** Passes everything on, of any number of inputs. The task merges their watermarks. */
export interface MergeRuntime {
  readonly kind: 'merge';
}

export interface OperatorContext<C> extends NodeContext<C> {
  /** What arrives, in the order of the spec's input ports. */
  readonly inputs: readonly EdgeSchema[];
  /** The first of them. */
  readonly input: EdgeSchema;
  /** What leaves, by output port. */
  readonly outputs: Readonly<Record<string, EdgeSchema>>;
  /** The schema of the port `out`. */
  readonly output: EdgeSchema;
  /** Sends rows to a port; the batch is the receiver's. */
  emit(port: string, batch: Batch): void;
  /** Sends what cannot be processed to the errors port (or ends the run, where it is set so). */
  reject(letters: readonly DeadLetter[]): void;
}

/**
 * An operator with state. The task calls `process` and `watermark` in stream order, `clock` when processing time
 * moved, `end` once after the last element (the watermark has gone to +Infinity before; where a source holds it at its end, `end`
 * is not called, and what is open stays open).
 *
 * With several inputs, rows come as their sources give them; each is judged against the watermark merged from all inputs
 * (`batch.watermarks`), and `watermark` is the merged one.
 */
export interface StatefulOperator {
  /**
   * Reads what it needs before the first element (a table to look up), sinks being open and sources not yet. Throws a
   * `WeirError`: the run does not start. Called after `restore`.
   */
  open?(): Promise<void>;
  /** @param input index of the spec's input port */
  process(batch: Batch, input: number): void;
  /** Everything up to `time` (ms) has come. Rows that fire are emitted before this returns. */
  watermark(time: number): void;
  /** Processing time is `now`. */
  clock(now: number): void;
  /** When `clock` must be called next; Infinity: no need. */
  readonly nextTimer: number;
  /** One input gave its last element; the others may go on. Before `end`, which comes when all have ended. */
  inputEnded?(input: number): void;
  end(): void;
  /**
   * All its state, as a copy. Called between two elements, also after `end`. `restore` is called on a new operator with the same settings, before
   * anything else: it then goes on exactly as the one that was copied would have. Rows that were emitted are not part of it:
   * an operator keeps nothing back that it ought to have emitted.
   */
  snapshot(): StateData;
  restore(data: StateData): void;
  /** Where its watermark stays behind that of its inputs (interval joins, patterns), the time (ms) that it may pass on. */
  readonly outputWatermark?: number;
  /** The watermark at which it fires next, ms; Infinity: nothing waits for one. Left out: it does not say. */
  readonly dueWatermark?: number;
  readonly openWindows: number;
  readonly stateBytes: number;
  /** Entries of state: keys, rows or panes. */
  readonly stateRows: number;
  /** Windows: those that are open, for who looks at them. */
  openPanes?(): Panes;
  /** Records that went to the late port. */
  readonly late: number;
}

export interface StatefulRuntime<C> {
  readonly kind: 'stateful';
  /**
   * Columns that the operator needs beside its input fields, by input, computed by the chain in front of it, where their
   * errors can still be told row by row: `process` gets them after the input's columns.
   */
  needs(config: C, inputs: readonly EdgeSchema[]): readonly (readonly Checked[])[];
  /**
   * By input, the columns (of input and needs, by index) whose values decide which subtask a row belongs to: rows that must meet have
   * equal values. Null: all rows must meet, so the operator runs at parallelism 1.
   */
  partitionBy(config: C, inputs: readonly EdgeSchema[]): readonly (readonly number[])[] | null;
  /** Rows need not meet, and nothing of them is kept: it runs wherever its input is, and is never split. */
  rowwise?(config: C): boolean;
  /** What is decided about how it runs, a line each, for `weir explain`. */
  choices?(config: C, inputs: readonly EdgeSchema[]): readonly string[];
  create(context: OperatorContext<C>): StatefulOperator;
}

export type OperatorRuntime<C> = FusedRuntime<C> | MergeRuntime | StatefulRuntime<C>;
