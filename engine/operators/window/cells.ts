/** What is known of each key in each window beside its aggregates: columns by slot. */

import { copyOf } from '../../state/copies.ts';
import type { Snapshots, StateData } from '../../state/snapshot.ts';

/** The watermark reached the end of the window, and what happens then was done. */
export const PASSED = 1;
/** Holds records that came before the watermark reached the end, and were not fired since. */
export const ON_TIME_ROWS = 2;
export const LIVE = 4;

export const NONE = -1;

interface CellsData {
  readonly floats: readonly Float64Array[];
  readonly ints: readonly Int32Array[];
}

export class Cells implements Snapshots<StateData> {
  starts = new Float64Array(64);
  ends = new Float64Array(64);
  /** Records since the last firing. */
  fresh = new Float64Array(64);
  /** Firings so far. */
  firings = new Float64Array(64);
  /** The watermark of its next step: its end, then its giving up. NaN: no such entry is valid. */
  due = new Float64Array(64);
  /** The watermark of its next early firing; NaN: none. */
  early = new Float64Array(64);
  /** When it fires by the clock; NaN: it does not. */
  clock = new Float64Array(64);
  flags = new Int32Array(64);
  /** Sessions: those before and after it of the same key; NONE: none. */
  before = new Int32Array(64);
  after = new Int32Array(64);
  /** The row that was sent of it last (retracting); NONE: none. */
  sent = new Int32Array(64);

  get rowBytes(): number {
    return 7 * 8 + 4 * 4;
  }

  open(slot: number, capacity: number, start: number, end: number): void {
    if (slot >= this.flags.length) this.#grow(capacity);
    this.starts[slot] = start;
    this.ends[slot] = end;
    this.fresh[slot] = 0;
    this.firings[slot] = 0;
    this.due[slot] = Number.NaN;
    this.early[slot] = Number.NaN;
    this.clock[slot] = Number.NaN;
    this.flags[slot] = LIVE;
    this.before[slot] = NONE;
    this.after[slot] = NONE;
    this.sent[slot] = NONE;
  }

  /** Entries of timers that are left are no longer valid. */
  close(slot: number): void {
    this.flags[slot] = 0;
    this.due[slot] = Number.NaN;
    this.early[slot] = Number.NaN;
    this.clock[slot] = Number.NaN;
  }

  is(slot: number, flag: number): boolean {
    return ((this.flags[slot] as number) & flag) !== 0;
  }

  set(slot: number, flag: number, on: boolean): void {
    const flags = this.flags[slot] as number;
    this.flags[slot] = on ? flags | flag : flags & ~flag;
  }

  snapshot(): StateData {
    return {
      floats: this.#floats().map((column) => copyOf(column)),
      ints: this.#ints().map((column) => copyOf(column)),
    };
  }

  restore(data: StateData): void {
    const { floats, ints } = data as unknown as CellsData;
    this.#take(
      floats.map((column) => column.slice()),
      ints.map((column) => column.slice()),
    );
  }

  #floats(): Float64Array<ArrayBuffer>[] {
    return [this.starts, this.ends, this.fresh, this.firings, this.due, this.early, this.clock];
  }

  #ints(): Int32Array<ArrayBuffer>[] {
    return [this.flags, this.before, this.after, this.sent];
  }

  #take(floats: readonly Float64Array<ArrayBuffer>[], ints: readonly Int32Array<ArrayBuffer>[]): void {
    const [starts, ends, fresh, firings, due, early, clock] = floats;
    const [flags, before, after, sent] = ints;
    Object.assign(this, { starts, ends, fresh, firings, due, early, clock, flags, before, after, sent });
  }

  #grow(capacity: number): void {
    this.#take(
      this.#floats().map((old) => {
        const next = new Float64Array(capacity);
        next.set(old);
        return next;
      }),
      this.#ints().map((old) => {
        const next = new Int32Array(capacity);
        next.set(old);
        return next;
      }),
    );
  }
}
