/**
 * Tumbling, hopping and cumulating windows that fire at their end, with all that they hold. Rows are aggregated once, into a pane
 * per slice of time; a window is the sum of its panes, formed when it fires. A tumbling window is one pane. A cumulating window
 * collects its panes in the first of them as it fires, for its later ends need them only together.
 */
import type { Slots } from '../../aggregates/slots.ts';
import type { Slices } from '../../progress/slices.ts';
import { isLate } from '../../progress/windows.ts';
import type { StateData } from '../../state/snapshot.ts';
import type { WindowOutput } from './output.ts';
import { Pane } from './pane.ts';
import type { PendingRows } from './pending.ts';
import { insertSorted, lowerBound } from './sorted.ts';
import type { Run, WindowStore } from './store.ts';

export class PaneStore implements WindowStore {
  due = Infinity;
  readonly dueClock = Infinity;
  run: Run | null = null;
  readonly #slices: Slices;
  readonly #lateness: number;
  /** Whether windows of one start share their first pane: only where no fired window changes any more. */
  readonly #collects: boolean;
  readonly #slots: Slots;
  readonly #pending: PendingRows;
  readonly #output: WindowOutput;
  readonly #panes = new Map<number, Pane>();
  /** Starts of the panes, ascending. */
  #starts: number[] = [];
  /** Windows up to this end have fired. */
  #firedTo = -Infinity;
  #watermark = -Infinity;

  constructor(slices: Slices, lateness: number, slots: Slots, pending: PendingRows, output: WindowOutput) {
    this.#slices = slices;
    this.#lateness = lateness;
    this.#collects = slices.cumulating && lateness === 0;
    this.#slots = slots;
    this.#pending = pending;
    this.#output = output;
  }

  get openWindows(): number {
    return this.#panes.size;
  }

  get bytes(): number {
    let bytes = this.#slots.bytes;
    for (const pane of this.#panes.values()) bytes += pane.bytes;
    return bytes;
  }

  add(time: number, key: number, row: number, watermark: number): boolean {
    const slice = this.#slices.sliceOf(time);
    if (isLate(this.#slices.lastEnd(slice), this.#lateness, watermark)) return false;
    const pane = this.#panes.get(slice) ?? this.#open(slice, watermark);
    this.#pending.push(this.#slotIn(pane, key), row);
    if (this.#lateness > 0 && this.#slices.firstEnd(slice) - 1 <= watermark) {
      this.run = null;
      // Nothing was due at it, so `advance` need not have heard of it.
      this.#watermark = Math.max(this.#watermark, watermark);
      this.#refire(slice, key);
    } else if (this.run?.from !== slice) {
      // No fired window with this pane takes its rows, so nothing in it can be late before `due`.
      const find = (k: number): number => this.#slotIn(pane, k);
      this.run = {
        from: slice,
        to: slice + this.#slices.length,
        find,
        findAll: (keys, wanted) => pane.findAll(keys, wanted, find),
      };
    }
    return true;
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
    const pane = this.#place(start);
    const next = this.#nextEnd(start, watermark);
    this.due = Math.min(this.due, next === null ? this.#cleanupAt(start) : next - 1);
    return pane;
  }

  #place(start: number): Pane {
    const pane = new Pane(start);
    this.#panes.set(start, pane);
    insertSorted(this.#starts, start);
    return pane;
  }

  /**
   * All windows that `watermark` reached are over, also those that no pane was there for: a pane opened later must not
   * fire them. Only called when nothing is due at `watermark`.
   */
  #pass(watermark: number): void {
    if (!Number.isFinite(watermark)) return;
    const { step } = this.#slices;
    this.#firedTo = Math.max(this.#firedTo, this.#slices.endAtOrAfter(watermark + 2) - step);
    this.#watermark = Math.max(this.#watermark, watermark);
  }

  /** End of the first window with the pane that has not fired at `watermark`; null: all have. */
  #nextEnd(start: number, watermark: number): number | null {
    const least = Math.max(this.#slices.firstEnd(start), this.#firedTo + this.#slices.step);
    const end = watermark === -Infinity ? least : Math.max(least, this.#slices.endAtOrAfter(watermark + 2));
    return end <= this.#slices.lastEnd(start) ? end : null;
  }

  #cleanupAt(start: number): number {
    return this.#slices.lastEnd(start) - 1 + this.#lateness;
  }

  /** Windows with the slice that fired and still take rows fire again, for one key. */
  #refire(slice: number, key: number): void {
    this.#pending.flush();
    this.#output.watermark = this.#watermark;
    const last = Math.min(this.#slices.lastEnd(slice), this.#watermark + 1);
    for (let end = this.#slices.firstEnd(slice); end <= last; end += this.#slices.step)
      if (!isLate(end, this.#lateness, this.#watermark)) this.#fire(end, key);
  }

  advance(watermark: number): void {
    if (watermark < this.due) {
      this.#watermark = Math.max(this.#watermark, watermark);
      return;
    }
    this.#pending.flush();
    this.run = null;
    for (;;) {
      const end = this.#earliestEnd();
      if (end === null || end - 1 > watermark) break;
      if (this.#collects) this.#collect(end);
      this.#fire(end, null);
      this.#firedTo = end;
      this.#watermark = Math.max(this.#watermark, end - 1);
      if (this.#lateness === 0) this.#clean(end - 1);
    }
    this.#watermark = Math.max(this.#watermark, watermark);
    this.#clean(watermark);
    this.due = this.#computeDue();
  }

  clock(): void {}

  /** Panes that begin later are in no window that ends earlier, among those that have not fired. */
  #earliestEnd(): number | null {
    for (const start of this.#starts) {
      const end = this.#nextEnd(start, -Infinity);
      if (end !== null) return end;
    }
    return null;
  }

  #computeDue(): number {
    const [first] = this.#starts;
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

  /** Brings all panes of the window that ends at `end` into its first. */
  #collect(end: number): void {
    const start = this.#slices.startOf(end);
    const panes = this.#panesIn(start, end);
    const first = this.#panes.get(start) ?? this.#place(start);
    for (const pane of panes) {
      if (pane === first) continue;
      for (let n = 0; n < pane.count; n++) this.#moveInto(first, pane.order[n] as number);
      this.#panes.delete(pane.start);
      this.#starts.splice(lowerBound(this.#starts, pane.start), 1);
    }
  }

  #moveInto(pane: Pane, slot: number): void {
    const key = this.#slots.keys[slot] as number;
    const own = pane.find(key);
    if (own < 0) {
      pane.add(key, slot);
      return;
    }
    this.#slots.merge(own, slot);
    this.#slots.release(slot);
  }

  /** Emits every key of the window that ends at `end`, or only one. */
  #fire(end: number, only: number | null): void {
    const start = this.#slices.startOf(end);
    const panes = this.#panesIn(start, end);
    const [single] = panes;
    if (single !== undefined && panes.length === 1) {
      for (let n = 0; n < single.count; n++) {
        const slot = single.order[n] as number;
        if (only === null || this.#slots.keys[slot] === only) this.#output.push(slot, start, end);
      }
      return;
    }
    const merged = new Pane(start);
    for (const pane of panes) {
      for (let n = 0; n < pane.count; n++) {
        const slot = pane.order[n] as number;
        const key = this.#slots.keys[slot] as number;
        if (only === null || key === only) this.#slots.merge(this.#slotIn(merged, key), slot);
      }
    }
    for (let n = 0; n < merged.count; n++) {
      const slot = merged.order[n] as number;
      this.#output.push(slot, start, end);
      this.#slots.release(slot);
    }
  }

  #panesIn(start: number, end: number): Pane[] {
    const found: Pane[] = [];
    for (let at = lowerBound(this.#starts, start); at < this.#starts.length; at++) {
      const paneStart = this.#starts[at] as number;
      if (paneStart >= end) break;
      const pane = this.#panes.get(paneStart);
      if (pane !== undefined) found.push(pane);
    }
    return found;
  }

  forEachSlot(visit: (slot: number) => void): void {
    for (const pane of this.#panes.values()) for (let n = 0; n < pane.count; n++) visit(pane.order[n] ?? 0);
  }

  /** Of windows that overlap, the panes that they are made of. */
  forEachOpen(visit: (slot: number, start: number, end: number, due: number) => void): void {
    for (const pane of this.#panes.values()) {
      const next = this.#nextEnd(pane.start, this.#watermark);
      const due = next === null ? this.#cleanupAt(pane.start) : next - 1;
      const end = pane.start + this.#slices.length;
      for (let n = 0; n < pane.count; n++) visit(pane.order[n] as number, pane.start, end, due);
    }
  }

  rekeyed(): void {
    this.run = null;
    for (const pane of this.#panes.values()) pane.rekey(this.#slots.keys);
  }

  snapshot(): StateData {
    return {
      firedTo: this.#firedTo,
      watermark: this.#watermark,
      starts: Float64Array.from(this.#starts),
      panes: this.#starts.map((start) => this.#panes.get(start)?.slots()),
    };
  }

  /** After the slots. */
  restore(data: StateData): void {
    const { firedTo, watermark, starts, panes } = data as {
      firedTo: number;
      watermark: number;
      starts: Float64Array;
      panes: readonly Int32Array[];
    };
    this.#firedTo = firedTo;
    this.#watermark = watermark;
    starts.forEach((start, n) => {
      const pane = this.#place(start);
      for (const slot of panes[n] ?? []) pane.add(this.#slots.keys[slot] as number, slot);
    });
    this.due = this.#computeDue();
  }
}
