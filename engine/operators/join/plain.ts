/**
 * The join of rows that are only added, to rows that are only added, where none need know its partners: what a batch meets is found,
 * judged and given together, without a look at single rows.
 */
import { type Batch, NO_WATERMARK } from '../../batch/batch.ts';
import { takeCodes, takeFloats } from '../../batch/slab.ts';
import { NONE } from '../joins/chains.ts';
import type { JoinKeys } from '../joins/keys.ts';
import type { JoinOutput } from '../joins/output.ts';
import { PAIRS_MAX, type Pairs } from '../joins/pairs.ts';
import { LEFT, type Side } from '../joins/plan.ts';
import type { BatchRows } from '../joins/rows.ts';
import type { TableSide } from './table-side.ts';

export class PlainJoin {
  readonly keys: JoinKeys;
  readonly #pairs: Pairs;
  readonly #out: JoinOutput;
  readonly #incoming: BatchRows;
  readonly #timed: boolean;
  #rows = new Int32Array(0);
  #partners = new Int32Array(0);
  /** Of the rows that `#meeting` found. */
  #count = 0;

  /** @param timed whether the result's rows have event times */
  constructor(keys: JoinKeys, pairs: Pairs, out: JoinOutput, incoming: BatchRows, timed: boolean) {
    this.keys = keys;
    this.#pairs = pairs;
    this.#out = out;
    this.#incoming = incoming;
    this.#timed = timed;
  }

  /** @param keys by position */
  process(batch: Batch, keys: Int32Array, side: Side, own: TableSide, other: TableSide, now: number): void {
    const rows = this.#meeting(batch, keys);
    if (other.rows.size > 0) this.#match(batch, rows, keys, side, other);
    own.keepRows(batch, rows, keys, this.#count, now);
  }

  keep(batch: Batch, keys: Int32Array, own: TableSide, now: number): void {
    own.keepRows(batch, this.#meeting(batch, keys), keys, this.#count, now);
  }

  /** A pair of a row of the batch and one that is kept: given by the next `give` at the latest. */
  add(row: number, kept: number, batch: Batch, side: Side, other: TableSide): void {
    if (side === LEFT) this.#pairs.add(row, kept, row);
    else this.#pairs.add(kept, row, row);
    if (this.#pairs.count >= PAIRS_MAX) this.give(batch, side, other);
  }

  /** The positions of the rows that can meet others. */
  #meeting(batch: Batch, keys: Int32Array): Int32Array {
    const { selection, count } = batch;
    if (selection !== null && this.keys.allMeet) {
      this.#count = count;
      return selection;
    }
    if (this.#rows.length < count) this.#rows = new Int32Array(count);
    const rows = this.#rows;
    let met = 0;
    for (let k = 0; k < count; k++) {
      const i = selection === null ? k : (selection[k] as number);
      rows[met] = i;
      if (!this.keys.meetsNothing(keys[i] as number)) met++;
    }
    this.#count = met;
    return rows;
  }

  #match(batch: Batch, rows: Int32Array, keys: Int32Array, side: Side, other: TableSide): void {
    const pairs = this.#pairs;
    const { chains } = other;
    const { next } = chains;
    const count = this.#count;
    for (let k = 0; k < count; k++) {
      const i = rows[k] as number;
      for (let at = chains.first(keys[i] as number); at !== NONE; at = next[at] as number) {
        if (side === LEFT) pairs.add(i, at, i);
        else pairs.add(at, i, i);
      }
      if (pairs.count >= PAIRS_MAX) this.give(batch, side, other);
    }
    this.give(batch, side, other);
  }

  /** Judges the pairs that wait, and sends those that hold. */
  give(batch: Batch, side: Side, other: TableSide): void {
    const pairs = this.#pairs;
    if (side === LEFT) pairs.filter(this.#incoming, other.rows);
    else pairs.filter(other.rows, this.#incoming);
    const { count, lefts, rights } = pairs;
    pairs.count = 0;
    if (count === 0) return;
    const [own, met] = side === LEFT ? [lefts, rights] : [rights, lefts];
    if (count * 2 > batch.length && ascend(own, count))
      this.#giveInPlace(batch, side, own, met, count, other);
    else this.#giveCopies(batch, own, met, lefts, rights, count, other);
  }

  /** Most rows of the batch are given once: their columns need not be copied. */
  #giveInPlace(
    batch: Batch,
    side: Side,
    own: Int32Array,
    met: Int32Array,
    count: number,
    other: TableSide,
  ): void {
    const { length } = batch;
    const given = takeCodes(count);
    if (this.#partners.length < length) this.#partners = new Int32Array(length);
    const partners = this.#partners;
    for (let k = 0; k < count; k++) {
      const i = own[k] as number;
      given[k] = i;
      partners[i] = met[k] as number;
    }
    let later: Float64Array | null = null;
    if (batch.times !== null && this.#timed) {
      later = takeFloats(length);
      const metTimes = other.rows.times;
      for (let k = 0; k < count; k++) {
        const i = own[k] as number;
        later[i] = Math.max(batch.times[i] as number, metTimes[met[k] as number] as number);
      }
    }
    this.#out.inPlace(batch, side, other.rows, partners, given, count, later, false);
  }

  #giveCopies(
    batch: Batch,
    own: Int32Array,
    met: Int32Array,
    lefts: Int32Array,
    rights: Int32Array,
    count: number,
    other: TableSide,
  ): void {
    const { times, watermarks } = batch;
    if (times === null || !this.#timed) {
      this.#out.pairs(lefts, rights, null, null, count);
      return;
    }
    const metTimes = other.rows.times;
    const later = takeFloats(count);
    const marks = takeFloats(count);
    for (let k = 0; k < count; k++) {
      const i = own[k] as number;
      const a = times[i] as number;
      const b = metTimes[met[k] as number] as number;
      later[k] = Math.max(a, b);
      marks[k] = watermarks === null ? NO_WATERMARK : (watermarks[i] as number);
    }
    this.#out.pairs(lefts, rights, later, marks, count);
  }
}

function ascend(rows: Int32Array, count: number): boolean {
  for (let k = 1; k < count; k++) if ((rows[k - 1] as number) >= (rows[k] as number)) return false;
  return true;
}
