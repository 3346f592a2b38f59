/**
 * Which slice a row belongs to: the hash of its key, by value and not by dictionary code, so that every worker and every run finds the same.
 * Equal are what `KeyTable` holds for equal: −0 and 0, NULL and NULL, NaN and NaN.
 */
import { type Batch, position } from '../../batch/batch.ts';
import type { Column, StringTable } from '../../batch/column.ts';
import { type Value, valueKey } from '../../contract/values.ts';
import { hashNumber, mix } from '../../state/hash.ts';

/** Hashes of what has no value. */
const NULL_HASH = 0x5bd1e995 & 0x7fff_ffff;
const NAN_HASH = 0x1b873593;
const UNKNOWN = -1;

export function hashText(text: string): number {
  let hash = 0x2f7d3b61;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  // Beside what is a number: its bits spread over all, for the remainder below takes the low ones.
  return hashNumber(hash | 0);
}

/** Resolves the slices of whole batches. One for each sender of an edge: it keeps the hashes of strings that it has seen. */
export class SliceOfRows {
  readonly #columns: readonly number[];
  readonly #slices: number;
  readonly #texts = new WeakMap<StringTable, Int32Array>();
  #hashes = new Int32Array(0);

  /** @param columns of the batch, by index: the key */
  constructor(columns: readonly number[], slices: number) {
    this.#columns = columns;
    this.#slices = slices;
  }

  /** By position, the slice of every row that counts. Valid until the next call. */
  resolve(batch: Batch): Int32Array {
    if (this.#hashes.length < batch.length) this.#hashes = new Int32Array(batch.length);
    const out = this.#hashes;
    for (let k = 0; k < batch.count; k++) out[position(batch, k)] = 0;
    for (const at of this.#columns) {
      const column = batch.columns[at];
      if (column !== undefined) this.#add(column, batch, out);
    }
    const slices = this.#slices;
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      out[i] = (spread(out[i] as number) >>> 8) % slices;
    }
    return out;
  }

  #add(column: Column, batch: Batch, out: Int32Array): void {
    const { validity } = column;
    if (column.kind === 'value') {
      for (let k = 0; k < batch.count; k++) {
        const i = position(batch, k);
        out[i] = mix(out[i] as number, hashValue(column.values[i] ?? null));
      }
      return;
    }
    const { values } = column;
    const texts = column.kind === 'string' ? column.table : null;
    const known = texts?.interned === true ? this.#known(texts) : null;
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      let hash = NULL_HASH;
      if (validity === null || validity[i] !== 0) {
        const value = values[i] as number;
        if (texts === null) hash = Number.isNaN(value) ? NAN_HASH : hashNumber(value + 0);
        else if (known === null) hash = hashText(texts.strings[value] ?? '');
        else {
          hash = known[value] as number;
          if (hash === UNKNOWN) {
            hash = hashText(texts.strings[value] ?? '');
            known[value] = hash;
          }
        }
      }
      out[i] = mix(out[i] as number, hash);
    }
  }

  /** By code, the hash of the string. */
  #known(table: StringTable): Int32Array {
    const known = this.#texts.get(table);
    if (known !== undefined && known.length >= table.strings.length) return known;
    const larger = new Int32Array(table.strings.length * 2 + 16).fill(UNKNOWN);
    if (known !== undefined) larger.set(known);
    this.#texts.set(table, larger);
    return larger;
  }
}

/**
 * Mixed once more: the tables of a slice find their keys by the same hash, and if all keys of a slice had some of its bits in common, those
 * tables would use an eighth of their places (measured: 9 times slower).
 */
function spread(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const g = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return g ^ (g >>> 15);
}

function hashValue(value: Value): number {
  if (value === null) return NULL_HASH;
  if (typeof value === 'number') return Number.isNaN(value) ? NAN_HASH : hashNumber(value + 0);
  return hashText(valueKey(value));
}
