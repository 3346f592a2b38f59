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
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly keys: Int32Array;
  readonly liveKeys: number;
};

export class Chains implements Snapshots<ChainsData> {
  /** By key. */
  #heads: Int32Array = new Int32Array(64).fill(NONE);
  #tails: Int32Array = new Int32Array(64).fill(NONE);
  /** By row. */
  next: Int32Array = new Int32Array(64);
  previous: Int32Array = new Int32Array(64);
  /** NONE for a row that is in no chain. */
  keys: Int32Array = new Int32Array(64).fill(NONE);
  /** Keys that have rows. */
  liveKeys = 0;

  get bytes(): number {
    return (this.#heads.length + this.#tails.length) * 4 + this.next.length * 12;
  }

  /** The first row of a key; NONE where it has none. */
  first(key: number): number {
    return key < this.#heads.length ? (this.#heads[key] as number) : NONE;
  }

  last(key: number): number {
    return key < this.#tails.length ? (this.#tails[key] as number) : NONE;
  }

  /** Puts a row behind another of its key; NONE: in front of all. */
  link(row: number, key: number, before: number): void {
    if (row >= this.next.length) {
      const length = Math.max(row + 1, this.next.length * 2);
      this.next = grown(this.next, length);
      this.previous = grown(this.previous, length);
      this.keys = grown(this.keys, length);
    }
    if (key >= this.#heads.length) {
      const length = Math.max(key + 1, this.#heads.length * 2);
      this.#heads = grown(this.#heads, length);
      this.#tails = grown(this.#tails, length);
    }
    const after = before === NONE ? (this.#heads[key] as number) : (this.next[before] as number);
    this.keys[row] = key;
    this.previous[row] = before;
    this.next[row] = after;
    if (before === NONE) this.#heads[key] = row;
    else this.next[before] = row;
    if (after === NONE) this.#tails[key] = row;
    else this.previous[after] = row;
    if (before === NONE && after === NONE) this.liveKeys++;
  }

  unlink(row: number): void {
    const key = this.keys[row] as number;
    const before = this.previous[row] as number;
    const after = this.next[row] as number;
    if (before === NONE) this.#heads[key] = after;
    else this.next[before] = after;
    if (after === NONE) this.#tails[key] = before;
    else this.previous[after] = before;
    if (before === NONE && after === NONE) this.liveKeys--;
    this.keys[row] = NONE;
  }

  /** Keys got new ids: `renamed[old]`. Those without rows may be missing. */
  rekey(renamed: Int32Array, size: number): void {
    const heads = new Int32Array(Math.max(64, size)).fill(NONE);
    const tails = new Int32Array(Math.max(64, size)).fill(NONE);
    for (let key = 0; key < this.#heads.length; key++) {
      const head = this.#heads[key] as number;
      if (head === NONE) continue;
      const to = renamed[key] as number;
      heads[to] = head;
      tails[to] = this.#tails[key] as number;
      for (let row = head; row !== NONE; row = this.next[row] as number) this.keys[row] = to;
    }
    this.#heads = heads;
    this.#tails = tails;
  }

  snapshot(): ChainsData {
    return {
      heads: copyOf(this.#heads),
      tails: copyOf(this.#tails),
      next: copyOf(this.next),
      previous: copyOf(this.previous),
      keys: copyOf(this.keys),
      liveKeys: this.liveKeys,
    };
  }

  restore(data: ChainsData): void {
    this.#heads = data.heads.slice();
    this.#tails = data.tails.slice();
    this.next = data.next.slice();
    this.previous = data.previous.slice();
    this.keys = data.keys.slice();
    this.liveKeys = data.liveKeys;
  }
}
