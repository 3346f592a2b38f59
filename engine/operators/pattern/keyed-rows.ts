/** By key: its rows that a match can still use, in order, as a linked list, and the threads of its attempt. Typed arrays throughout. */

import { copyOf } from '../../state/copies.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { NO_THREAD } from './matcher.ts';
import type { RowQueue } from './row-queue.ts';

export const NO_ROW = -1;
const NO_PERIOD = -1;
/** Keys that are gone before the others get new ids. */
const COMPACT_AT = 65_536;

export interface KeyedRowsData {
  readonly keyOf: Int32Array;
  readonly next: Int32Array;
  readonly places: Int32Array;
  readonly periods: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly threads: Int32Array;
  readonly watched: Uint8Array;
  readonly period: Int32Array;
  readonly lastPeriod: number;
  readonly active: number;
}

export class KeyedRows implements Snapshots<KeyedRowsData> {
  /** By row id. */
  #keyOf = new Int32Array(64);
  #next = new Int32Array(64);
  /**
   * Where in the pattern the attempt stood behind the row, and in which period of its key. Within a period all attempts failed for want
   * of a fitting row, so another one that comes to stand there fails too: without this, a long run that is no match would
   * be gone through again from each of its rows.
   */
  #places = new Int32Array(64);
  #periods = new Int32Array(64);
  /** By key id. */
  #first = new Int32Array(64).fill(NO_ROW);
  #last = new Int32Array(64).fill(NO_ROW);
  #threads = new Int32Array(64).fill(NO_THREAD);
  #watched = new Uint8Array(64);
  #period = new Int32Array(64);
  #lastPeriod = 0;
  /** Keys with an attempt that waits for rows. */
  active = 0;

  get bytes(): number {
    return this.#keyOf.length * 16 + this.#first.length * 17;
  }

  /** A row that is not in order yet. */
  arrive(row: number, key: number): void {
    if (row >= this.#keyOf.length) {
      this.#keyOf = larger(this.#keyOf, row);
      this.#next = larger(this.#next, row);
      this.#places = larger(this.#places, row);
      this.#periods = larger(this.#periods, row);
    }
    if (key >= this.#first.length) this.#growKeys(key);
    this.#keyOf[row] = key;
    this.#periods[row] = NO_PERIOD;
  }

  /** Its turn has come: it is the last row of its key now. Returns the key. */
  append(row: number): number {
    const key = this.#keyOf[row] as number;
    this.#next[row] = NO_ROW;
    if (this.#first[key] === NO_ROW) this.#first[key] = row;
    else this.#next[this.#last[key] as number] = row;
    this.#last[key] = row;
    return key;
  }

  /** The row that the attempt of the key begins at. */
  first(key: number): number {
    return this.#first[key] as number;
  }

  following(row: number): number {
    return this.#next[row] as number;
  }

  /** Takes the first row out and returns the one after it. */
  dropFirst(key: number): number {
    const next = this.#next[this.#first[key] as number] as number;
    this.#first[key] = next;
    return next;
  }

  threads(key: number): number {
    return this.#threads[key] as number;
  }

  setThreads(key: number, threads: number): void {
    const before = this.#threads[key] !== NO_THREAD;
    const after = threads !== NO_THREAD;
    if (before !== after) this.active += after ? 1 : -1;
    this.#threads[key] = threads;
  }

  /** Whether an attempt that failed stood at this place behind the row; remembers the place. */
  failedAt(row: number, key: number, place: number): boolean {
    const period = this.#period[key] as number;
    if (this.#periods[row] === period && this.#places[row] === place) return true;
    this.#periods[row] = period;
    this.#places[row] = place;
    return false;
  }

  /** An attempt of the key ended otherwise than by failing: what it went through says nothing of the next. */
  newPeriod(key: number): void {
    this.#lastPeriod = (this.#lastPeriod + 1) & 0x7fff_ffff;
    this.#period[key] = this.#lastPeriod;
  }

  isWatched(key: number): boolean {
    return this.#watched[key] === 1;
  }

  setWatched(key: number, watched: boolean): void {
    this.#watched[key] = watched ? 1 : 0;
  }

  /**
   * Where most of the `keys` ids are of keys without rows, gives the others new ids, in the order of what it returns: the old ids.
   * Else null. No key is watched afterwards.
   */
  compact(keys: number, waiting: RowQueue): Int32Array | null {
    if (keys < 2 * (this.active + waiting.size) + COMPACT_AT) return null;
    const ids = new Map<number, number>();
    const idOf = (key: number): number => {
      const id = ids.get(key) ?? ids.size;
      ids.set(key, id);
      return id;
    };
    for (let key = 0; key < Math.min(keys, this.#first.length); key++)
      if (this.#first[key] !== NO_ROW) idOf(key);
    for (const key of [...ids.keys()])
      for (let row = this.first(key); row !== NO_ROW; row = this.following(row)) this.#keyOf[row] = idOf(key);
    waiting.forEach((row) => {
      this.#keyOf[row] = idOf(this.#keyOf[row] as number);
    });
    const live = Int32Array.from(ids.keys());
    const capacity = Math.max(64, live.length);
    const pick = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const next = new Int32Array(capacity).fill(NO_ROW);
      live.forEach((from, to) => {
        next[to] = old[from] ?? NO_ROW;
      });
      return next;
    };
    this.#first = pick(this.#first);
    this.#last = pick(this.#last);
    this.#threads = pick(this.#threads);
    this.#watched = new Uint8Array(capacity);
    this.#period = pick(this.#period);
    return live;
  }

  snapshot(): KeyedRowsData {
    return {
      keyOf: copyOf(this.#keyOf),
      next: copyOf(this.#next),
      places: copyOf(this.#places),
      periods: copyOf(this.#periods),
      first: copyOf(this.#first),
      last: copyOf(this.#last),
      threads: copyOf(this.#threads),
      watched: copyOf(this.#watched),
      period: copyOf(this.#period),
      lastPeriod: this.#lastPeriod,
      active: this.active,
    };
  }

  restore(data: KeyedRowsData): void {
    this.#keyOf = new Int32Array(data.keyOf);
    this.#next = new Int32Array(data.next);
    this.#places = new Int32Array(data.places);
    this.#periods = new Int32Array(data.periods);
    this.#first = new Int32Array(data.first);
    this.#last = new Int32Array(data.last);
    this.#threads = new Int32Array(data.threads);
    this.#watched = new Uint8Array(data.watched);
    this.#period = new Int32Array(data.period);
    this.#lastPeriod = data.lastPeriod;
    this.active = data.active;
  }

  #growKeys(key: number): void {
    const from = this.#first.length;
    this.#first = larger(this.#first, key).fill(NO_ROW, from);
    this.#last = larger(this.#last, key).fill(NO_ROW, from);
    this.#threads = larger(this.#threads, key).fill(NO_THREAD, from);
    this.#period = larger(this.#period, key);
    const watched = new Uint8Array(this.#first.length);
    watched.set(this.#watched);
    this.#watched = watched;
  }
}

function larger(old: Int32Array, index: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(Math.max(old.length * 2, index + 1));
  next.set(old);
  return next;
}
