/**
 * Columns: the physical form of a field in a batch. One layout per type, so that generated code knows it from the plan.
 *
 * | type                    | values                                                        |
 * | ----------------------- | ------------------------------------------------------------- |
 * | BOOLEAN                 | Uint8Array, 0 or 1                                            |
 * | INT                     | Int32Array                                                    |
 * | BIGINT                  | Float64Array while all are within ±(2^53 − 1), else values    |
 * | DOUBLE                  | Float64Array                                                  |
 * | TIMESTAMP               | Float64Array, whole ms since the epoch, UTC                   |
 * | STRING                  | Int32Array of codes into `table`                              |
 * | DECIMAL, BYTES, ARRAY, ROW | an array of values (`Value`)                               |
 *
 * A string column is always a dictionary. Where nothing repeats, the codes are 0, 1, 2, … (`identityCodes`) and the
 * table is simply the rows' strings; where a source interns, one table lives as long as the run and only grows, so that
 * a code means the same string in every batch and keys can be grouped by code.
 *
 * `validity` is null when no row is NULL; else 1 per valid row, 0 per NULL (whose value is unspecified).
 */
import type { DataType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';

export type { Value } from '../contract/values.ts';

export type Validity = Uint8Array | null;

export interface NumberColumn {
  readonly kind: 'number';
  readonly values: Float64Array | Int32Array | Uint8Array;
  readonly validity: Validity;
}

export interface StringColumn {
  readonly kind: 'string';
  readonly values: Int32Array;
  readonly table: StringTable;
  readonly validity: Validity;
}

/**
 * Values as they are: DECIMAL, BYTES, ARRAY and ROW always, BIGINT in a batch where one is beyond 2^53. NULLs stand as null, so
 * that `validity` only tells quickly whether there are any.
 */
export interface ValueColumn {
  readonly kind: 'value';
  readonly values: readonly Value[];
  readonly validity: Validity;
}

export type Column = NumberColumn | StringColumn | ValueColumn;

/** Kinds whose columns are always arrays of values. */
export const isBoxed = (type: DataType): boolean =>
  type.kind === 'DECIMAL' || type.kind === 'BYTES' || type.kind === 'ARRAY' || type.kind === 'ROW';

/** The strings behind codes. Only ever appended to. */
export interface StringTable {
  readonly strings: string[];
  /** Whether a string stands in it once only, so that equal strings have equal codes for the life of the run. */
  readonly interned: boolean;
}

/** An empty values array of `length` for a type. */
export function newValues(type: DataType, length: number): Float64Array | Int32Array | Uint8Array {
  switch (type.kind) {
    case 'BOOLEAN':
      return new Uint8Array(length);
    case 'INT':
    case 'STRING':
      return new Int32Array(length);
    case 'BIGINT':
    case 'DOUBLE':
    case 'TIMESTAMP':
      return new Float64Array(length);
    default:
      // Its values are kept as they are: a place a row, for the builder's own counting.
      return new Uint8Array(length);
  }
}

let identity = Int32Array.from({ length: 1024 }, (_, i) => i);

/** Codes 0, 1, 2, … : shared, never to be written. */
export function identityCodes(length: number): Int32Array {
  if (identity.length < length) identity = Int32Array.from({ length: length * 2 }, (_, i) => i);
  return identity.length === length ? identity : identity.subarray(0, length);
}

/** Strings of a list of `inChunks`. */
export const CHUNK_LENGTH = 4096;

/** A table that interns: `code(text)` gives one code per distinct string. */
export class InternTable implements StringTable {
  readonly strings: string[] = [];
  readonly interned = true;
  readonly #frozen: (readonly string[])[] = [];
  readonly #codes = new Map<string, number>();
  #characters = 0;

  /** Memory, about: an entry of the map and a place in the list for each text, and its characters. */
  get bytes(): number {
    return this.strings.length * 64 + this.#characters;
  }

  /** All strings, in lists. The full ones are the same frozen objects at every call, as strings are only added. */
  inChunks(): readonly (readonly string[])[] {
    const { length } = this.strings;
    for (let n = this.#frozen.length; (n + 1) * CHUNK_LENGTH <= length; n++)
      this.#frozen.push(Object.freeze(this.strings.slice(n * CHUNK_LENGTH, (n + 1) * CHUNK_LENGTH)));
    return [...this.#frozen, this.strings.slice(this.#frozen.length * CHUNK_LENGTH)];
  }

  code(text: string): number {
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.strings.length;
      this.strings.push(text);
      this.#codes.set(text, code);
      this.#characters += text.length;
    }
    return code;
  }
}

export function valueAt(column: Column, type: DataType, row: number): Value {
  if (column.validity !== null && column.validity[row] === 0) return null;
  if (column.kind === 'value') return column.values[row] ?? null;
  const raw = column.values[row] ?? 0;
  if (column.kind === 'string') return column.table.strings[raw] ?? '';
  return type.kind === 'BOOLEAN' ? raw !== 0 : raw;
}
