/**
 * Keys of grouped state: each distinct combination of key values gets a small whole number, its id, by which state tables are
 * indexed. Resolved for a whole batch at once: strings by their dictionary codes, without hashing text per record.
 */
import { type Batch, position } from '../batch/batch.ts';
import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import type { DataType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import { hashNumber, mix } from './hash.ts';
import { IntIndex } from './int-index.ts';
import { KeyColumn, type KeyColumnData, sameCode } from './key-column.ts';
import type { Snapshots } from './snapshot.ts';

export interface KeyTableData {
  readonly columns: readonly KeyColumnData[];
  readonly size: number;
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

  /** The same for `ids[0]` to `ids[count − 1]`. */
  emitAll(ids: Int32Array, count: number, column: number, builder: ColumnBuilder): void {
    this.#columns[column]?.emitAll(ids, count, builder);
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
