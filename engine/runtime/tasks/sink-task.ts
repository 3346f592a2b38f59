/** A sink behind a bounded queue: what it cannot take yet waits, and a full queue holds back the sources. */
import type { Batch } from '../../batch/batch.ts';
import type { EdgeStats, NodeStats } from '../../telemetry/stats.ts';
import type { Clock } from '../clock.ts';
import type { JsonData, Sink } from '../contracts.ts';
import type { Receiver } from '../port.ts';
import { type Cut, isCut, SinkQueue } from './sink-queue.ts';

export const SINK_QUEUE_ROWS = 16_384;
export const SINK_QUEUE_BYTES = 32 * 1024 * 1024;

/** Told what becomes of rows, in their order. */
export interface SinkTally {
  /** They are at the sink's queue. */
  arrived(batch: Batch): void;
  /** Taken before they are written, as the batch is the sink's then. */
  numbers(batch: Batch): Float64Array;
  written(numbers: Float64Array): void;
  prepared(checkpoint: number): void;
  /** What was prepared is about to become visible. */
  showing(checkpoint: number, prepared: JsonData): void;
  /** It is visible. */
  shown(): void;
  /** All is. */
  finished(): void;
}

/** What a barrier that came through has of a sink. */
export interface Barrier {
  readonly prepared: JsonData;
  readonly overtaken: readonly Batch[];
}

export class SinkTask implements Receiver {
  readonly sink: Sink;
  /** A sink of the same settings, which is not part of the run. */
  readonly another: () => Sink;
  readonly stats: NodeStats;
  /** Shows rows by checkpoints alone: not because its input ended, while the next checkpoint may still fail to come. */
  readonly #byCheckpoints: boolean;
  readonly #edge: EdgeStats;
  readonly #clock: Clock;
  /** Called when room came, the sink finished or failed. */
  readonly #wake: () => void;
  readonly #queue = new SinkQueue();
  #busy = false;
  #ended = false;
  #finishing = false;
  /** Prepared under this number before it finishes. */
  #cut: number | null = null;
  #closed = false;
  #uncommittedSince = Number.NaN;
  #seenCommitted = 0;
  /** Rows of the runs before, where the sink does not count on itself: without a state of its own, it showed them all. */
  #earlier = Number.NaN;
  finished = false;
  failure: unknown = null;
  /** Counts which records got how far. */
  tally: SinkTally | null = null;

  constructor(
    sink: Sink,
    another: () => Sink,
    stats: NodeStats,
    edge: EdgeStats,
    clock: Clock,
    checkpointed: boolean,
    wake: () => void,
  ) {
    this.#byCheckpoints = checkpointed && sink.prepare !== undefined;
    this.sink = sink;
    this.another = another;
    this.stats = stats;
    this.#edge = edge;
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Whether its sources must wait. */
  get full(): boolean {
    return this.#queue.rows >= SINK_QUEUE_ROWS || this.#queue.bytes >= SINK_QUEUE_BYTES;
  }

  batch(batch: Batch): void {
    this.#begin();
    this.stats.recordsIn += batch.count;
    this.tally?.arrived(batch);
    if (!this.#busy && this.#queue.isEmpty) this.#write(batch);
    else this.#queue.push(batch);
  }

  /** Rows that waited here when the checkpoint was taken that the run goes on from: they are counted, and come before all others. */
  restore(batches: readonly Batch[]): void {
    const rows = batches.reduce((sum, batch) => sum + batch.count, 0);
    this.#earlier = this.sink.recover === undefined ? this.stats.recordsIn - rows : 0;
    for (const batch of batches) this.#queue.push(batch);
    this.#pump();
  }

  /** Before its first row: the counters of the checkpoint stand by now. */
  #begin(): void {
    if (Number.isNaN(this.#earlier))
      this.#earlier = this.sink.recover === undefined ? this.stats.recordsIn : 0;
  }

  #write(batch: Batch): void {
    const { tally } = this;
    const numbers = tally?.numbers(batch);
    let pending: void | Promise<void>;
    try {
      pending = this.sink.write(batch);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (numbers === undefined) {
      if (pending !== undefined) this.#wait(pending);
    } else if (pending === undefined) tally?.written(numbers);
    else this.#wait(pending.then(() => tally?.written(numbers)));
  }

  #wait(pending: Promise<void>): void {
    this.#busy = true;
    pending.then(
      () => {
        this.#busy = false;
        this.#pump();
        this.#wake();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /**
   * A checkpoint cuts here: when everything before is written, the sink prepares it. Resolves with what the checkpoint must keep; null
   * for sinks that take no part, and rows that it overtook.
   * @param reached called when the barrier has come through the queue
   */
  barrier(checkpoint: number, reached: () => void): Promise<Barrier> {
    return new Promise((resolve, reject) => {
      const cut: Cut = {
        checkpoint,
        overtaken: [],
        take: async () => {
          reached();
          try {
            const prepared = (await this.sink.prepare?.(checkpoint)) ?? null;
            this.tally?.prepared(checkpoint);
            resolve({ prepared, overtaken: cut.overtaken });
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
            throw error;
          }
        },
      };
      this.#queue.push(cut);
      this.#pump();
    });
  }

  /** The barrier waits for no more than the batch that the sink is writing. */
  overtake(checkpoint: number): void {
    this.#queue.overtake(checkpoint);
    this.#pump();
  }

  /** @param prepared what `barrier` gave for that checkpoint */
  async commit(checkpoint: number, prepared: JsonData): Promise<void> {
    this.tally?.showing(checkpoint, prepared);
    await this.sink.commit?.(prepared);
    this.tally?.shown();
  }

  #pump(): void {
    while (!this.#busy && !this.#closed && this.failure === null) {
      const entry = this.#queue.shift();
      if (entry === undefined) break;
      if (isCut(entry)) this.#wait(entry.take());
      else this.#write(entry);
    }
    if (this.#ended && !this.#busy && !this.#closed && this.#queue.isEmpty) this.#finish();
  }

  /** Nothing more comes from its input. */
  end(): void {
    if (!this.#byCheckpoints) this.finish();
  }

  /**
   * The run ends, or is stopped, and has taken its last checkpoint: writes what waits, then makes it visible.
   * @param cut where there was no last checkpoint, but what is about to be visible must be told: its number
   */
  finish(cut: number | null = null): void {
    this.#cut = cut;
    this.#ended = true;
    this.#pump();
  }

  /** What still waits is given up: nothing may be written to a sink that is closed. */
  async close(): Promise<void> {
    this.#queue.clear();
    this.#closed = true;
    await this.sink.close();
  }

  #finish(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    Promise.resolve()
      .then(() => this.#tellCut())
      .then(() => this.sink.finish())
      .then(() => this.tally?.finished())
      .then(
        () => {
          this.finished = true;
          this.stats.state = 'finished';
          this.#wake();
        },
        (error: unknown) => this.#fail(error),
      );
  }

  async #tellCut(): Promise<void> {
    if (this.#cut === null || this.sink.prepare === undefined) return;
    const prepared = await this.sink.prepare(this.#cut);
    this.tally?.prepared(this.#cut);
    await this.commit(this.#cut, prepared);
  }

  #fail(error: unknown): void {
    this.failure ??= error;
    this.stats.state = 'failed';
    this.#wake();
  }

  watermark(time: number): void {
    this.stats.watermark = time;
  }

  idle(): void {}

  refresh(): void {
    const earlier =
      Number.isNaN(this.#earlier) && this.sink.recover === undefined
        ? this.stats.recordsIn
        : this.#earlier || 0;
    const committed = this.sink.committed + earlier;
    const now = this.#clock.now();
    const waiting = this.stats.recordsIn - committed;
    if (waiting <= 0) this.#uncommittedSince = Number.NaN;
    else if (Number.isNaN(this.#uncommittedSince) || committed > this.#seenCommitted)
      this.#uncommittedSince = now;
    this.#seenCommitted = committed;
    this.stats.committed = committed;
    this.stats.lagRecords = waiting;
    this.stats.lagMs = waiting <= 0 ? 0 : now - this.#uncommittedSince;
    const { rows, bytes } = this.#queue;
    this.#edge.queueRows = rows;
    this.#edge.queueBytes = bytes;
    this.#edge.queueFill = Math.min(1, Math.max(rows / SINK_QUEUE_ROWS, bytes / SINK_QUEUE_BYTES));
  }
}
