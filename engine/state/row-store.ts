/**
 * Rows that an operator keeps: columns of typed arrays, each row under a small number, its id, until it is removed. The ids of
 * removed rows are given out again.
 */
import type { Batch } from '../batch/batch.ts';
import type { ColumnBuilder } from '../batch/builder.ts';
import { type Column, isBoxed, newValues, type Value, valueAt } from '../batch/column.ts';
import type { DataType, Field } from '../contract/types.ts';
import { copyOf } from './copies.ts';
import type { Snapshots } from './snapshot.ts';
import { heapBytes } from './value-bytes.ts';

interface StoredColumnData {
  readonly numbers: Float64Array | Int32Array | Uint8Array;
  readonly values: readonly Value[] | null;
  readonly nulls: Uint8Array;
}

export interface RowStoreData {
  /** Null: its values are not kept. */
  readonly columns: readonly (StoredColumnData | null)[];
  readonly times: Float64Array;
  readonly used: number;
  readonly free: readonly number[];
}

/** One field of all rows. */
class StoredColumn {
  readonly type: DataType;
  #numbers: Float64Array | Int32Array | Uint8Array;
  /** Strings, boxed values, and BIGINTs beyond 2^53: null where the number says it. */
  #values: Value[] | null;
  #nulls = new Uint8Array(64);
  /** Of `#values`, beside their places. */
  heldBytes = 0;

  constructor(type: DataType) {
    this.type = type;
    this.#numbers = type.kind === 'STRING' || isBoxed(type) ? new Uint8Array(0) : newValues(type, 64);
    this.#values = type.kind === 'STRING' || isBoxed(type) ? [] : null;
  }

  get rowBytes(): number {
    return this.#numbers.BYTES_PER_ELEMENT + 1 + (this.#values === null ? 0 : 8);
  }

  grow(capacity: number): void {
    const nulls = new Uint8Array(capacity);
    nulls.set(this.#nulls);
    this.#nulls = nulls;
    if (this.#numbers.length === 0) return;
    const numbers = newValues(this.type, capacity);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }

  set(id: number, column: Column, row: number): void {
    if (column.validity !== null && column.validity[row] === 0) {
      this.#nulls[id] = 1;
      this.clear(id);
      return;
    }
    this.#nulls[id] = 0;
    if (column.kind === 'number') {
      this.#numbers[id] = column.values[row] as number;
      this.clear(id);
    } else {
      this.put(id, valueAt(column, this.type, row));
    }
  }

  /** The same for `rows[k]` under `ids[k]`, for k in [0, count). */
  setAll(ids: Int32Array, column: Column, rows: Int32Array, count: number): void {
    const values = this.#values;
    if (
      column.validity !== null ||
      column.kind === 'value' ||
      (column.kind === 'number' && values !== null)
    ) {
      for (let k = 0; k < count; k++) this.set(ids[k] as number, column, rows[k] as number);
      return;
    }
    const nulls = this.#nulls;
    if (column.kind === 'number') {
      const numbers = this.#numbers;
      const from = column.values;
      for (let k = 0; k < count; k++) {
        const id = ids[k] as number;
        numbers[id] = from[rows[k] as number] as number;
        nulls[id] = 0;
      }
      return;
    }
    const { strings } = column.table;
    const codes = column.values;
    for (let k = 0; k < count; k++) {
      const id = ids[k] as number;
      const text = strings[codes[rows[k] as number] as number] as string;
      nulls[id] = 0;
      this.heldBytes += heapBytes(text) - heapBytes(values?.[id] ?? null);
      (values as Value[])[id] = text;
    }
  }

  put(id: number, value: Value): void {
    this.#nulls[id] = value === null ? 1 : 0;
    if (this.#numbers.length > 0 && (typeof value === 'number' || typeof value === 'boolean')) {
      this.#numbers[id] = Number(value);
      this.clear(id);
      return;
    }
    if (this.#values === null && value === null) return;
    this.#values ??= [];
    this.heldBytes += heapBytes(value) - heapBytes(this.#values[id] ?? null);
    this.#values[id] = value;
  }

  /** The first `used` rows. */
  snapshot(used: number): StoredColumnData {
    return {
      numbers: copyOf(this.#numbers, used),
      values: this.#values?.slice(0, used) ?? null,
      nulls: copyOf(this.#nulls, used),
    };
  }

  /** After `grow` to at least as many rows. */
  restore({ numbers, values, nulls }: StoredColumnData): void {
    if (this.#numbers.length > 0) this.#numbers.set(numbers);
    this.#values = values === null ? null : [...values];
    this.heldBytes = (values ?? []).reduce<number>((sum, value) => sum + heapBytes(value), 0);
    this.#nulls.set(nulls);
  }

  clear(id: number): void {
    if (this.#values === null) return;
    this.heldBytes -= heapBytes(this.#values[id] ?? null);
    this.#values[id] = null;
  }

  get(id: number): Value {
    if (this.#nulls[id] === 1) return null;
    const value = this.#values?.[id] ?? null;
    if (value !== null || this.#numbers.length === 0) return value;
    const number = this.#numbers[id] ?? 0;
    return this.type.kind === 'BOOLEAN' ? number !== 0 : number;
  }

  emit(id: number, builder: ColumnBuilder): void {
    if (this.#values === null && this.#nulls[id] === 0) builder.pushNumber(this.#numbers[id] as number);
    else builder.push(this.get(id));
  }
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
    const { times } = batch;
    for (let k = 0; k < count; k++)
      ids[k] = this.#take(times === null ? Number.NaN : (times[rows[k] as number] as number));
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

  remove(id: number): void {
    this.#free.push(id);
    for (const column of this.#columns) column?.clear(id);
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
