/**
 * Sliding windows as Kafka Streams has them (KIP-450): one for each distinct set of a key's records that lie no further apart than the
 * size. Such a window ends at a record, or begins right after one. Records are aggregated by their very time; a window is the sum of the
 * times in it, formed when it fires.
 */
import type { Slots } from '../../aggregates/slots.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers } from '../../state/timers.ts';
import type { WindowOutput } from './output.ts';
import type { PendingRows } from './pending.ts';
import { lowerBound } from './sorted.ts';
import type { WindowStore } from './store.ts';

/** The times of a key's records, ascending, and the slot of each. */
interface Times {
  readonly times: number[];
  readonly slots: number[];
  /** Last instant of the window that fired last: two records may ask for the same one. */
  fired: number;
}

/** About, of a key and of a time. */
const KEY_BYTES = 120;
const TIME_BYTES = 48;

export class SlidingStore implements WindowStore {
  readonly dueClock = Infinity;
  readonly run = null;
  readonly #size: number;
  readonly #slots: Slots;
  readonly #pending: PendingRows;
  readonly #output: WindowOutput;
  #keys = new Map<number, Times>();
  /** Last instants of windows, with their keys. */
  #timers = new Timers();
  #watermark = -Infinity;

  constructor(size: number, slots: Slots, pending: PendingRows, output: WindowOutput) {
    this.#size = size;
    this.#slots = slots;
    this.#pending = pending;
    this.#output = output;
  }

  get due(): number {
    return this.#timers.next;
  }
  get openWindows(): number {
    return this.#timers.size;
  }
  get bytes(): number {
    const { bytes, inUse } = this.#slots;
    return bytes + this.#timers.bytes + this.#keys.size * KEY_BYTES + inUse * TIME_BYTES;
  }

  add(time: number, key: number, row: number, watermark: number): boolean {
    this.#watermark = Math.max(this.#watermark, watermark);
    if (time + this.#size <= watermark) return false;
    const own = this.#keys.get(key) ?? this.#newKey(key);
    const at = lowerBound(own.times, time);
    if (own.times[at] !== time) {
      own.times.splice(at, 0, time);
      own.slots.splice(at, 0, this.#slots.take(key));
      this.#await(time, key);
    }
    this.#pending.push(own.slots[at] as number, row);
    return true;
  }

  #newKey(key: number): Times {
    const own: Times = { times: [], slots: [], fired: -Infinity };
    this.#keys.set(key, own);
    return own;
  }

  /** The windows that a record is the reason for: the one that ends at it, and the one after it. */
  #await(time: number, key: number): void {
    if (time > this.#watermark) this.#timers.add(time, key);
    this.#timers.add(time + 1 + this.#size, key);
  }

  advance(watermark: number): void {
    this.#watermark = Math.max(this.#watermark, watermark);
    if (this.#timers.next <= watermark) this.#pending.flush();
    for (let last = this.#timers.next; last <= watermark; last = this.#timers.next) {
      const key = this.#timers.takeDue(watermark);
      // Empty: `next` is Infinity, which the watermark is too at the end of the input.
      if (key < 0) return;
      const own = this.#keys.get(key);
      if (own === undefined || own.fired === last) continue;
      own.fired = last;
      this.#fire(own, last);
      this.#forget(own, key, last);
    }
  }

  #fire({ times, slots }: Times, last: number): void {
    const start = last - this.#size;
    const from = lowerBound(times, start);
    const to = lowerBound(times, last + 1);
    if (from === to) return;
    if (to === from + 1) {
      this.#output.push(slots[from] as number, start, last + 1);
      return;
    }
    const merged = this.#slots.take(this.#slots.keys[slots[from] as number] as number);
    for (let at = from; at < to; at++) this.#slots.merge(merged, slots[at] as number);
    this.#output.push(merged, start, last + 1);
    this.#slots.release(merged);
  }

  /** Times that no later window holds or begins after. */
  #forget({ times, slots }: Times, key: number, last: number): void {
    const gone = lowerBound(times, last - this.#size);
    for (let at = 0; at < gone; at++) this.#slots.release(slots[at] as number);
    times.splice(0, gone);
    slots.splice(0, gone);
    if (times.length === 0) this.#keys.delete(key);
  }

  clock(): void {}

  forEachSlot(visit: (slot: number) => void): void {
    for (const { slots } of this.#keys.values()) for (const slot of slots) visit(slot);
  }

  /** By record, the window that ends at it. */
  forEachOpen(visit: (slot: number, start: number, end: number, due: number) => void): void {
    for (const { times, slots } of this.#keys.values())
      times.forEach((time, at) => {
        const due = time > this.#watermark ? time : time + 1 + this.#size;
        visit(slots[at] as number, time - this.#size, time + 1, due);
      });
  }

  rekeyed(): void {
    const old = [...this.#keys.values()];
    this.#keys = new Map();
    this.#timers = new Timers();
    for (const own of old) this.#put(own);
  }

  #put(own: Times): void {
    const key = this.#slots.keys[own.slots[0] as number] as number;
    this.#keys.set(key, own);
    for (const time of own.times) this.#await(time, key);
  }

  snapshot(): StateData {
    return {
      watermark: this.#watermark,
      keys: [...this.#keys.values()].map(({ times, slots, fired }) => ({
        times: Float64Array.from(times),
        slots: Int32Array.from(slots),
        fired,
      })),
    };
  }

  /** After the slots. */
  restore(data: StateData): void {
    const { watermark, keys } = data as unknown as {
      watermark: number;
      keys: readonly { times: Float64Array; slots: Int32Array; fired: number }[];
    };
    this.#watermark = watermark;
    for (const { times, slots, fired } of keys) this.#put({ times: [...times], slots: [...slots], fired });
  }
}
