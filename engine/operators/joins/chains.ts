/** Rows per key as doubly linked chains through typed arrays: by key the first and last row, by row its neighbours. */

import { copyOf } from '../../state/copies.ts';
import type { Snapshots } from '../../state/snapshot.ts';

export const NONE = -1;

const grown = (old: Int32Array, length: number): Int32Array => {
  const larger = new Int32Array(Math.max(length, old.length)).fill(NONE, old.length);
  larger.set(old);
  return larger;
};

export type ChainsData = {
  /** By key · 2 the first row, and behind it the last. */
  readonly ends: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly keys: Int32Array;
  readonly liveKeys: number;
};

export class Chains implements Snapshots<ChainsData> {
  /** By key · 2 the first row, and behind it the last: mostly both are wanted. */
  #ends: Int32Array = new Int32Array(128).fill(NONE);
  /** By row. */
  next: Int32Array = new Int32Array(64);
  previous: Int32Array = new Int32Array(64);
  /** NONE for a row that is in no chain. */
  keys: Int32Array = new Int32Array(64).fill(NONE);
  /** Keys that have rows. */
  liveKeys = 0;

  get bytes(): number {
    return this.#ends.length * 4 + this.next.length * 12;
  }

  /** The first row of a key; NONE where it has none. */
  first(key: number): number {
    return key * 2 < this.#ends.length ? (this.#ends[key * 2] as number) : NONE;
  }

  last(key: number): number {
    return key * 2 < this.#ends.length ? (this.#ends[key * 2 + 1] as number) : NONE;
  }

  /** Puts a row behind another of its key; NONE: in front of all. */
  link(row: number, key: number, before: number): void {
    this.#reach(row, key);
    const after = before === NONE ? (this.#ends[key * 2] as number) : (this.next[before] as number);
    this.keys[row] = key;
    this.previous[row] = before;
    this.next[row] = after;
    if (before === NONE) this.#ends[key * 2] = row;
    else this.next[before] = row;
    if (after === NONE) this.#ends[key * 2 + 1] = row;
    else this.previous[after] = row;
    if (before === NONE && after === NONE) this.liveKeys++;
  }

  /** Puts `ids[k]` behind all rows of the key `keys[rows[k]]`, for k in [0, count). */
  append(ids: Int32Array, rows: Int32Array, keys: Int32Array, count: number): void {
    let lastRow = 0;
    let lastKey = 0;
    for (let k = 0; k < count; k++) {
      const id = ids[k] as number;
      const key = keys[rows[k] as number] as number;
      if (id > lastRow) lastRow = id;
      if (key > lastKey) lastKey = key;
    }
    this.#reach(lastRow, lastKey);
    const { next, previous, keys: keyOf } = this;
    const ends = this.#ends;
    let fresh = 0;
    for (let k = 0; k < count; k++) {
      const id = ids[k] as number;
      const key = keys[rows[k] as number] as number;
      const before = ends[key * 2 + 1] as number;
      keyOf[id] = key;
      previous[id] = before;
      next[id] = NONE;
      ends[key * 2 + 1] = id;
      if (before === NONE) {
        ends[key * 2] = id;
        fresh++;
      } else next[before] = id;
    }
    this.liveKeys += fresh;
  }

  /** Makes room. */
  #reach(row: number, key: number): void {
    if (row >= this.next.length) {
      const length = Math.max(row + 1, this.next.length * 2);
      this.next = grown(this.next, length);
      this.previous = grown(this.previous, length);
      this.keys = grown(this.keys, length);
    }
    if (key * 2 >= this.#ends.length)
      this.#ends = grown(this.#ends, Math.max(key + 1, this.#ends.length) * 2);
  }

  unlink(row: number): void {
    const key = this.keys[row] as number;
    const before = this.previous[row] as number;
    const after = this.next[row] as number;
    if (before === NONE) this.#ends[key * 2] = after;
    else this.next[before] = after;
    if (after === NONE) this.#ends[key * 2 + 1] = before;
    else this.previous[after] = before;
    if (before === NONE && after === NONE) this.liveKeys--;
    this.keys[row] = NONE;
  }

  /** Keys got new ids: `renamed[old]`. Those without rows may be missing. */
  rekey(renamed: Int32Array, size: number): void {
    const ends = new Int32Array(Math.max(64, size) * 2).fill(NONE);
    for (let key = 0; key * 2 < this.#ends.length; key++) {
      const head = this.#ends[key * 2] as number;
      if (head === NONE) continue;
      const to = renamed[key] as number;
      ends[to * 2] = head;
      ends[to * 2 + 1] = this.#ends[key * 2 + 1] as number;
      for (let row = head; row !== NONE; row = this.next[row] as number) this.keys[row] = to;
    }
    this.#ends = ends;
  }

  snapshot(): ChainsData {
    return {
      ends: copyOf(this.#ends),
      next: copyOf(this.next),
      previous: copyOf(this.previous),
      keys: copyOf(this.keys),
      liveKeys: this.liveKeys,
    };
  }

  restore(data: ChainsData): void {
    this.#ends = data.ends.slice();
    this.next = data.next.slice();
    this.previous = data.previous.slice();
    this.keys = data.keys.slice();
    this.liveKeys = data.liveKeys;
  }
}
