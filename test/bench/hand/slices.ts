/** What the loops share: their input by batches, the sink, and the one hash table that they need. */
import { BATCH_ROWS, type Columns } from '../corpus.ts';
import type { Outcome } from '../entrant.ts';
import type { Meter } from '../meter.ts';

export interface Slice {
  readonly length: number;
  readonly type: Int32Array;
  readonly time: Float64Array;
  readonly expires: Float64Array;
  readonly id: Float64Array;
  readonly party: Float64Array;
  readonly price: Float64Array;
  readonly category: Float64Array;
  readonly texts: readonly Int32Array[];
}

export type Loop = (batches: readonly Slice[], meter: Meter) => Outcome;

export function slices(all: Columns): Slice[] {
  const out: Slice[] = [];
  for (let from = 0; from < all.length; from += BATCH_ROWS) {
    const to = Math.min(all.length, from + BATCH_ROWS);
    out.push({
      length: to - from,
      type: all.type.subarray(from, to),
      time: all.time.subarray(from, to),
      expires: all.expires.subarray(from, to),
      id: all.id.subarray(from, to),
      party: all.party.subarray(from, to),
      price: all.price.subarray(from, to),
      category: all.category.subarray(from, to),
      texts: all.texts.map((codes) => codes.subarray(from, to)),
    });
  }
  return out;
}

/** The sink: reads a column of the rows that are left. */
export class Sink {
  rows = 0;
  sum = 0;
  take(values: Float64Array, selection: Int32Array, count: number): void {
    this.rows += count;
    this.add(values, selection, count);
  }
  add(values: Float64Array, selection: Int32Array, count: number): void {
    let { sum } = this;
    for (let k = 0; k < count; k++) sum += values[selection[k] as number] as number;
    this.sum = sum;
  }
  /** Rows that stand in a column of their own, one after the other. */
  dense(values: Float64Array, count: number): void {
    let { sum } = this;
    for (let k = 0; k < count; k++) sum += values[k] as number;
    this.rows += count;
    this.sum = sum;
  }
}

const EMPTY = -1;

/** Whole numbers below 2^31 to places 0, 1, 2, … in the order in which they came: open addressing, at most half full. */
export class Places {
  size = 0;
  keys = new Int32Array(1024);
  #slots = new Int32Array(2048).fill(EMPTY);
  #mask = 2047;

  place(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) >>> 8;
    for (;;) {
      slot &= this.#mask;
      const at = this.#slots[slot] as number;
      if (at === EMPTY) break;
      if (this.keys[at] === key) return at;
      slot++;
    }
    if (this.size === this.keys.length) {
      this.#grow();
      return this.place(key);
    }
    this.#slots[slot] = this.size;
    this.keys[this.size] = key;
    return this.size++;
  }

  /** −1: not there. */
  find(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) >>> 8;
    for (;;) {
      slot &= this.#mask;
      const at = this.#slots[slot] as number;
      if (at === EMPTY || this.keys[at] === key) return at;
      slot++;
    }
  }

  clear(): void {
    this.size = 0;
    this.#slots.fill(EMPTY);
  }

  #grow(): void {
    const { keys } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.keys.set(keys);
    this.#slots = new Int32Array(keys.length * 4).fill(EMPTY);
    this.#mask = this.#slots.length - 1;
    for (let at = 0; at < this.size; at++) {
      let slot = Math.imul(keys[at] as number, 0x9e3779b1) >>> 8;
      while (this.#slots[slot & this.#mask] !== EMPTY) slot++;
      this.#slots[slot & this.#mask] = at;
    }
  }
}

/** A column that grows with what is kept. */
export class Grown {
  values = new Float64Array(1024);
  set(at: number, value: number): void {
    if (at >= this.values.length) {
      const more = new Float64Array(this.values.length * 2);
      more.set(this.values);
      this.values = more;
    }
    this.values[at] = value;
  }
}
