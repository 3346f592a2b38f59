/** How much memory the keys of sets and maps take up, in all and by slot: a set that is thrown away need not be gone through. */
import { heapBytes } from '../state/value-bytes.ts';
import type { Key } from './accumulator.ts';

/** An entry of a Set and what it points to, about. */
const ENTRY_BYTES = 40;

export class HeldKeys {
  readonly #bySlot: number[] = [];
  readonly #entryBytes: number;
  bytes = 0;

  constructor(entryBytes = ENTRY_BYTES) {
    this.#entryBytes = entryBytes;
  }

  add(slot: number, key: Key): void {
    this.#change(slot, this.#entryBytes + heapBytes(key));
  }
  remove(slot: number, key: Key): void {
    this.#change(slot, -this.#entryBytes - heapBytes(key));
  }
  #change(slot: number, by: number): void {
    this.#bySlot[slot] = (this.#bySlot[slot] ?? 0) + by;
    this.bytes += by;
  }
  reset(slot: number): void {
    this.bytes -= this.#bySlot[slot] ?? 0;
    this.#bySlot[slot] = 0;
  }
}
