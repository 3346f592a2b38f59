/**
 * The rows of one side of a join: a store, and per key a doubly linked chain through typed arrays. Chains are in order of arrival, or
 * of event time where the owner inserts so.
 */
import type { Batch } from '../../batch/batch.ts';
import type { Field } from '../../contract/types.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { Snapshots } from '../../state/snapshot.ts';

export const NONE = -1;

const grown = (old: Int32Array, length: number): Int32Array => {
  const larger = new Int32Array(length).fill(NONE, old.length);
  larger.set(old);
  return larger;
};

export type JoinSideData = {
  readonly rows: RowStoreData;
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly keys: Int32Array;
  readonly liveKeys: number;
};

export class JoinSide implements Snapshots<JoinSideData> {
  readonly rows: RowStore;
  /** By key id. */
  heads: Int32Array = new Int32Array(64).fill(NONE);
  tails: Int32Array = new Int32Array(64).fill(NONE);
  /** By row id. */
  next: Int32Array = new Int32Array(64);
  previous: Int32Array = new Int32Array(64);
  keys: Int32Array = new Int32Array(64);
  /** Keys that have rows. */
  liveKeys = 0;

  constructor(fields: readonly Field[]) {
    this.rows = new RowStore(fields);
  }

  get bytes(): number {
    return this.rows.bytes + (this.heads.length + this.tails.length) * 4 + this.next.length * 12;
  }

  snapshot(): JoinSideData {
    return {
      rows: this.rows.snapshot(),
      heads: this.heads.slice(),
      tails: this.tails.slice(),
      next: this.next.slice(),
      previous: this.previous.slice(),
      keys: this.keys.slice(),
      liveKeys: this.liveKeys,
    };
  }

  restore(data: JoinSideData): void {
    this.rows.restore(data.rows);
    const capacity = Math.max(this.rows.capacity, data.next.length);
    this.heads = data.heads.slice();
    this.tails = data.tails.slice();
    this.next = grown(data.next, capacity);
    this.previous = grown(data.previous, capacity);
    this.keys = grown(data.keys, capacity);
    this.liveKeys = data.liveKeys;
  }

  /** The first row of a key; NONE where it has none. */
  first(key: number): number {
    return key < this.heads.length ? (this.heads[key] as number) : NONE;
  }

  last(key: number): number {
    return key < this.tails.length ? (this.tails[key] as number) : NONE;
  }

  /** Keeps a row of a batch at the end of its key's chain. */
  append(batch: Batch, row: number, key: number): number {
    const id = this.#store(batch, row, key);
    this.#link(id, key, this.last(key));
    return id;
  }

  /** Keeps it behind the last row whose event time is not later: the chain stays sorted by time, equal ones by arrival. */
  insertByTime(batch: Batch, row: number, key: number): number {
    const id = this.#store(batch, row, key);
    const time = this.rows.time(id);
    let before = this.last(key);
    while (before !== NONE && this.rows.time(before) > time) before = this.previous[before] as number;
    this.#link(id, key, before);
    return id;
  }

  #store(batch: Batch, row: number, key: number): number {
    const id = this.rows.add(batch, row);
    if (this.rows.capacity > this.next.length) {
      this.next = grown(this.next, this.rows.capacity);
      this.previous = grown(this.previous, this.rows.capacity);
      this.keys = grown(this.keys, this.rows.capacity);
    }
    if (key >= this.heads.length) {
      const length = Math.max(key + 1, this.heads.length * 2);
      this.heads = grown(this.heads, length);
      this.tails = grown(this.tails, length);
    }
    this.keys[id] = key;
    return id;
  }

  #link(id: number, key: number, before: number): void {
    const after = before === NONE ? (this.heads[key] as number) : (this.next[before] as number);
    this.previous[id] = before;
    this.next[id] = after;
    if (before === NONE) this.heads[key] = id;
    else this.next[before] = id;
    if (after === NONE) this.tails[key] = id;
    else this.previous[after] = id;
    if (before === NONE && after === NONE) this.liveKeys++;
  }

  remove(id: number): void {
    const key = this.keys[id] as number;
    const before = this.previous[id] as number;
    const after = this.next[id] as number;
    if (before === NONE) this.heads[key] = after;
    else this.next[before] = after;
    if (after === NONE) this.tails[key] = before;
    else this.previous[after] = before;
    if (before === NONE && after === NONE) this.liveKeys--;
    this.rows.remove(id);
  }

  /** Keys got new ids: `renamed[old]`, NONE for those without rows anywhere. */
  rekey(renamed: Int32Array, size: number): void {
    const heads = new Int32Array(Math.max(64, size)).fill(NONE);
    const tails = new Int32Array(Math.max(64, size)).fill(NONE);
    for (let key = 0; key < this.heads.length; key++) {
      const head = this.heads[key] as number;
      if (head === NONE) continue;
      const to = renamed[key] as number;
      heads[to] = head;
      tails[to] = this.tails[key] as number;
      for (let id = head; id !== NONE; id = this.next[id] as number) this.keys[id] = to;
    }
    this.heads = heads;
    this.tails = tails;
  }
}
