/** Finds the cell of a key and window. Open addressing; what is removed leaves no gap behind. */
import { hashNumber, mix } from '../../state/hash.ts';
import type { Cells } from './cells.ts';

const EMPTY = -1;

export class CellIndex {
  readonly #cells: Cells;
  /** Of the slots: whoever owns them may make a new array. */
  readonly #keys: () => Int32Array;
  #table = new Int32Array(64).fill(EMPTY);
  #size = 0;

  constructor(cells: Cells, keys: () => Int32Array) {
    this.#cells = cells;
    this.#keys = keys;
  }

  get bytes(): number {
    return this.#table.byteLength;
  }

  /** −1: there is none. */
  find(key: number, start: number, end: number): number {
    const { starts, ends } = this.#cells;
    const keys = this.#keys();
    const mask = this.#table.length - 1;
    for (let at = hash(key, start, end) & mask; ; at = (at + 1) & mask) {
      const slot = this.#table[at] as number;
      if (slot === EMPTY) return EMPTY;
      if (keys[slot] === key && starts[slot] === start && ends[slot] === end) return slot;
    }
  }

  /** A cell that is not there. */
  add(slot: number): void {
    if ((this.#size + 1) * 2 > this.#table.length) this.#grow();
    this.#place(slot);
    this.#size++;
  }

  remove(slot: number): void {
    const mask = this.#table.length - 1;
    let hole = this.#home(slot);
    while (this.#table[hole] !== slot) hole = (hole + 1) & mask;
    this.#size--;
    // Whatever stands behind the hole and could stand in it moves up.
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const other = this.#table[at] as number;
      if (other === EMPTY) break;
      if (((at - this.#home(other)) & mask) < ((at - hole) & mask)) continue;
      this.#table[hole] = other;
      hole = at;
    }
    this.#table[hole] = EMPTY;
  }

  /** Anew, of these cells. */
  rebuild(slots: Iterable<number>): void {
    this.#table.fill(EMPTY);
    this.#size = 0;
    for (const slot of slots) this.add(slot);
  }

  #home(slot: number): number {
    const { starts, ends } = this.#cells;
    const key = this.#keys()[slot] as number;
    return hash(key, starts[slot] as number, ends[slot] as number) & (this.#table.length - 1);
  }

  #place(slot: number): void {
    const mask = this.#table.length - 1;
    let at = this.#home(slot);
    while (this.#table[at] !== EMPTY) at = (at + 1) & mask;
    this.#table[at] = slot;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2).fill(EMPTY);
    for (const slot of old) if (slot !== EMPTY) this.#place(slot);
  }
}

const hash = (key: number, start: number, end: number): number =>
  mix(mix(hashNumber(key), hashNumber(start)), hashNumber(end));
