/**
 * What happens to slots one after the other, where results in between are wanted: written once, then followed by each aggregate
 * on its own, so that every loop stays with one accumulator.
 */

/** The bits of a step, which happen in this order. */
export const EMIT_BEFORE = 1;
export const RESET = 2;
export const RETRACT = 4;
export const ADD = 8;
export const EMIT_AFTER = 16;

export class Script {
  slots = new Int32Array(256);
  /** Positions of the rows that are added or taken back. */
  rows = new Int32Array(256);
  bits = new Uint8Array(256);
  length = 0;

  push(slot: number, row: number, bits: number): void {
    const at = this.length++;
    if (at === this.slots.length) this.#grow();
    this.slots[at] = slot;
    this.rows[at] = row;
    this.bits[at] = bits;
  }

  clear(): void {
    this.length = 0;
  }

  #grow(): void {
    const slots = new Int32Array(this.slots.length * 2);
    slots.set(this.slots);
    this.slots = slots;
    const rows = new Int32Array(slots.length);
    rows.set(this.rows);
    this.rows = rows;
    const bits = new Uint8Array(slots.length);
    bits.set(this.bits);
    this.bits = bits;
  }
}
