/**
 * Tumbling and hopping windows. Rows are aggregated once, into panes of the greatest common divisor of size and slide; a
 * window is the sum of its panes, formed when it fires. A tumbling window is one pane.
 */
import { isLate, startAtOrAfter, tumblingStart } from '../../progress/windows.ts';
import { Pane } from './pane.ts';
import type { Slots } from './slots.ts';
import type { Emit, Run, WindowStore } from './store.ts';

export interface PaneSettings {
  readonly size: number;
  readonly slide: number;
  readonly offset: number;
  readonly lateness: number;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export class PaneStore implements WindowStore {
  due = Infinity;
  run: Run | null = null;
  readonly #settings: PaneSettings;
  readonly #slots: Slots;
  readonly #length: number;
  readonly #panes = new Map<number, Pane>();
  /** Starts of the panes, ascending. */
  #starts: number[] = [];
  /** Windows up to this end have fired. */
  #firedTo = -Infinity;
  #refire: { key: number; time: number }[] = [];
  #watermark = -Infinity;

  constructor(settings: PaneSettings, slots: Slots) {
    this.#settings = settings;
    this.#slots = slots;
    this.#length = gcd(settings.size, settings.slide);
  }

  get openWindows(): number {
    return this.#panes.size;
  }

  get bytes(): number {
    let bytes = this.#slots.bytes;
    for (const pane of this.#panes.values()) bytes += pane.bytes;
    return bytes;
  }

  slot(time: number, key: number, watermark: number): number {
    const { slide, size, offset, lateness } = this.#settings;
    const lastStart = tumblingStart(time, slide, offset);
    if (isLate(lastStart + size, lateness, watermark)) return -1;
    const start = tumblingStart(time, this.#length, offset);
    const pane = this.#panes.get(start) ?? this.#open(start, watermark);
    if (lateness > 0 && this.#firstEnd(start) - 1 <= watermark) {
      this.run = null;
      // Nothing was due at it, so `advance` need not have heard of it; which windows take late records depends on it.
      this.#watermark = Math.max(this.#watermark, watermark);
      this.#refire.push({ key, time });
    } else if (this.run?.from !== start) {
      // Nothing of this pane has fired, so nothing in it can be late before `due`.
      this.run = { from: start, to: start + this.#length, find: (k) => this.#slotIn(pane, k) };
    }
    return this.#slotIn(pane, key);
  }

  #slotIn(pane: Pane, key: number): number {
    const found = pane.find(key);
    if (found >= 0) return found;
    const slot = this.#slots.take(key);
    pane.add(key, slot);
    return slot;
  }

  #open(start: number, watermark: number): Pane {
    this.#pass(watermark);
    const pane = new Pane(start);
    this.#panes.set(start, pane);
    insertSorted(this.#starts, start);
    const next = this.#nextEnd(start, watermark);
    this.due = Math.min(this.due, next === null ? this.#cleanupAt(start) : next - 1);
    return pane;
  }

  /**
   * All windows that `watermark` reached are over, also those that no pane was there for: a pane opened later must not
   * fire them. Only called when nothing is due at `watermark`.
   */
  #pass(watermark: number): void {
    if (!Number.isFinite(watermark)) return;
    const { size, slide, offset } = this.#settings;
    this.#firedTo = Math.max(this.#firedTo, tumblingStart(watermark + 1 - size, slide, offset) + size);
    this.#watermark = Math.max(this.#watermark, watermark);
  }

  /** End of the first window that holds the pane. */
  #firstEnd(start: number): number {
    const { size, slide, offset } = this.#settings;
    // The smallest window start s ≡ offset (mod slide) with s + size ≥ start + pane length.
    return startAtOrAfter(start + this.#length - size, slide, offset) + size;
  }

  /** End of the last window that holds the pane. */
  #lastEnd(start: number): number {
    return tumblingStart(start, this.#settings.slide, this.#settings.offset) + this.#settings.size;
  }

  /** End of the first window with the pane that has not fired at `watermark`; null: all have. */
  #nextEnd(start: number, watermark: number): number | null {
    const { slide, size, offset } = this.#settings;
    const least = Math.max(this.#firstEnd(start), this.#firedTo + slide);
    const end =
      watermark === -Infinity
        ? least
        : Math.max(least, startAtOrAfter(watermark + 2 - size, slide, offset) + size);
    return end <= this.#lastEnd(start) ? end : null;
  }

  #cleanupAt(start: number): number {
    return this.#lastEnd(start) - 1 + this.#settings.lateness;
  }

  get mustRefire(): boolean {
    return this.#refire.length > 0;
  }

  refire(emit: Emit): void {
    const { slide, size, lateness } = this.#settings;
    const again = this.#refire;
    this.#refire = [];
    for (const { key, time } of again) {
      for (
        let end = this.#firstEnd(tumblingStart(time, this.#length, this.#settings.offset));
        end - 1 <= this.#watermark;
        end += slide
      ) {
        if (end - size > time) break;
        if (end - 1 + lateness > this.#watermark) this.#fireWindow(end, emit, key);
      }
    }
  }

  advance(watermark: number, emit: Emit): void {
    this.run = null;
    for (;;) {
      const end = this.#earliestEnd();
      if (end === null || end - 1 > watermark) break;
      this.#fireWindow(end, emit, null);
      this.#firedTo = end;
      this.#watermark = Math.max(this.#watermark, end - 1);
      if (this.#settings.lateness === 0) this.#clean(end - 1);
    }
    this.#watermark = Math.max(this.#watermark, watermark);
    this.#clean(watermark);
    this.due = this.#computeDue();
  }

  #earliestEnd(): number | null {
    for (const start of this.#starts) {
      const end = this.#nextEnd(start, -Infinity);
      if (end !== null) return end;
    }
    return null;
  }

  #computeDue(): number {
    const first = this.#starts[0];
    if (first === undefined) return Infinity;
    const end = this.#earliestEnd();
    return Math.min(end === null ? Infinity : end - 1, this.#cleanupAt(first));
  }

  /** Forgets panes whose last window can no longer change. */
  #clean(watermark: number): void {
    let gone = 0;
    for (const start of this.#starts) {
      if (this.#cleanupAt(start) > watermark) break;
      const pane = this.#panes.get(start);
      if (pane !== undefined) for (let n = 0; n < pane.count; n++) this.#slots.release(pane.order[n] ?? 0);
      this.#panes.delete(start);
      gone++;
    }
    if (gone > 0) this.#starts = this.#starts.slice(gone);
  }

  /** Emits every key of the window that ends at `end`, or only one. */
  #fireWindow(end: number, emit: Emit, only: number | null): void {
    const start = end - this.#settings.size;
    const panes = this.#panesIn(start, end);
    const [single] = panes;
    if (single !== undefined && panes.length === 1) {
      for (let n = 0; n < single.count; n++) {
        const slot = single.order[n] ?? 0;
        if (only === null || this.#slots.keys[slot] === only) emit(slot, start, end);
      }
      return;
    }
    const merged = new Pane(start);
    for (const pane of panes) {
      for (let n = 0; n < pane.count; n++) {
        const slot = pane.order[n] ?? 0;
        const key = this.#slots.keys[slot] ?? 0;
        if (only === null || key === only) this.#slots.merge(this.#slotIn(merged, key), slot);
      }
    }
    for (let n = 0; n < merged.count; n++) {
      const slot = merged.order[n] ?? 0;
      emit(slot, start, end);
      this.#slots.release(slot);
    }
  }

  #panesIn(start: number, end: number): Pane[] {
    const found: Pane[] = [];
    for (let at = lowerBound(this.#starts, start); at < this.#starts.length; at++) {
      const paneStart = this.#starts[at] ?? 0;
      if (paneStart >= end) break;
      const pane = this.#panes.get(paneStart);
      if (pane !== undefined) found.push(pane);
    }
    return found;
  }

  forEachSlot(visit: (slot: number) => void): void {
    for (const pane of this.#panes.values()) for (let n = 0; n < pane.count; n++) visit(pane.order[n] ?? 0);
  }

  rekeyed(): void {
    this.run = null;
    for (const pane of this.#panes.values()) pane.rekey(this.#slots.keys);
  }
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((sorted[mid] ?? 0) < value) low = mid + 1;
    else high = mid;
  }
  return low;
}

function insertSorted(sorted: number[], value: number): void {
  if (sorted.length === 0 || (sorted[sorted.length - 1] ?? 0) < value) sorted.push(value);
  else sorted.splice(lowerBound(sorted, value), 0, value);
}
