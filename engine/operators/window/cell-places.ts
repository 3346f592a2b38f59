/** Where the cells of a row are: windows found by their bounds, sessions by what they touch. */
import { CellIndex } from './cell-index.ts';
import { type Cells, NONE } from './cells.ts';
import type { PlannedWindow } from './plan.ts';
import type { WindowsOf } from './windows-of.ts';

export interface CellPlaces {
  readonly bytes: number;
  /** Looks at the windows of a row, and returns how many there are. The calls below are about them, until the next row. */
  look(time: number, key: number, row: number): number;
  start(n: number): number;
  end(n: number): number;
  /** The cell of the n-th window; NONE: it is not there. */
  cell(n: number): number;
  /** Puts a new cell where none was. */
  put(n: number, slot: number): void;
  /** Another cell that the row brings into `cell`, to be removed next; NONE: no more. */
  absorbed(n: number, cell: number): number;
  remove(slot: number): void;
  /** Anew, of these cells. */
  rebuild(slots: readonly number[]): void;
}

export function createPlaces(
  window: PlannedWindow,
  windows: WindowsOf | null,
  cells: Cells,
  keys: () => Int32Array,
): CellPlaces {
  if (window.kind === 'session') return new SessionPlaces(window.gap, cells, keys);
  if (windows === null) throw new Error(`no windows for ${window.kind}`);
  return new BoundPlaces(windows, cells, keys);
}

class BoundPlaces implements CellPlaces {
  readonly #windows: WindowsOf;
  readonly #index: CellIndex;
  #key = 0;

  constructor(windows: WindowsOf, cells: Cells, keys: () => Int32Array) {
    this.#windows = windows;
    this.#index = new CellIndex(cells, keys);
  }

  get bytes(): number {
    return this.#index.bytes;
  }
  look(time: number, key: number, row: number): number {
    this.#key = key;
    return this.#windows.count(time, row);
  }
  start(n: number): number {
    return this.#windows.starts[n] as number;
  }
  end(n: number): number {
    return this.#windows.ends[n] as number;
  }
  cell(n: number): number {
    return this.#index.find(this.#key, this.start(n), this.end(n));
  }
  put(_n: number, slot: number): void {
    this.#index.add(slot);
  }
  absorbed(): number {
    return NONE;
  }
  remove(slot: number): void {
    this.#index.remove(slot);
  }
  rebuild(slots: readonly number[]): void {
    this.#index.rebuild(slots);
  }
}

/**
 * The sessions of a key from the newest to the oldest: they never overlap, so a row finds its own from the front, where it nearly always
 * is. A row opens `[t, t + gap)` and merges with every session that it overlaps or touches (Flink's TimeWindow.intersects is inclusive).
 */
class SessionPlaces implements CellPlaces {
  readonly #gap: number;
  readonly #cells: Cells;
  readonly #keys: () => Int32Array;
  /** The newest session by key. */
  #newest = new Int32Array(64).fill(NONE);
  #key = 0;
  #time = 0;
  /** The session after which the row's own stands; NONE: it is the newest. */
  #after = NONE;
  #found = NONE;

  constructor(gap: number, cells: Cells, keys: () => Int32Array) {
    this.#gap = gap;
    this.#cells = cells;
    this.#keys = keys;
  }

  get bytes(): number {
    return this.#newest.byteLength;
  }

  look(time: number, key: number): number {
    const { starts, ends, before } = this.#cells;
    const end = time + this.#gap;
    let after = NONE;
    let at = this.#newestOf(key);
    for (; at !== NONE && (starts[at] as number) > end; at = before[at] as number) after = at;
    this.#key = key;
    this.#time = time;
    this.#after = after;
    this.#found = at !== NONE && (ends[at] as number) >= time ? at : NONE;
    return 1;
  }

  start(): number {
    return this.#time;
  }
  end(): number {
    return this.#time + this.#gap;
  }
  cell(): number {
    return this.#found;
  }

  put(_n: number, slot: number): void {
    const older =
      this.#after === NONE ? this.#newestOf(this.#key) : (this.#cells.before[this.#after] as number);
    this.#link(older, slot);
    this.#link(slot, this.#after);
    if (this.#after === NONE) this.#newest[this.#key] = slot;
  }

  /** Makes two sessions, or the end of the list, follow each other. */
  #link(older: number, newer: number): void {
    if (older !== NONE) this.#cells.after[older] = newer;
    if (newer !== NONE) this.#cells.before[newer] = older;
  }

  absorbed(_n: number, cell: number): number {
    const other = this.#cells.before[cell] as number;
    return other !== NONE && (this.#cells.ends[other] as number) >= this.#time ? other : NONE;
  }

  remove(slot: number): void {
    const older = this.#cells.before[slot] as number;
    const newer = this.#cells.after[slot] as number;
    this.#link(older, newer);
    if (newer === NONE) this.#newest[this.#keys()[slot] as number] = older;
  }

  rebuild(slots: readonly number[]): void {
    this.#newest.fill(NONE);
    const { starts } = this.#cells;
    const keys = this.#keys();
    for (const slot of [...slots].sort((a, b) => (starts[a] as number) - (starts[b] as number))) {
      const key = keys[slot] as number;
      this.#link(this.#newestOf(key), slot);
      this.#link(slot, NONE);
      this.#newest[key] = slot;
    }
  }

  #newestOf(key: number): number {
    this.#room(key);
    return this.#newest[key] as number;
  }

  #room(key: number): void {
    if (key < this.#newest.length) return;
    const larger = new Int32Array(Math.max(key + 1, this.#newest.length * 2)).fill(NONE);
    larger.set(this.#newest);
    this.#newest = larger;
  }
}
