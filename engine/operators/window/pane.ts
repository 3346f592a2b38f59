/** One pane: the keys that have rows in a stretch of time, each with its slot. */
import { IntIndex } from '../../state/int-index.ts';

export class Pane {
  readonly start: number;
  /** Slots in the order in which their keys first came. */
  order = new Int32Array(4);
  count = 0;
  #slots = new IntIndex();

  constructor(start: number) {
    this.start = start;
  }

  /** The slot of a key, or −1. */
  find(key: number): number {
    return this.#slots.find(key);
  }

  /** Adds a key that is not there. */
  add(key: number, slot: number): void {
    this.#slots.add(key, slot);
    if (this.count === this.order.length) {
      const order = new Int32Array(this.count * 2);
      order.set(this.order);
      this.order = order;
    }
    this.order[this.count++] = slot;
  }

  /** After keys got new ids: `keyOf[slot]` says the key of each slot. */
  rekey(keyOf: Int32Array): void {
    this.#slots = new IntIndex();
    for (let n = 0; n < this.count; n++) {
      const slot = this.order[n] ?? 0;
      this.#slots.add(keyOf[slot] ?? 0, slot);
    }
  }

  /** A copy of its slots, in order. */
  slots(): Int32Array {
    return this.order.slice(0, this.count);
  }

  get bytes(): number {
    return this.#slots.bytes + this.order.byteLength;
  }
}
