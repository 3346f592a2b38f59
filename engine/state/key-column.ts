/** One column of a key table: values as numbers, texts by codes of its own. */
import { type Batch, position } from '../batch/batch.ts';
import type { ColumnBuilder } from '../batch/builder.ts';
import { type Column, InternTable, type StringTable } from '../batch/column.ts';
import type { DataType } from '../contract/types.ts';
import { type Value, valueKey } from '../contract/values.ts';
import { FixedCopy } from './copies.ts';

/** Stands for NULL among the codes of a key column: NULL is a key like any other (Flink GROUP BY). */
const NULL_STRING = -1;
/** Stands for NaN, a key like any other too: NaN itself is NULL among numbers, and −0 as a value is 0. */
const NAN_CODE = -0;

export const sameCode = (a: number, b: number): boolean => a === b && (a !== 0 || Object.is(a, b));

export interface KeyColumnData {
  readonly codes: Float64Array;
  readonly nulls: Uint8Array;
  readonly strings: readonly (readonly string[])[];
  readonly boxed: readonly Value[];
}

/** One key column: every value as a number that is equal exactly when the values are. */
export class KeyColumn {
  readonly type: DataType;
  /** Whether codes are those of texts, so that a NULL has one too; elsewhere it is NaN. */
  readonly #hasTexts: boolean;
  codes = new Float64Array(16);
  nulls = new Uint8Array(16);
  /** Strings, and the texts that stand for values without a number of their own. */
  strings = new InternTable();
  /** The values behind those texts, by code. */
  #boxed: Value[] = [];
  /** Codes of a source's interned table → codes of ours. */
  #translations = new WeakMap<StringTable, Int32Array>();
  readonly #codesCopy = new FixedCopy<Float64Array>();
  readonly #nullsCopy = new FixedCopy<Uint8Array>();

  constructor(type: DataType) {
    this.type = type;
    this.#hasTexts = !['BOOLEAN', 'INT', 'BIGINT', 'DOUBLE', 'TIMESTAMP'].includes(type.kind);
  }

  /** Codes by position: as they stand in the column where they are the values themselves, else in `out`, as `read` gives them. */
  codesOf(column: Column, batch: Batch, out: Float64Array): Float64Array | Int32Array | Uint8Array {
    if (column.kind === 'number' && column.validity === null && this.type.kind !== 'DOUBLE')
      return column.values;
    this.read(column, batch, out);
    return out;
  }

  /** Texts, and twice those that stand for a value, for that is about as long. */
  get heldBytes(): number {
    return this.strings.bytes * (this.#boxed.length > 0 ? 2 : 1);
  }

  grow(capacity: number): void {
    const codes = new Float64Array(capacity);
    codes.set(this.codes);
    this.codes = codes;
    const nulls = new Uint8Array(capacity);
    nulls.set(this.nulls);
    this.nulls = nulls;
  }

  /** Codes of the rows that count, by position, into `out`; NULL as NaN for numbers and NULL_STRING for strings. */
  read(column: Column, batch: Batch, out: Float64Array): void {
    const { validity } = column;
    if (column.kind === 'value') {
      this.#readValues(column.values, batch, out);
      return;
    }
    const { values } = column;
    if (column.kind === 'number') {
      for (let k = 0; k < batch.count; k++) {
        const i = position(batch, k);
        // -0 and 0 are one key.
        const value = (values[i] ?? 0) + 0;
        out[i] = Number.isNaN(value) ? NAN_CODE : value;
      }
    } else if (column.table.interned) {
      this.#readInterned(column.values, column.table, batch, out);
    } else {
      const { strings } = column.table;
      for (let k = 0; k < batch.count; k++) {
        const i = position(batch, k);
        out[i] =
          validity !== null && validity[i] === 0
            ? NULL_STRING
            : this.strings.code(strings[values[i] ?? 0] ?? '');
      }
    }
    if (validity !== null) {
      const none = column.kind === 'number' ? Number.NaN : NULL_STRING;
      for (let k = 0; k < batch.count; k++) {
        const i = position(batch, k);
        if (validity[i] === 0) out[i] = none;
      }
    }
  }

  /** NULLs too: they stand among the values. */
  #readValues(values: readonly Value[], batch: Batch, out: Float64Array): void {
    const none = this.type.kind === 'BIGINT' ? Number.NaN : NULL_STRING;
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const value = values[i] ?? null;
      out[i] = value === null ? none : this.#codeOf(value);
    }
  }

  #codeOf(value: Value): number {
    if (typeof value === 'number' && this.type.kind === 'BIGINT') return value + 0;
    const code = this.strings.code(valueKey(value));
    if (code === this.#boxed.length) this.#boxed.push(value);
    // Beside the BIGINTs that are their own codes, which are whole.
    return this.type.kind === 'BIGINT' ? code + 0.5 : code;
  }

  valueOf(id: number): Value {
    if (this.nulls[id] === 1) return null;
    const code = this.codes[id] ?? 0;
    switch (this.type.kind) {
      case 'STRING':
        return this.strings.strings[code] ?? '';
      case 'BOOLEAN':
        return code !== 0;
      case 'BIGINT':
        return Number.isInteger(code) ? code : (this.#boxed[Math.floor(code)] ?? null);
      case 'DECIMAL':
      case 'BYTES':
      case 'ARRAY':
      case 'ROW':
        return this.#boxed[code] ?? null;
      default:
        return Object.is(code, NAN_CODE) ? Number.NaN : code;
    }
  }

  /** After `restart`: the code of a value that `old` had under another. */
  recode(code: number, old: { strings: InternTable; boxed: readonly Value[] }): number {
    if (this.type.kind === 'STRING') return this.strings.code(old.strings.strings[code] ?? '');
    const isOwn = ['BOOLEAN', 'INT', 'DOUBLE', 'TIMESTAMP'].includes(this.type.kind);
    if (isOwn || (this.type.kind === 'BIGINT' && Number.isInteger(code))) return code;
    return this.#codeOf(old.boxed[Math.floor(code)] ?? null);
  }

  #readInterned(values: Int32Array, table: StringTable, batch: Batch, out: Float64Array): void {
    let translation = this.#translations.get(table);
    if (translation === undefined || translation.length < table.strings.length) {
      const larger = new Int32Array(table.strings.length * 2 + 16).fill(-1);
      if (translation !== undefined) larger.set(translation);
      translation = larger;
      this.#translations.set(table, larger);
    }
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const code = values[i] ?? 0;
      let own = translation[code] ?? -1;
      if (own < 0) {
        const text = table.strings[code];
        // A NULL's code is unspecified and may name no string yet: kept, it would stand for the string that comes later.
        own = text === undefined ? NULL_STRING : this.strings.code(text);
        if (text !== undefined) translation[code] = own;
      }
      out[i] = own;
    }
  }

  /** Forgets every string, for a rebuild of the table. */
  restart(): { codes: Float64Array; nulls: Uint8Array; strings: InternTable; boxed: readonly Value[] } {
    const old = { codes: this.codes, nulls: this.nulls, strings: this.strings, boxed: this.#boxed };
    this.#boxed = [];
    this.codes = new Float64Array(old.codes.length);
    this.nulls = new Uint8Array(old.nulls.length);
    this.strings = new InternTable();
    this.#translations = new WeakMap();
    return old;
  }

  /** The first `size` keys. */
  snapshot(size: number, version: number): KeyColumnData {
    return {
      codes: this.#codesCopy.of(this.codes, version, size),
      nulls: this.#nullsCopy.of(this.nulls, version, size),
      strings: this.strings.inChunks(),
      boxed: [...this.#boxed],
    };
  }

  /** After `grow` to at least as many keys. */
  restore({ codes, nulls, strings, boxed }: KeyColumnData): void {
    this.codes.set(codes);
    this.nulls.set(nulls);
    for (const text of strings.flat()) this.strings.code(text);
    this.#boxed = [...boxed];
  }

  emit(id: number, builder: ColumnBuilder): void {
    builder.push(this.valueOf(id));
  }

  /** The values of `ids[0]` to `ids[count − 1]`; texts as codes of `strings`, so that nobody looks at them. */
  emitAll(ids: Int32Array, count: number, builder: ColumnBuilder): void {
    const column = this.#asColumn(ids, count);
    if (column !== null) builder.gather(column, ids, count);
    else for (let k = 0; k < count; k++) builder.push(this.valueOf(ids[k] as number));
  }

  /** By id; null where codes are not the values that a column has. */
  #asColumn(ids: Int32Array, count: number): Column | null {
    const { kind } = this.type;
    if (this.#boxed.length > 0 || kind === 'DOUBLE' || (this.#hasTexts && kind !== 'STRING')) return null;
    const { nulls } = this;
    for (let k = 0; k < count; k++) if (nulls[ids[k] as number] === 1) return null;
    if (kind !== 'STRING') return { kind: 'number', values: this.codes, validity: null };
    // Whole numbers all of them, which is what is read of the values.
    const values = this.codes as unknown as Int32Array;
    return { kind: 'string', values, table: this.strings, validity: null };
  }

  isNull(code: number): boolean {
    // Where codes are numbers of their own, NULL is NaN; elsewhere it is a code that no text has.
    return Number.isNaN(code) || (code === NULL_STRING && this.#hasTexts);
  }
}
