/** Builds a batch value by value: what decoders without a generated parser, and operators that emit, use. */
import type { DataType, Field } from '../contract/types.ts';
import type { Batch } from './batch.ts';
import { type Column, InternTable, isBoxed, newValues, type Value } from './column.ts';

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
    this.pushNumber(this.#strings === null ? (this.table?.code(value) ?? 0) : this.#strings.push(value) - 1);
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
    const boxed = this.#boxed;
    const strings = this.#strings;
    this.#values = newValues(this.type, Math.max(16, this.#length));
    this.#validity = null;
    this.#length = 0;
    if (boxed !== null) {
      this.#boxed = isBoxed(this.type) ? [] : null;
      return { kind: 'value', values: boxed, validity };
    }
    if (this.type.kind !== 'STRING') return { kind: 'number', values, validity };
    if (strings !== null) this.#strings = [];
    const table = strings === null ? (this.table ?? new InternTable()) : { strings, interned: false };
    return { kind: 'string', values: values as Int32Array, table, validity };
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
