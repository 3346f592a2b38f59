/**
 * Rows of partitions that are stalled on purpose: kept back until that is over, then given in their order. They are part of the source's
 * state, as its position is behind them.
 */
import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import { rowsOf } from '../chaos/bad-records.ts';
import type { SourceOutput } from '../contracts.ts';

export interface Stall {
  /** Name of the partition. */
  readonly partition: string;
  isOn(): boolean;
}

export interface HeldBatch {
  readonly partition: number;
  readonly batch: Batch;
}

/** With so many rows kept back, the source is not asked for more. */
const HELD_ROWS_MAX = 100_000;

export class HeldRows {
  readonly #names: readonly string[];
  readonly #stalls: readonly Stall[];
  #held: HeldBatch[] = [];
  #rows = 0;

  constructor(names: readonly string[], stalls: readonly Stall[]) {
    this.#names = names;
    this.#stalls = stalls.filter((stall) => names.includes(stall.partition));
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** Whether the source must not be asked: its only partition is stalled, or enough is kept back. */
  get blocks(): boolean {
    return this.#rows >= HELD_ROWS_MAX || (this.#names.length === 1 && this.#isStalled(0));
  }

  has(partition: number): boolean {
    return this.#held.some((held) => held.partition === partition);
  }

  #isStalled(partition: number): boolean {
    return this.#stalls.some((stall) => stall.partition === this.#names[partition] && stall.isOn());
  }

  /** What need not be kept back any more, a batch at a time; null: nothing. */
  release(): SourceOutput | null {
    const at = this.#held.findIndex(({ partition }) => !this.#isStalled(partition));
    const [held] = at < 0 ? [] : this.#held.splice(at, 1);
    if (held === undefined) return null;
    const { batch, partition } = held;
    this.#rows -= batch.count;
    return { batch, partitions: new Int32Array(batch.length).fill(partition), deadLetters: [] };
  }

  /** Keeps back what is stalled, and gives the rest. */
  keep(output: SourceOutput): SourceOutput {
    const { batch, partitions } = output;
    if (batch === null || partitions === null || this.#stalls.length === 0) return output;
    const stalled = this.#names.map((_, at) => this.#isStalled(at));
    if (!stalled.includes(true)) return output;
    const passing: number[] = [];
    const kept = new Map<number, number[]>();
    for (let row = 0; row < batch.length; row++) {
      const partition = partitions[row] ?? 0;
      if (stalled[partition] !== true) passing.push(row);
      else if (kept.get(partition)?.push(row) === undefined) kept.set(partition, [row]);
    }
    for (const [partition, rows] of kept) {
      const own = rowsOf(output, batch, Int32Array.from(rows)).batch;
      if (own !== null) this.#push({ partition, batch: own });
    }
    return { ...output, ...rowsOf(output, batch, Int32Array.from(passing)) };
  }

  #push(held: HeldBatch): void {
    this.#held.push(held);
    this.#rows += held.batch.count;
  }

  snapshot(): readonly HeldBatch[] {
    return [...this.#held];
  }

  /** @param from by partition, where it stood in the data, or -1 */
  restore(data: readonly HeldBatch[], from: readonly number[]): void {
    for (const { partition, batch } of data) {
      const at = from.indexOf(partition);
      if (at >= 0) this.#push({ partition: at, batch: { ...batch, columns: batch.columns.map(ownTable) } });
    }
  }
}

/** The codes of a table that was copied are not those of the source's. */
const ownTable = (column: Column): Column =>
  column.kind === 'string' ? { ...column, table: { ...column.table, interned: false } } : column;
