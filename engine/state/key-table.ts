/**
 * Keys of grouped state: each distinct combination of key values gets a small whole number, its id, by which state tables are
 * indexed. Resolved for a whole batch at once: strings by their dictionary codes, without hashing text per record.
 */
import { type Batch, position } from '../batch/batch.ts';
import type { ColumnBuilder } from '../batch/builder.ts';
import { type Column, InternTable, type StringTable } from '../batch/column.ts';
import type { DataType } from '../contract/types.ts';
import { type Value, valueKey } from '../contract/values.ts';
import { FixedCopy } from './copies.ts';
import { hashNumber, mix } from './hash.ts';
import { IntIndex } from './int-index.ts';
import type { Snapshots } from './snapshot.ts';

/** Stands for NULL among the codes of a key column: NULL is a key like any other (Flink GROUP BY). */
const NULL_STRING = -1;
/** Stands for NaN, a key like any other too: NaN itself is NULL among numbers, and −0 as a value is 0. */
const NAN_CODE = -0;

const sameCode = (a: number, b: number): boolean => a === b && (a !== 0 || Object.is(a, b));

interface KeyColumnData {
  readonly codes: Float64Array;
  readonly nulls: Uint8Array;
  readonly strings: readonly (readonly string[])[];
  readonly boxed: readonly Value[];
}

export interface KeyTableData {
  readonly columns: readonly KeyColumnData[];
  readonly size: number;
}

/** One key column: every value as a number that is equal exactly when the values are. */
class KeyColumn {
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

  isNull(code: number): boolean {
    // Where codes are numbers of their own, NULL is NaN; elsewhere it is a code that no text has.
    return Number.isNaN(code) || (code === NULL_STRING && this.#hasTexts);
  }
}

const EMPTY = -1;

export class KeyTable implements Snapshots<KeyTableData> {
  readonly #columns: readonly KeyColumn[];
  #size = 0;
  #capacity = 16;
  /** Of one column whose codes are whole numbers, but for NULL; else null. */
  #index: IntIndex | null;
  #nullId = EMPTY;
  /** Whether a part of any key is NULL. */
  #hasNulls = false;
  /** Without an index: ids by the hash of their codes. */
  #ids = new Int32Array(32).fill(EMPTY);
  #scratch: Float64Array[] = [];
  #resolved = new Int32Array(0);
  /** Beside these, keys are only added. */
  #compactions = 0;

  constructor(types: readonly DataType[]) {
    this.#columns = types.map((type) => new KeyColumn(type));
    this.#index = types.length === 1 && types[0]?.kind !== 'DOUBLE' ? new IntIndex() : null;
    if (types.length === 0) this.#size = 1;
  }

  /** Ids given out so far: 0 to `size` − 1. */
  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    const held = this.#columns.reduce((sum, c) => sum + c.heldBytes, 0);
    const places = this.#index?.bytes ?? this.#ids.byteLength;
    return this.#columns.length * this.#capacity * 9 + places + held;
  }

  /**
   * The key id of every row that counts, by position. The array is reused: valid until the next call.
   * @param columns the key columns of `batch`, in the order of the types
   */
  resolve(columns: readonly Column[], batch: Batch): Int32Array {
    if (this.#resolved.length < batch.length) {
      this.#resolved = new Int32Array(batch.length);
      this.#scratch = this.#columns.map(() => new Float64Array(batch.length));
    }
    if (this.#columns.length === 0 || batch.count === 0) return this.#resolved;
    if (this.#index !== null) return this.#resolveWhole(this.#index, columns[0], batch);
    this.#columns.forEach((key, c) => {
      const column = columns[c];
      const out = this.#scratch[c];
      if (column !== undefined && out !== undefined) key.read(column, batch, out);
    });
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      this.#resolved[i] = this.#find(i);
    }
    return this.#resolved;
  }

  /** The hot loop of grouping by one column: a look into an array for most rows. */
  #resolveWhole(index: IntIndex, column: Column | undefined, batch: Batch): Int32Array {
    const { selection, count } = batch;
    const out = this.#resolved;
    const codes = column && this.#columns[0]?.codesOf(column, batch, this.#scratch[0] as Float64Array);
    if (codes === undefined) throw new Error('the key column is missing');
    for (let k = 0; k < count; ) {
      const { direct, base } = index;
      if (direct === null) {
        for (; k < count; k++) {
          const i = selection === null ? k : (selection[k] as number);
          out[i] = this.#idOf(index, codes[i] as number);
        }
        break;
      }
      const { length } = direct;
      while (k < count) {
        const i = selection === null ? k : (selection[k] as number);
        k++;
        const code = codes[i] as number;
        const at = code - base;
        const found = at >= 0 && at < length ? (direct[at] as number) : 0;
        if (found > 0) out[i] = found - 1;
        else {
          out[i] = this.#idOf(index, code);
          if (index.direct !== direct || index.base !== base) break;
        }
      }
    }
    return out;
  }

  #idOf(index: IntIndex, code: number): number {
    const column = this.#columns[0] as KeyColumn;
    if (column.isNull(code)) {
      if (this.#nullId === EMPTY) this.#nullId = this.#append([code]);
      return this.#nullId;
    }
    const found = index.find(code);
    if (found >= 0) return found;
    // −0 and 0 are one key.
    index.add(code + 0, this.#size);
    return this.#append([code + 0]);
  }

  #find(row: number): number {
    let hash = 0;
    for (const codes of this.#scratch) hash = mix(hash, hashNumber(codes[row] ?? 0));
    const mask = this.#ids.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const id = this.#ids[at] ?? EMPTY;
      if (id === EMPTY)
        return this.#insert(
          at,
          this.#scratch.map((codes) => codes[row] ?? 0),
        );
      if (this.#equal(id, row)) return id;
    }
  }

  #equal(id: number, row: number): boolean {
    for (let c = 0; c < this.#columns.length; c++) {
      const column = this.#columns[c];
      const code = this.#scratch[c]?.[row] ?? 0;
      if (column === undefined) continue;
      if (column.nulls[id] === 1 ? !column.isNull(code) : !sameCode(column.codes[id] ?? 0, code))
        return false;
    }
    return true;
  }

  #insert(at: number, codes: readonly number[]): number {
    const id = this.#append(codes);
    this.#ids[at] = id;
    if (this.#size * 2 > this.#ids.length) this.#rehash(this.#ids.length * 2);
    return id;
  }

  #append(codes: readonly number[]): number {
    const id = this.#size++;
    if (id === this.#capacity) {
      this.#capacity *= 2;
      for (const column of this.#columns) column.grow(this.#capacity);
    }
    this.#columns.forEach((column, c) => {
      const code = codes[c] ?? 0;
      const isNull = column.isNull(code);
      if (isNull) this.#hasNulls = true;
      column.nulls[id] = isNull ? 1 : 0;
      column.codes[id] = code;
    });
    return id;
  }

  /** After all keys changed. */
  #reindex(): void {
    this.#hasNulls = this.#columns.some((column) => column.nulls.includes(1));
    if (this.#index === null) {
      this.#rehash(this.#capacity * 2);
      return;
    }
    const [column] = this.#columns as [KeyColumn];
    const index = new IntIndex();
    this.#nullId = EMPTY;
    for (let id = 0; id < this.#size; id++)
      if (column.nulls[id] === 1) this.#nullId = id;
      else index.add(column.codes[id] as number, id);
    this.#index = index;
  }

  #rehash(length: number): void {
    this.#ids = new Int32Array(length).fill(EMPTY);
    const mask = length - 1;
    for (let id = 0; id < this.#size; id++) {
      let at = this.#hashOf(id) & mask;
      while (this.#ids[at] !== EMPTY) at = (at + 1) & mask;
      this.#ids[at] = id;
    }
  }

  #hashOf(id: number): number {
    let hash = 0;
    for (const column of this.#columns) hash = mix(hash, hashNumber(column.codes[id] ?? 0));
    return hash;
  }

  /** Whether a part of the key is NULL: such keys match nothing in a join. */
  hasNull(id: number): boolean {
    if (!this.#hasNulls) return false;
    for (let c = 0; c < this.#columns.length; c++) if (this.#columns[c]?.nulls[id] === 1) return true;
    return false;
  }

  /** The value of one key column. */
  value(id: number, column: number): Value {
    return this.#columns[column]?.valueOf(id) ?? null;
  }

  /** Appends the values of one key column to an output column. */
  emit(id: number, column: number, builder: ColumnBuilder): void {
    this.#columns[column]?.emit(id, builder);
  }

  snapshot(): KeyTableData {
    return { columns: this.#columns.map((c) => c.snapshot(this.#size, this.#compactions)), size: this.#size };
  }

  /** Ids stay what they were. */
  restore({ columns, size }: KeyTableData): void {
    while (this.#capacity <= size) {
      this.#capacity *= 2;
      for (const column of this.#columns) column.grow(this.#capacity);
    }
    this.#columns.forEach((column, c) => {
      const data = columns[c];
      if (data !== undefined) column.restore(data);
    });
    this.#size = size;
    if (this.#columns.length > 0) this.#reindex();
  }

  /**
   * Keeps only the keys in `live` and gives them new ids, in that order: `live[n]` becomes n. Called when most keys are
   * gone, so that a stream of ever new keys does not grow the table for ever.
   */
  compact(live: Int32Array): void {
    if (this.#columns.length === 0) return;
    const capacity = Math.max(16, 2 ** Math.ceil(Math.log2(live.length + 1)));
    for (const column of this.#columns) {
      const old = column.restart();
      column.codes = new Float64Array(capacity);
      column.nulls = new Uint8Array(capacity);
      live.forEach((from, to) => {
        const isNull = old.nulls[from] === 1;
        const code = old.codes[from] ?? 0;
        column.nulls[to] = isNull ? 1 : 0;
        column.codes[to] = isNull ? code : column.recode(code, old);
      });
    }
    this.#capacity = capacity;
    this.#compactions++;
    this.#size = live.length;
    this.#reindex();
  }
}
