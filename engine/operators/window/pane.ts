/** One pane: the keys that have rows in a stretch of time, each with its slot. Open addressing on key ids. */
const EMPTY = -1;

export class Pane {
  readonly start: number;
  /** Slots in the order in which their keys first came. */
  order = new Int32Array(4);
  count = 0;
  #keys = new Int32Array(8).fill(EMPTY);
  #slots = new Int32Array(8);

  constructor(start: number) {
    this.start = start;
  }

  /** The slot of a key, or −1. */
  find(key: number): number {
    const mask = this.#keys.length - 1;
    for (let at = spread(key) & mask; ; at = (at + 1) & mask) {
      const found = this.#keys[at] as number;
      if (found === key) return this.#slots[at] as number;
      if (found === EMPTY) return EMPTY;
    }
  }

  /** Adds a key that is not there. */
  add(key: number, slot: number): void {
    if ((this.count + 1) * 2 > this.#keys.length) this.#grow();
    this.#place(key, slot);
    if (this.count === this.order.length) {
      const order = new Int32Array(this.count * 2);
      order.set(this.order);
      this.order = order;
    }
    this.order[this.count++] = slot;
  }

  #place(key: number, slot: number): void {
    const mask = this.#keys.length - 1;
    let at = spread(key) & mask;
    while (this.#keys[at] !== EMPTY) at = (at + 1) & mask;
    this.#keys[at] = key;
    this.#slots[at] = slot;
  }

  #grow(): void {
    const { length } = this.#keys;
    const keys = this.#keys;
    const slots = this.#slots;
    this.#keys = new Int32Array(length * 2).fill(EMPTY);
    this.#slots = new Int32Array(length * 2);
    for (let at = 0; at < length; at++) {
      const key = keys[at] ?? EMPTY;
      if (key !== EMPTY) this.#place(key, slots[at] ?? 0);
    }
  }

  /** After keys got new ids: `keyOf[slot]` says the key of each slot. */
  rekey(keyOf: Int32Array): void {
    this.#keys.fill(EMPTY);
    for (let n = 0; n < this.count; n++) {
      const slot = this.order[n] ?? 0;
      this.#place(keyOf[slot] ?? 0, slot);
    }
  }

  /** A copy of its slots, in order. */
  slots(): Int32Array {
    return this.order.slice(0, this.count);
  }

  get bytes(): number {
    return this.#keys.byteLength * 2 + this.order.byteLength;
  }
}

/** Fibonacci hashing: key ids are dense, so one multiplication spreads them. */
const spread = (key: number): number => (Math.imul(key, 0x9e3779b1) >>> 8) & 0x7fff_ffff;
