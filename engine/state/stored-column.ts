/** One field of all rows that an operator keeps, by row id. */
import type { ColumnBuilder } from '../batch/builder.ts';
import { type Column, isBoxed, newValues, type StringTable, type Value, valueAt } from '../batch/column.ts';
import { takeCodes, takeFloats } from '../batch/slab.ts';
import type { DataType } from '../contract/types.ts';
import { copyOf } from './copies.ts';
import { heapBytes } from './value-bytes.ts';

export type Numbers = Float64Array | Int32Array | Uint8Array;

export interface StoredColumnData {
  readonly numbers: Numbers;
  readonly values: readonly Value[] | null;
  /** Empty where no row is NULL. */
  readonly nulls: Uint8Array;
}

const NO_NUMBERS = new Uint8Array(0);
const NO_TEXT = -1;

export class StoredColumn {
  readonly type: DataType;
  /** Of numbers, else empty; of texts the codes while `#table` is set. */
  #numbers: Numbers;
  /** Strings, boxed values, and BIGINTs beyond 2^53: null where the number says it. */
  #values: Value[] | null;
  /**
   * As long as all texts come from one table that interns, their codes are kept: nobody looks at a text, neither where it comes
   * nor where it goes on. With the first of another table all become values.
   */
  #table: StringTable | null = null;
  /** Whether texts were ever kept as values. */
  #hasTexts = false;
  /** By id, 1 for NULL. Null: no row is NULL. */
  #nulls: Uint8Array | null = null;
  #capacity = 64;
  /** Of `#values`, beside their places. */
  heldBytes = 0;

  constructor(type: DataType) {
    this.type = type;
    const byValue = type.kind === 'STRING' || isBoxed(type);
    this.#numbers = byValue ? NO_NUMBERS : newValues(type, this.#capacity);
    this.#values = byValue ? [] : null;
  }

  get rowBytes(): number {
    const numbers = this.#numbers.length === 0 ? 0 : this.#numbers.BYTES_PER_ELEMENT;
    return numbers + (this.#nulls === null ? 0 : 1) + (this.#values === null ? 0 : 8);
  }

  grow(capacity: number): void {
    this.#capacity = capacity;
    if (this.#nulls !== null) this.#nulls = grown(this.#nulls, new Uint8Array(capacity));
    if (this.#table !== null) this.#numbers = grown(this.#numbers, new Int32Array(capacity).fill(NO_TEXT));
    else if (this.#numbers.length > 0) this.#numbers = grown(this.#numbers, newValues(this.type, capacity));
  }

  set(id: number, column: Column, row: number): void {
    if (column.validity !== null && column.validity[row] === 0) {
      this.#setNull(id);
      return;
    }
    if (this.#nulls !== null) this.#nulls[id] = 0;
    if (column.kind === 'number' && this.#table === null) {
      this.#numbers[id] = column.values[row] as number;
      this.clear(id);
    } else if (column.kind === 'string' && this.#takes(column.table)) {
      this.#numbers[id] = column.values[row] as number;
    } else {
      this.put(id, valueAt(column, this.type, row));
    }
  }

  /** The same for `rows[k]` under `ids[k]`, for k in [0, count). */
  setAll(ids: Int32Array, column: Column, rows: Int32Array, count: number): void {
    if (column.kind === 'string' && column.validity === null && this.#takes(column.table)) {
      this.#setNumbers(ids, column.values, rows, count);
    } else if (column.kind === 'number' && column.validity === null && this.#values === null) {
      this.#setNumbers(ids, column.values, rows, count);
    } else for (let k = 0; k < count; k++) this.set(ids[k] as number, column, rows[k] as number);
  }

  #setNumbers(ids: Int32Array, from: Numbers, rows: Int32Array, count: number): void {
    if (this.#numbers instanceof Float64Array && from instanceof Float64Array)
      setDoubles(this.#numbers, ids, from, rows, count);
    else {
      const numbers = this.#numbers;
      for (let k = 0; k < count; k++) numbers[ids[k] as number] = from[rows[k] as number] as number;
    }
    const nulls = this.#nulls;
    if (nulls !== null) for (let k = 0; k < count; k++) nulls[ids[k] as number] = 0;
  }

  put(id: number, value: Value): void {
    if (value === null) {
      this.#setNull(id);
      return;
    }
    if (this.#nulls !== null) this.#nulls[id] = 0;
    if (this.#table !== null) this.#leaveTable();
    if (this.#numbers.length > 0 && (typeof value === 'number' || typeof value === 'boolean')) {
      this.#numbers[id] = Number(value);
      this.clear(id);
      return;
    }
    this.#values ??= [];
    this.#hasTexts = true;
    this.heldBytes += heapBytes(value) - heapBytes(this.#values[id] ?? null);
    this.#values[id] = value;
  }

  #setNull(id: number): void {
    this.#nulls ??= new Uint8Array(this.#capacity);
    this.#nulls[id] = 1;
    this.clear(id);
  }

  /** Whether texts of this table are kept as its codes. */
  #takes(table: StringTable): boolean {
    if (this.#table === table) return true;
    if (this.type.kind !== 'STRING') return false;
    if (this.#table !== null) {
      this.#leaveTable();
      return false;
    }
    if (!table.interned || this.#hasTexts) return false;
    this.#table = table;
    this.#values = null;
    this.#numbers = new Int32Array(this.#capacity).fill(NO_TEXT);
    return true;
  }

  #leaveTable(): void {
    this.#values = this.#texts(this.#numbers.length);
    this.heldBytes = this.#values.reduce<number>((sum, value) => sum + heapBytes(value), 0);
    this.#table = null;
    this.#hasTexts = true;
    this.#numbers = NO_NUMBERS;
  }

  /** Of the first `used` rows, while codes are kept. The run waits for it at a checkpoint: a plain loop is the fastest. */
  #texts(used: number): Value[] {
    const strings = this.#table?.strings ?? [];
    const codes = this.#numbers;
    const texts = new Array<Value>(used);
    for (let id = 0; id < used; id++) {
      const code = codes[id] as number;
      texts[id] = code === NO_TEXT ? null : (strings[code] as string);
    }
    return texts;
  }

  /** The first `used` rows. */
  snapshot(used: number): StoredColumnData {
    const isCoded = this.#table !== null;
    return {
      numbers: isCoded ? new Uint8Array(0) : copyOf(this.#numbers, used),
      values: isCoded ? this.#texts(used) : (this.#values?.slice(0, used) ?? null),
      nulls: this.#nulls === null ? new Uint8Array(0) : copyOf(this.#nulls, used),
    };
  }

  /** After `grow` to at least as many rows. */
  restore({ numbers, values, nulls }: StoredColumnData): void {
    if (this.#table !== null) this.#leaveTable();
    if (this.#numbers.length > 0) this.#numbers.set(numbers);
    this.#values = values === null ? null : [...values];
    this.#hasTexts = values !== null && values.length > 0;
    this.heldBytes = (values ?? []).reduce<number>((sum, value) => sum + heapBytes(value), 0);
    this.#nulls = nulls.includes(1) ? grown(nulls, new Uint8Array(this.#capacity)) : null;
  }

  /** Lets go what the row holds. */
  clear(id: number): void {
    if (this.#table !== null) this.#numbers[id] = NO_TEXT;
    if (this.#values === null) return;
    this.heldBytes -= heapBytes(this.#values[id] ?? null);
    this.#values[id] = null;
  }

  get(id: number): Value {
    if (this.#nulls !== null && this.#nulls[id] === 1) return null;
    if (this.#table !== null) return this.#table.strings[this.#numbers[id] as number] ?? null;
    const value = this.#values?.[id] ?? null;
    if (value !== null || this.#numbers.length === 0) return value;
    const number = this.#numbers[id] ?? 0;
    return this.type.kind === 'BOOLEAN' ? number !== 0 : number;
  }

  /** By id, to be read until the next row comes; null where some are kept otherwise. What is NULL has any number. */
  get numbers(): Numbers | null {
    return this.#values === null && this.#table === null ? this.#numbers : null;
  }

  emit(id: number, builder: ColumnBuilder): void {
    if (this.#values !== null || (this.#nulls !== null && this.#nulls[id] === 1)) builder.push(this.get(id));
    else if (this.#table === null) builder.pushNumber(this.#numbers[id] as number);
    else builder.pushCode(this.#numbers[id] as number, this.#table);
  }

  /** `emit` for `ids[k]`, k in [0, count). */
  gather(ids: Int32Array, count: number, builder: ColumnBuilder): void {
    if (this.#nulls !== null || this.#values !== null) {
      builder.reserve(count);
      for (let k = 0; k < count; k++) this.emit(ids[k] as number, builder);
    } else if (this.#table !== null) {
      const values = this.#numbers as Int32Array;
      builder.gather({ kind: 'string', values, table: this.#table, validity: null }, ids, count);
    } else builder.gather({ kind: 'number', values: this.#numbers, validity: null }, ids, count);
  }

  /**
   * A column of `length` rows that has at each `rows[k]`, k in [0, count), the field of the row `ids[rows[k]]`; elsewhere anything.
   * @param padded whether ids may be negative, which gives NULL
   */
  spread(ids: Int32Array, rows: Int32Array, count: number, length: number, padded: boolean): Column {
    const validity = padded || this.#nulls !== null ? new Uint8Array(length) : null;
    if (this.#values !== null) return this.#spreadValues(this.#values, ids, rows, count, validity, length);
    const numbers = this.#numbers;
    const values = fresh(numbers, length);
    if (validity === null) spreadNumbers(values, numbers, ids, rows, count);
    else
      for (let k = 0; k < count; k++) {
        const row = rows[k] as number;
        const id = ids[row] as number;
        if (!this.#has(id)) continue;
        values[row] = numbers[id] as number;
        validity[row] = 1;
      }
    if (this.#table === null) return { kind: 'number', values, validity };
    return { kind: 'string', values: values as Int32Array, table: this.#table, validity };
  }

  #has(id: number): boolean {
    return id >= 0 && (this.#nulls === null || this.#nulls[id] === 0);
  }

  #spreadValues(
    kept: readonly Value[],
    ids: Int32Array,
    rows: Int32Array,
    count: number,
    validity: Uint8Array | null,
    length: number,
  ): Column {
    const isText = this.type.kind === 'STRING';
    const codes = isText ? new Int32Array(length) : null;
    const values: Value[] = isText ? [] : new Array<Value>(length).fill(null);
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      const id = ids[row] as number;
      if (validity !== null) validity[row] = this.#has(id) ? 1 : 0;
      if (!this.#has(id)) continue;
      if (codes !== null) codes[row] = values.push(kept[id] ?? '') - 1;
      else values[row] = this.get(id);
    }
    if (codes === null) return { kind: 'value', values, validity };
    return {
      kind: 'string',
      values: codes,
      table: { strings: values as string[], interned: false },
      validity,
    };
  }
}

/** An array for one column of a batch, of the kind of `like`; its content is unspecified. */
function fresh(like: Numbers, length: number): Numbers {
  if (like instanceof Float64Array) return takeFloats(length);
  return like instanceof Int32Array ? takeCodes(length) : new Uint8Array(length);
}

function grown<T extends Numbers>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** Most columns are doubles: a loop of its own is compiled for them alone. */
function setDoubles(
  to: Float64Array,
  ids: Int32Array,
  from: Float64Array,
  rows: Int32Array,
  count: number,
): void {
  for (let k = 0; k < count; k++) to[ids[k] as number] = from[rows[k] as number] as number;
}

function spreadNumbers(to: Numbers, from: Numbers, ids: Int32Array, rows: Int32Array, count: number): void {
  if (to instanceof Float64Array && from instanceof Float64Array) spreadDoubles(to, from, ids, rows, count);
  else
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      to[row] = from[ids[row] as number] as number;
    }
}

function spreadDoubles(
  to: Float64Array,
  from: Float64Array,
  ids: Int32Array,
  rows: Int32Array,
  count: number,
): void {
  for (let k = 0; k < count; k++) {
    const row = rows[k] as number;
    to[row] = from[ids[row] as number] as number;
  }
}
