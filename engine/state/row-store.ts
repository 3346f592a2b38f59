/**
 * Rows that an operator keeps: columns of typed arrays, each row under a small number, its id, until it is removed. The ids of
 * removed rows are given out again.
 */
import type { Batch } from '../batch/batch.ts';
import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column, Value } from '../batch/column.ts';
import type { Field } from '../contract/types.ts';
import { copyOf } from './copies.ts';
import type { Snapshots } from './snapshot.ts';
import { type Numbers, StoredColumn, type StoredColumnData } from './stored-column.ts';

export interface RowStoreData {
  /** Null: its values are not kept. */
  readonly columns: readonly (StoredColumnData | null)[];
  readonly times: Float64Array;
  readonly used: number;
  readonly free: readonly number[];
}

export class RowStore implements Snapshots<RowStoreData> {
  readonly #columns: readonly (StoredColumn | null)[];
  /** Event times (ms); NaN where the stream has none. */
  #times = new Float64Array(64);
  #capacity = 64;
  #used = 0;
  #free: number[] = [];

  /** @param kept fields that anybody reads; left out: all */
  constructor(fields: readonly Field[], kept: ReadonlySet<number> | null = null) {
    this.#columns = fields.map((f, i) => (kept === null || kept.has(i) ? new StoredColumn(f.type) : null));
  }

  /** Rows that are kept. */
  get size(): number {
    return this.#used - this.#free.length;
  }

  /** Ids given out so far: all of them are kept where it is `size`. */
  get used(): number {
    return this.#used;
  }

  /** Ids lie in [0, `capacity`): the length of arrays that run beside the store. Grows. */
  get capacity(): number {
    return this.#capacity;
  }

  get bytes(): number {
    const columns = this.#columns.reduce(
      (sum, c) => (c === null ? sum : sum + c.rowBytes * this.#capacity + c.heldBytes),
      0,
    );
    return columns + this.#capacity * 8 + this.#free.length * 8;
  }

  /** Keeps the row at position `row` of a batch (its first columns, as many as the store has). */
  add(batch: Batch, row: number): number {
    const id = this.#take(batch.times === null ? Number.NaN : (batch.times[row] as number));
    for (let c = 0; c < this.#columns.length; c++) {
      const column = batch.columns[c];
      if (column !== undefined) this.#columns[c]?.set(id, column, row);
    }
    return id;
  }

  /** The same for `rows[k]`, whose id goes to `ids[k]`, for k in [0, count). */
  addAll(batch: Batch, rows: Int32Array, count: number, ids: Int32Array): void {
    this.#takeAll(batch.times, rows, count, ids);
    for (let c = 0; c < this.#columns.length; c++) {
      const column = batch.columns[c];
      if (column !== undefined) this.#columns[c]?.setAll(ids, column, rows, count);
    }
  }

  /** Keeps a row given by its values. */
  addValues(values: readonly Value[], time: number): number {
    const id = this.#take(time);
    for (let c = 0; c < this.#columns.length; c++) this.#columns[c]?.put(id, values[c] ?? null);
    return id;
  }

  #take(time: number): number {
    const id = this.#free.pop() ?? this.#used++;
    if (id === this.#capacity) this.#grow();
    this.#times[id] = time;
    return id;
  }

  #takeAll(times: Float64Array | null, rows: Int32Array, count: number, ids: Int32Array): void {
    let k = 0;
    for (; k < count && this.#free.length > 0; k++)
      ids[k] = this.#take(times === null ? Number.NaN : (times[rows[k] as number] as number));
    const first = this.#used - k;
    this.#used += count - k;
    while (this.#used > this.#capacity) this.#grow();
    const kept = this.#times;
    for (let at = k; at < count; at++) ids[at] = first + at;
    if (times === null) kept.fill(Number.NaN, first + k, first + count);
    else for (let at = k; at < count; at++) kept[first + at] = times[rows[at] as number] as number;
  }

  remove(id: number): void {
    this.#free.push(id);
    for (const column of this.#columns) column?.clear(id);
  }

  /** Event times (ms) by id, to be read until the next row comes. */
  get times(): Float64Array {
    return this.#times;
  }

  /** A field by id, to be read until the next row comes; null where some are not kept as numbers. What is NULL has any number. */
  numbers(column: number): Numbers | null {
    return this.#columns[column]?.numbers ?? null;
  }

  time(id: number): number {
    return this.#times[id] as number;
  }

  value(id: number, column: number): Value {
    return this.#columns[column]?.get(id) ?? null;
  }

  /** Appends one field of a row to an output column. */
  emit(id: number, column: number, builder: ColumnBuilder): void {
    this.#columns[column]?.emit(id, builder);
  }

  /** The same for the rows `ids[k]`, k in [0, count). */
  gather(ids: Int32Array, count: number, column: number, builder: ColumnBuilder): void {
    this.#columns[column]?.gather(ids, count, builder);
  }

  /**
   * One field as a column of `length` rows: at each `rows[k]`, k in [0, count), that of the row `ids[rows[k]]`; elsewhere anything.
   * @param padded whether ids may be negative, which gives NULL
   */
  spread(
    ids: Int32Array,
    rows: Int32Array,
    count: number,
    column: number,
    length: number,
    padded: boolean,
  ): Column {
    const kept = this.#columns[column];
    if (kept == null) throw new Error('a field that is not kept');
    return kept.spread(ids, rows, count, length, padded);
  }

  snapshot(): RowStoreData {
    return {
      columns: this.#columns.map((c) => c?.snapshot(this.#used) ?? null),
      times: copyOf(this.#times, this.#used),
      used: this.#used,
      free: [...this.#free],
    };
  }

  /** Ids stay what they were. */
  restore({ columns, times, used, free }: RowStoreData): void {
    while (this.#capacity <= used) this.#grow();
    this.#columns.forEach((column, c) => {
      const data = columns[c];
      if (data != null) column?.restore(data);
    });
    this.#times.set(times);
    this.#used = used;
    this.#free = [...free];
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const column of this.#columns) column?.grow(this.#capacity);
    const times = new Float64Array(this.#capacity);
    times.set(this.#times);
    this.#times = times;
  }
}
