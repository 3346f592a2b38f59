/** Builds a batch value by value: what decoders without a generated parser, and operators that emit, use. */
import type { DataType, Field } from '../contract/types.ts';
import type { Batch } from './batch.ts';
import { type Column, InternTable, isBoxed, newValues, type StringTable, type Value } from './column.ts';
import { takeCodes, takeFloats } from './slab.ts';

/**
 * A column that grows. Strings are interned where the owner gives a table that lives as long as the run; else each batch has
 * its own strings, and nothing stays behind of them.
 */
export class ColumnBuilder {
  readonly type: DataType;
  readonly table: InternTable | null;
  #values: Float64Array | Int32Array | Uint8Array;
  /** Strings of this batch, where no table interns them. */
  #strings: string[] | null;
  /** DECIMAL, BYTES, ARRAY, ROW; and BIGINT from the first value beyond 2^53 on. */
  #boxed: Value[] | null;
  #validity: Uint8Array | null = null;
  #length = 0;
  /** The table of the columns that strings were gathered from, while all of this batch are of it. */
  #adopted: StringTable | null = null;

  constructor(type: DataType, table: InternTable | null = null, capacity = 1024) {
    this.type = type;
    this.table = type.kind === 'STRING' ? table : null;
    this.#strings = type.kind === 'STRING' && table === null ? [] : null;
    this.#boxed = isBoxed(type) ? [] : null;
    this.#values = newValues(type, capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: Value): void {
    if (value === null) this.pushNull();
    else if (typeof value === 'string') this.pushString(value);
    else if (typeof value === 'number' || typeof value === 'boolean') this.pushNumber(Number(value));
    else this.#pushBoxed(value);
  }

  /** A number as it is stored; for STRING a code of this builder's table. */
  pushNumber(value: number): void {
    if (this.#boxed !== null) {
      this.#pushBoxed(value);
      return;
    }
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length] = value;
    if (this.#validity !== null) this.#validity[this.#length] = 1;
    this.#length++;
  }

  pushString(value: string): void {
    if (this.#adopted !== null) this.#disown();
    this.pushNumber(this.#strings === null ? (this.table?.code(value) ?? 0) : this.#strings.push(value) - 1);
  }

  /** A text by its code in a table: nobody looks at it while all of this batch are of that table. */
  pushCode(code: number, table: StringTable): void {
    if (this.#strings === null || (this.#adopted !== table && this.#length > 0)) {
      this.pushString(table.strings[code] as string);
      return;
    }
    this.#adopted = table;
    this.pushNumber(code);
  }

  /**
   * The rows `ids[0]` to `ids[count − 1]` of a column. Strings keep their codes where all of the batch come from one
   * table, so that nobody looks at them.
   */
  gather(column: Column, ids: Int32Array, count: number): void {
    const { validity } = column;
    if (column.kind === 'value' || this.#boxed !== null || validity !== null || this.#validity !== null) {
      this.#gatherOne(column, ids, count);
      return;
    }
    if (column.kind === 'string') {
      const { table } = column;
      if (this.#strings === null || (this.#length > 0 && this.#adopted !== table)) {
        this.#gatherOne(column, ids, count);
        return;
      }
      this.#adopted = table;
    }
    this.reserve(count);
    copyRows(column.values, ids, count, this.#values, this.#length);
    this.#length += count;
  }

  #gatherOne(column: Column, ids: Int32Array, count: number): void {
    for (let k = 0; k < count; k++) {
      const id = ids[k] as number;
      if (column.validity !== null && column.validity[id] === 0) this.pushNull();
      else if (column.kind === 'number') this.pushNumber(column.values[id] as number);
      else if (column.kind === 'string')
        this.pushString(column.table.strings[column.values[id] as number] as string);
      else this.push(column.values[id] ?? null);
    }
  }

  /** Strings of another table come too: from here on this batch has strings of its own. */
  #disown(): void {
    const strings = this.#adopted?.strings ?? [];
    this.#adopted = null;
    this.#strings = Array.from({ length: this.#length }, (_, at) => strings[this.#values[at] ?? 0] ?? '');
    for (let at = 0; at < this.#length; at++) this.#values[at] = at;
  }

  #pushBoxed(value: Value): void {
    this.#boxed ??= Array.from(this.#values.subarray(0, this.#length), (v, at) =>
      this.#validity !== null && this.#validity[at] === 0 ? null : v,
    );
    if (this.#length === this.#values.length) this.#grow();
    this.#boxed.push(value);
    if (this.#validity !== null) this.#validity[this.#length] = 1;
    this.#length++;
  }

  pushNull(): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#validity ??= new Uint8Array(this.#values.length).fill(1);
    this.#validity[this.#length] = 0;
    this.#values[this.#length] = 0;
    this.#boxed?.push(null);
    this.#length++;
  }

  /** Makes room for so many more rows: for who knows how many come, it is cheaper at once than bit by bit. */
  reserve(count: number): void {
    if (this.#length + count > this.#values.length)
      this.#resize(Math.max(this.#length + count, this.#values.length * 2));
  }

  #grow(): void {
    this.#resize(this.#values.length * 2);
  }

  #resize(length: number): void {
    const values = freshValues(this.#values, length);
    if (this.#length > 0) values.set(this.#values.subarray(0, this.#length));
    this.#values = values;
    if (this.#validity !== null) {
      const validity = new Uint8Array(length).fill(1);
      validity.set(this.#validity);
      this.#validity = validity;
    }
  }

  /** The column so far, and an empty builder after it. */
  take(): Column {
    const values = this.#values.subarray(0, this.#length);
    const validity = this.#validity?.subarray(0, this.#length) ?? null;
    const boxed = this.#boxed;
    const strings = this.#strings;
    const adopted = this.#adopted;
    this.#adopted = null;
    this.#values = freshValues(this.#values, Math.max(16, this.#length));
    this.#validity = null;
    this.#length = 0;
    if (boxed !== null) {
      this.#boxed = isBoxed(this.type) ? [] : null;
      return { kind: 'value', values: boxed, validity };
    }
    if (this.type.kind !== 'STRING') return { kind: 'number', values, validity };
    if (adopted !== null) return { kind: 'string', values: values as Int32Array, table: adopted, validity };
    if (strings !== null) this.#strings = [];
    const table = strings === null ? (this.table ?? new InternTable()) : { strings, interned: false };
    return { kind: 'string', values: values as Int32Array, table, validity };
  }
}

function copyRows(
  from: Float64Array | Int32Array | Uint8Array,
  ids: Int32Array,
  count: number,
  to: Float64Array | Int32Array | Uint8Array,
  start: number,
): void {
  for (let k = 0; k < count; k++) to[start + k] = from[ids[k] as number] as number;
}

/** Of the same kind as `before`. Cut from slabs: a column a batch of its own makes V8 mark its whole heap for the memory outside. */
function freshValues(
  before: Float64Array | Int32Array | Uint8Array,
  length: number,
): Float64Array | Int32Array | Uint8Array {
  if (before instanceof Float64Array) return takeFloats(length);
  if (before instanceof Int32Array) return takeCodes(length);
  return new Uint8Array(length);
}

/** Builds whole batches. Times and watermarks are added by the source task. */
export class BatchBuilder {
  readonly fields: readonly Field[];
  readonly columns: readonly ColumnBuilder[];
  #length = 0;

  /** `tables`: one per STRING field that should keep its codes over batches; missing ones are made here. */
  constructor(fields: readonly Field[], tables: readonly (InternTable | null)[] = []) {
    this.fields = fields;
    this.columns = fields.map(
      (f, i) => new ColumnBuilder(f.type, f.type.kind === 'STRING' ? (tables[i] ?? new InternTable()) : null),
    );
  }

  get length(): number {
    return this.#length;
  }

  /** One row, values in the order of the fields. */
  push(values: readonly Value[]): void {
    for (let i = 0; i < this.columns.length; i++) this.columns[i]?.push(values[i] ?? null);
    this.#length++;
  }

  take(ingestedAt: number): Batch {
    const length = this.#length;
    this.#length = 0;
    return {
      length,
      count: length,
      columns: this.columns.map((c) => c.take()),
      selection: null,
      times: null,
      watermarks: null,
      changes: null,
      ingestedAt,
    };
  }
}
