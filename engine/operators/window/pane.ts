/** One pane: the keys that have rows in a stretch of time, each with its slot. */
import { IntIndex } from '../../state/int-index.ts';
import type { WantedSlots } from './store.ts';

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

  /** The slots of many keys. @param missing gives a slot to a key that is not there, and adds it */
  findAll(
    keys: Int32Array,
    { selection, from, to, rows, slots, at }: WantedSlots,
    missing: (key: number) => number,
  ): void {
    const index = this.#slots;
    let next = at;
    for (let k = from; k < to; ) {
      const { direct, base } = index;
      const length = direct === null ? 0 : direct.length;
      while (k < to) {
        const i = selection === null ? k : (selection[k] as number);
        k++;
        const place = (keys[i] as number) - base;
        const found = place >= 0 && place < length ? ((direct as Int32Array)[place] as number) : 0;
        rows[next] = i;
        slots[next++] = found > 0 ? found - 1 : missing(keys[i] as number);
        if (found === 0 && (index.direct !== direct || index.base !== base)) break;
      }
    }
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
