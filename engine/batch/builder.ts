/** Builds a batch value by value: what decoders without a generated parser, and operators that emit, use. */
import type { DataType, Field } from '../contract/types.ts';
import type { Batch } from './batch.ts';
import { type Column, InternTable, newValues, type Value } from './column.ts';

/** A column that grows. Strings are interned in a table that the owner may share over the life of a run. */
export class ColumnBuilder {
  readonly type: DataType;
  readonly table: InternTable | null;
  #values: Float64Array | Int32Array | Uint8Array;
  #validity: Uint8Array | null = null;
  #length = 0;

  constructor(type: DataType, table: InternTable | null = null, capacity = 1024) {
    this.type = type;
    this.table = type.kind === 'STRING' ? (table ?? new InternTable()) : null;
    this.#values = newValues(type, capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: Value): void {
    if (value === null) this.pushNull();
    else if (typeof value === 'string') this.pushNumber(this.table?.code(value) ?? 0);
    else this.pushNumber(typeof value === 'boolean' ? (value ? 1 : 0) : value);
  }

  /** A number as it is stored: for STRING a code of this column's table. */
  pushNumber(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length] = value;
    if (this.#validity !== null) this.#validity[this.#length] = 1;
    this.#length++;
  }

  pushNull(): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#validity ??= new Uint8Array(this.#values.length).fill(1);
    this.#validity[this.#length] = 0;
    this.#values[this.#length] = 0;
    this.#length++;
  }

  #grow(): void {
    const values = newValues(this.type, this.#length * 2);
    values.set(this.#values);
    this.#values = values;
    if (this.#validity !== null) {
      const validity = new Uint8Array(this.#length * 2).fill(1);
      validity.set(this.#validity);
      this.#validity = validity;
    }
  }

  /** The column so far, and an empty builder after it. */
  take(): Column {
    const values = this.#values.subarray(0, this.#length);
    const validity = this.#validity?.subarray(0, this.#length) ?? null;
    this.#values = newValues(this.type, Math.max(16, this.#length));
    this.#validity = null;
    this.#length = 0;
    return this.table === null
      ? { kind: 'number', values, validity }
      : { kind: 'string', values: values as Int32Array, table: this.table, validity };
  }
}

/** Builds whole batches. Times and watermarks are added by the source task. */
export class BatchBuilder {
  readonly fields: readonly Field[];
  readonly columns: readonly ColumnBuilder[];
  #length = 0;

  /** `tables`: one per STRING field that should keep its codes over batches; missing ones are made here. */
  constructor(fields: readonly Field[], tables: readonly (InternTable | null)[] = []) {
    this.fields = fields;
    this.columns = fields.map((f, i) => new ColumnBuilder(f.type, tables[i] ?? null));
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
      ingestedAt,
    };
  }
}
