/**
 * Count windows: per key, every `slide` rows the last `size` (Flink's countWindow: the first ones have fewer). Rows are aggregated once,
 * into parts of as many rows as divides both; a window is the sum of its parts.
 */
import type { Slots } from '../../aggregates/slots.ts';
import { copyOf } from '../../state/copies.ts';
import type { StateData } from '../../state/snapshot.ts';
import type { WindowOutput } from './output.ts';
import type { PendingRows } from './pending.ts';
import type { WindowStore } from './store.ts';

const NONE = -1;
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export class CountStore implements WindowStore {
  readonly due = Infinity;
  readonly dueClock = Infinity;
  readonly run = null;
  readonly #slide: number;
  /** Rows of a part, and parts of a window. */
  readonly #length: number;
  readonly #parts: number;
  readonly #slots: Slots;
  readonly #pending: PendingRows;
  readonly #output: WindowOutput;
  /** Rows so far by key. */
  #seen = new Float64Array(16);
  /** Slots of the last parts by key, as a ring. */
  #rings: Int32Array<ArrayBuffer>;

  constructor(size: number, slide: number, slots: Slots, pending: PendingRows, output: WindowOutput) {
    this.#slide = slide;
    this.#length = gcd(size, slide);
    this.#parts = size / this.#length;
    this.#slots = slots;
    this.#pending = pending;
    this.#output = output;
    this.#rings = new Int32Array(16 * this.#parts).fill(NONE);
  }

  get openWindows(): number {
    return this.#slots.inUse;
  }
  get bytes(): number {
    return this.#slots.bytes + this.#seen.byteLength + this.#rings.byteLength;
  }

  add(_time: number, key: number, row: number): boolean {
    this.#room(key);
    const seen = this.#seen[key] as number;
    const at = key * this.#parts + (Math.floor(seen / this.#length) % this.#parts);
    if (seen % this.#length === 0) {
      this.#release(at);
      this.#rings[at] = this.#slots.take(key);
    }
    this.#pending.push(this.#rings[at] as number, row);
    this.#seen[key] = seen + 1;
    if ((seen + 1) % this.#slide === 0) this.#fire(key, at);
    return true;
  }

  #release(at: number): void {
    const slot = this.#rings[at] as number;
    if (slot === NONE) return;
    this.#pending.flush();
    this.#slots.release(slot);
    this.#rings[at] = NONE;
  }

  /** @param newest where the part stands that was filled last */
  #fire(key: number, newest: number): void {
    this.#pending.flush();
    if (this.#parts === 1) {
      this.#output.push(this.#rings[newest] as number, -Infinity, Infinity);
      // Nothing is left of the key until its next row.
      this.#release(newest);
      this.#seen[key] = 0;
      return;
    }
    const merged = this.#slots.take(key);
    const from = key * this.#parts;
    for (let n = 1; n <= this.#parts; n++) {
      const slot = this.#rings[from + ((newest - from + n) % this.#parts)] as number;
      if (slot !== NONE) this.#slots.merge(merged, slot);
    }
    this.#output.push(merged, -Infinity, Infinity);
    this.#slots.release(merged);
  }

  #room(key: number): void {
    if (key < this.#seen.length) return;
    const keys = Math.max(key + 1, this.#seen.length * 2);
    const seen = new Float64Array(keys);
    seen.set(this.#seen);
    this.#seen = seen;
    const rings = new Int32Array(keys * this.#parts).fill(NONE);
    rings.set(this.#rings);
    this.#rings = rings;
  }

  advance(): void {}
  clock(): void {}

  forEachSlot(visit: (slot: number) => void): void {
    for (const slot of this.#rings) if (slot !== NONE) visit(slot);
  }

  forEachOpen(visit: (slot: number, start: number, end: number, due: number) => void): void {
    this.forEachSlot((slot) => visit(slot, -Infinity, Infinity, Infinity));
  }

  rekeyed(): void {
    const seen = this.#seen;
    const rings = this.#rings;
    this.#seen = new Float64Array(16);
    this.#rings = new Int32Array(16 * this.#parts).fill(NONE);
    for (let old = 0; old < seen.length; old++) {
      const ring = rings.subarray(old * this.#parts, (old + 1) * this.#parts);
      const slot = ring.find((s) => s !== NONE);
      if (slot === undefined) continue;
      const key = this.#slots.keys[slot] as number;
      this.#room(key);
      this.#seen[key] = seen[old] as number;
      this.#rings.set(ring, key * this.#parts);
    }
  }

  snapshot(): StateData {
    return { seen: copyOf(this.#seen), rings: copyOf(this.#rings) };
  }

  restore(data: StateData): void {
    const { seen, rings } = data as { seen: Float64Array; rings: Int32Array };
    this.#seen = seen.slice();
    this.#rings = rings.slice();
  }
}
