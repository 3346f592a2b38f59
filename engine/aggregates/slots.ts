/** The table of aggregates: slots are given out and taken back; every accumulator is a column of it. */

import { FixedCopy } from '../state/copies.ts';
import type { StateData } from '../state/snapshot.ts';
import type { Accumulator } from './accumulator.ts';

export interface SlotsData {
  readonly keys: Int32Array;
  readonly used: number;
  readonly free: readonly number[];
  readonly accumulators: readonly StateData[];
}

export class Slots {
  readonly accumulators: readonly Accumulator[];
  /** The key of each slot in use; to be written by `take` and `rekey` alone. */
  keys = new Int32Array(0);
  readonly #slotBytes: number;
  #capacity = 0;
  #used = 0;
  #free: number[] = [];
  /** Slots that were given out and taken back so far, and keys that were moved. */
  changes = 0;
  readonly #keysCopy = new FixedCopy<Int32Array>();

  constructor(accumulators: readonly Accumulator[]) {
    this.accumulators = accumulators;
    this.#slotBytes = accumulators.reduce((sum, a) => sum + a.slotBytes, 4);
    this.#grow(64);
  }

  get inUse(): number {
    return this.#used - this.#free.length;
  }

  /** Slots lie in [0, `capacity`): the length of arrays that run beside them. Grows. */
  get capacity(): number {
    return this.#capacity;
  }

  get bytes(): number {
    return this.accumulators.reduce((sum, a) => sum + a.heldBytes, this.inUse * this.#slotBytes);
  }

  take(key: number): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot === this.#capacity) this.#grow(this.#capacity * 2);
    for (const accumulator of this.accumulators) accumulator.reset(slot);
    this.keys[slot] = key;
    this.changes++;
    return slot;
  }

  release(slot: number): void {
    this.#free.push(slot);
    this.changes++;
    // Sets and strings are let go at once, not at the next use of the slot.
    for (const accumulator of this.accumulators) accumulator.reset(slot);
  }

  /** The key of a slot has another number. */
  rekey(slot: number, key: number): void {
    this.keys[slot] = key;
    this.changes++;
  }

  merge(into: number, from: number): void {
    for (const accumulator of this.accumulators) accumulator.merge(into, from);
  }

  /** @param rows by slot, the rows that went into it, where the operator keeps them itself */
  snapshot(rows: Float64Array | null = null): SlotsData {
    return {
      keys: this.#keysCopy.of(this.keys, this.changes),
      used: this.#used,
      free: this.#free.slice(),
      accumulators: this.accumulators.map((a) => a.snapshot(rows)),
    };
  }

  /** @param rows as they were given to `snapshot` */
  restore({ keys, used, free, accumulators }: SlotsData, rows: Float64Array | null = null): void {
    this.keys = new Int32Array(keys);
    this.#capacity = keys.length;
    this.#used = used;
    this.#free = free.slice();
    this.accumulators.forEach((a, at) => {
      a.grow(this.#capacity);
      a.restore(accumulators[at], rows);
    });
  }

  #grow(capacity: number): void {
    this.#capacity = capacity;
    for (const accumulator of this.accumulators) accumulator.grow(capacity);
    const keys = new Int32Array(capacity);
    keys.set(this.keys);
    this.keys = keys;
  }
}
