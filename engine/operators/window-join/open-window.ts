/**
 * A window that is still open: its keys, each with a list of left and of right rows. Everything is in arrays of its own, which go as a whole
 * when it fires: nothing has to be deleted from a table.
 */

import { copyOf } from '../../state/copies.ts';
import { hashNumber } from '../../state/hash.ts';
import type { Side } from '../joins/plan.ts';

const NONE = -1;

export type OpenWindowData = {
  readonly start: number;
  readonly end: number;
  readonly keys: Int32Array;
  readonly heads: readonly [Int32Array, Int32Array];
  readonly tails: readonly [Int32Array, Int32Array];
};

export class OpenWindow {
  readonly start: number;
  readonly end: number;
  /** Keys in order of arrival; each has a slot. */
  count = 0;
  keys: Int32Array = new Int32Array(4);
  /** By slot: the first and last link of the side's rows. */
  heads: [Int32Array, Int32Array] = [new Int32Array(4), new Int32Array(4)];
  tails: [Int32Array, Int32Array] = [new Int32Array(4), new Int32Array(4)];
  /** Slots by key, open addressing. */
  #table: Int32Array = new Int32Array(8).fill(NONE);

  constructor(start: number, end: number) {
    this.start = start;
    this.end = end;
  }

  get bytes(): number {
    return this.keys.length * 20 + this.#table.length * 4;
  }

  /** The slot of a key; made where the key is new. */
  slot(key: number): number {
    const mask = this.#table.length - 1;
    for (let at = hashNumber(key) & mask; ; at = (at + 1) & mask) {
      const slot = this.#table[at] as number;
      if (slot === NONE) return this.#add(key, at);
      if (this.keys[slot] === key) return slot;
    }
  }

  #add(key: number, at: number): number {
    const slot = this.count++;
    if (slot === this.keys.length) this.#grow();
    this.keys[slot] = key;
    for (const side of [0, 1] as const) {
      this.heads[side][slot] = NONE;
      this.tails[side][slot] = NONE;
    }
    this.#table[at] = slot;
    if (this.count * 2 > this.#table.length) this.#rehash(this.#table.length * 2);
    return slot;
  }

  #grow(): void {
    const grown = (old: Int32Array): Int32Array => {
      const larger = new Int32Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.keys = grown(this.keys);
    this.heads = [grown(this.heads[0]), grown(this.heads[1])];
    this.tails = [grown(this.tails[0]), grown(this.tails[1])];
  }

  #rehash(length: number): void {
    this.#table = new Int32Array(length).fill(NONE);
    for (let slot = 0; slot < this.count; slot++) {
      let at = hashNumber(this.keys[slot] as number) & (length - 1);
      while (this.#table[at] !== NONE) at = (at + 1) & (length - 1);
      this.#table[at] = slot;
    }
  }

  /** Keys got new ids. */
  rekey(renamed: Int32Array): void {
    for (let slot = 0; slot < this.count; slot++)
      this.keys[slot] = renamed[this.keys[slot] as number] as number;
    this.#rehash(this.#table.length);
  }

  snapshot(): OpenWindowData {
    const cut = (of: Int32Array): Int32Array => copyOf(of, this.count);
    return {
      start: this.start,
      end: this.end,
      keys: cut(this.keys),
      heads: [cut(this.heads[0]), cut(this.heads[1])],
      tails: [cut(this.tails[0]), cut(this.tails[1])],
    };
  }

  static from(data: OpenWindowData): OpenWindow {
    const window = new OpenWindow(data.start, data.end);
    data.keys.forEach((key, slot) => {
      window.slot(key);
      for (const side of [0, 1] as const) {
        window.heads[side][slot] = data.heads[side][slot] as number;
        window.tails[side][slot] = data.tails[side][slot] as number;
      }
    });
    return window;
  }
}

export type LinksData = { readonly rows: Int32Array; readonly next: Int32Array; readonly free: Int32Array };

/** Links of the windows' lists: a row in several windows has one in each. */
export class Links {
  rows: Int32Array = new Int32Array(64);
  next: Int32Array = new Int32Array(64);
  #used = 0;
  #free: number[] = [];

  get bytes(): number {
    return this.rows.length * 8 + this.#free.length * 8;
  }

  /** Appends a row to a slot's list. */
  append(window: OpenWindow, side: Side, slot: number, row: number): void {
    const link = this.#free.pop() ?? this.#used++;
    if (link === this.rows.length) this.#grow();
    this.rows[link] = row;
    this.next[link] = NONE;
    const tail = window.tails[side][slot] as number;
    if (tail === NONE) window.heads[side][slot] = link;
    else this.next[tail] = link;
    window.tails[side][slot] = link;
  }

  release(link: number): void {
    this.#free.push(link);
  }

  #grow(): void {
    const grown = (old: Int32Array): Int32Array => {
      const larger = new Int32Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.rows = grown(this.rows);
    this.next = grown(this.next);
  }

  snapshot(): LinksData {
    return {
      rows: copyOf(this.rows, this.#used),
      next: copyOf(this.next, this.#used),
      free: Int32Array.from(this.#free),
    };
  }

  restore({ rows, next, free }: LinksData): void {
    while (this.rows.length <= rows.length) this.#grow();
    this.rows.set(rows);
    this.next.set(next);
    this.#used = rows.length;
    this.#free = [...free];
  }
}
