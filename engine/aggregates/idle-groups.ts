/**
 * Groups in the order in which they were last written, for forgetting those that nobody writes to any more (Flink's
 * `table.exec.state.ttl`, in processing time): a list through arrays, so that a write moves a group to the end at no cost.
 */
import type { Snapshots, StateData } from '../state/snapshot.ts';

const NONE = -1;

export class IdleGroups implements Snapshots<StateData> {
  readonly #ttl: number;
  /** By slot: when it was written (ms), and its neighbours in the list; NaN: it is not in the list. */
  #written = new Float64Array(64).fill(Number.NaN);
  #before = new Int32Array(64);
  #after = new Int32Array(64);
  #oldest = NONE;
  #newest = NONE;

  /** @param ttl ms */
  constructor(ttl: number) {
    this.#ttl = ttl;
  }

  /** When a group falls due; Infinity: there is none. */
  get next(): number {
    return this.#oldest === NONE ? Infinity : (this.#written[this.#oldest] as number) + this.#ttl;
  }
  get bytes(): number {
    return this.#written.byteLength * 2;
  }

  write(slot: number, now: number): void {
    if (slot >= this.#written.length) this.#grow(Math.max(slot + 1, this.#written.length * 2));
    this.remove(slot);
    this.#written[slot] = now;
    this.#before[slot] = this.#newest;
    this.#after[slot] = NONE;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#after[this.#newest] = slot;
    this.#newest = slot;
  }

  remove(slot: number): void {
    if (!(slot < this.#written.length) || Number.isNaN(this.#written[slot])) return;
    const before = this.#before[slot] as number;
    const after = this.#after[slot] as number;
    if (before === NONE) this.#oldest = after;
    else this.#after[before] = after;
    if (after === NONE) this.#newest = before;
    else this.#before[after] = before;
    this.#written[slot] = Number.NaN;
  }

  /** Takes a group out whose time is over at `now` (ms), the oldest first; −1: there is none. */
  take(now: number): number {
    const slot = this.#oldest;
    if (slot === NONE || this.next > now) return NONE;
    this.remove(slot);
    return slot;
  }

  #grow(capacity: number): void {
    const written = new Float64Array(capacity).fill(Number.NaN);
    written.set(this.#written);
    this.#written = written;
    const before = new Int32Array(capacity);
    before.set(this.#before);
    this.#before = before;
    const after = new Int32Array(capacity);
    after.set(this.#after);
    this.#after = after;
  }

  /** Slots and when they were written, oldest first. */
  snapshot(): StateData {
    const slots: number[] = [];
    for (let slot = this.#oldest; slot !== NONE; slot = this.#after[slot] as number) slots.push(slot);
    return [Int32Array.from(slots), Float64Array.from(slots, (slot) => this.#written[slot] as number)];
  }
  restore(data: StateData): void {
    const [slots, written] = data as readonly [Int32Array, Float64Array];
    slots.forEach((slot, at) => {
      this.write(slot, written[at] as number);
    });
  }
}
