/**
 * A join whose condition bounds a field of one side, the wide one, by values of the other: rows of the wide side wait in the order in
 * which they came, under no key, and a row of the other side looks for its key only where the bounds allow partners. Rows that are many
 * and looked for once or twice, as bids are by the result of their window, then cost a copy each instead of a place in a hash table.
 * Where rows are looked at too often for that, those that wait go under their keys, as in any join: no more is lost than it saved.
 */
import type { Batch } from '../../batch/batch.ts';
import { type Column, identityCodes } from '../../batch/column.ts';
import { IntIndex } from '../../state/int-index.ts';
import type { Band } from '../joins/band.ts';
import { NONE } from '../joins/chains.ts';
import { LEFT, RIGHT, type Side } from '../joins/plan.ts';
import type { BandBounds } from './band-bounds.ts';
import type { PlainJoin } from './plain.ts';
import type { TableSide } from './table-side.ts';
import { ZONE_ROWS, Zones } from './zones.ts';

/** Rows looked at, by rows that wait, after which those go under their keys: to look at one takes about a hundredth of the time. */
const LOOKS_MAX = 32;
const LOOKS_LEAST = 65_536;
/** Rows that go under their keys together. */
const SETTLED_ROWS = 4096;

export class BandJoin {
  readonly #plain: PlainJoin;
  readonly #wideSide: Side;
  readonly #wide: TableSide;
  readonly #narrow: TableSide;
  readonly #band: Band;
  readonly #bounds: BandBounds;
  /** By side, the column of the key. */
  readonly #keyColumns: readonly [number, number];
  /** Keys of the narrow side alone: ids by number. */
  #index = new IntIndex();
  readonly #zones = new Zones();
  /** Rows of the wide side from here on wait. */
  #from = 0;
  #looks = 0;
  /** Whether rows may wait: no longer once a key or bounded field is no plain number, or rows are let go. */
  #active: boolean;
  #ids = new Int32Array(0);

  constructor(
    plain: PlainJoin,
    sides: readonly [TableSide, TableSide],
    band: Band,
    bounds: BandBounds,
    keyColumns: readonly [number, number],
  ) {
    this.#plain = plain;
    this.#band = band;
    this.#bounds = bounds;
    this.#wideSide = band.wide;
    this.#wide = sides[band.wide];
    this.#narrow = sides[band.wide === LEFT ? RIGHT : LEFT];
    this.#keyColumns = keyColumns;
    this.#active = !this.#wide.forgets;
  }

  get bytes(): number {
    return this.#zones.bytes + this.#index.bytes;
  }

  /** The id from which on rows of the wide side wait: for a snapshot. */
  get waitingFrom(): number {
    return this.#zones.rows === 0 ? this.#wide.rows.used : this.#from;
  }

  /** False: the batch is to be taken as in any join. */
  process(batch: Batch, side: Side, now: number): boolean {
    if (!this.#active) return false;
    const key = batch.columns[this.#keyColumns[side]];
    const bounded = side === this.#wideSide ? batch.columns[this.#band.column] : undefined;
    if (key?.kind !== 'number' || (bounded !== undefined && bounded.kind !== 'number')) {
      this.#stop();
      return false;
    }
    if (side !== this.#wideSide) this.#processNarrow(batch, key.values, side, now);
    else if (key.validity === null && bounded !== undefined)
      this.#processWide(batch, key.values, bounded, side);
    else {
      // Rows of one key stand in the order in which they came: those that wait go first.
      this.#settle();
      return false;
    }
    return true;
  }

  #stop(): void {
    this.#settle();
    this.#active = false;
  }

  #processWide(batch: Batch, keys: ArrayLike<number>, bounded: Column, side: Side): void {
    const { count } = batch;
    const rows = batch.selection ?? identityCodes(count);
    if (this.#narrow.rows.size > 0) this.#meetNarrow(batch, rows, keys, side);
    if (this.#ids.length < count) this.#ids = new Int32Array(count);
    const zones = this.#zones;
    if (zones.rows === 0) this.#from = this.#wide.rows.used;
    this.#wide.rows.addAll(batch, rows, count, this.#ids);
    zones.addAll(bounded.values as ArrayLike<number>, rows, count, bounded.validity);
  }

  #meetNarrow(batch: Batch, rows: Int32Array, keys: ArrayLike<number>, side: Side): void {
    const { chains } = this.#narrow;
    const { next } = chains;
    const index = this.#index;
    for (let k = 0; k < batch.count; k++) {
      const i = rows[k] as number;
      const key = index.find(keys[i] as number);
      if (!(key >= 0)) continue;
      for (let at = chains.first(key); at !== NONE; at = next[at] as number)
        this.#plain.add(i, at, batch, side, this.#narrow);
    }
    this.#plain.give(batch, side, this.#narrow);
  }

  #processNarrow(batch: Batch, numbers: ArrayLike<number>, side: Side, now: number): void {
    const keys = this.#plain.keys.resolve(batch, side);
    const validity = batch.columns[this.#keyColumns[side]]?.validity ?? null;
    const { selection, count } = batch;
    const { chains } = this.#wide;
    const { next } = chains;
    const index = this.#index;
    const looksFar = this.#zones.rows > 0;
    if (looksFar) this.#bounds.compute(batch);
    for (let k = 0; k < count; k++) {
      const i = selection === null ? k : (selection[k] as number);
      const key = keys[i] as number;
      if (this.#plain.keys.meetsNothing(key)) continue;
      for (let at = chains.first(key); at !== NONE; at = next[at] as number)
        this.#plain.add(i, at, batch, side, this.#wide);
      // NULL is equal to NULL at most, and rows with it never wait.
      if (validity !== null && validity[i] === 0) continue;
      const number = numbers[i] as number;
      if (!(index.find(number) >= 0)) index.add(number, key);
      if (looksFar) this.#look(batch, i, number, side);
    }
    this.#plain.give(batch, side, this.#wide);
    this.#plain.keep(batch, keys, this.#narrow, now);
    if (this.#looks > LOOKS_MAX * this.#zones.rows + LOOKS_LEAST) this.#settle();
  }

  /** Among the rows that wait. */
  #look(batch: Batch, row: number, number: number, side: Side): void {
    const low = this.#bounds.lows[row] as number;
    const high = this.#bounds.highs[row] as number;
    const zones = this.#zones;
    const kept = this.#wide.rows.numbers(this.#keyColumns[this.#wideSide]);
    if (kept === null) throw new Error('a key that is not a number waits');
    const { count, rows } = zones;
    const first = zones.from(low);
    this.#looks += count - first;
    for (let zone = first; zone < count; zone++) {
      if (!zones.has(zone, low, high)) continue;
      const start = this.#from + zone * ZONE_ROWS;
      const end = this.#from + Math.min(rows, (zone + 1) * ZONE_ROWS);
      this.#looks += end - start;
      for (let id = start; id < end; id++)
        if (kept[id] === number) this.#plain.add(row, id, batch, side, this.#wide);
    }
  }

  /** Puts all rows that wait under their keys. */
  #settle(): void {
    const { rows } = this.#zones;
    this.#looks = 0;
    if (rows === 0) return;
    const kept = this.#wide.rows.numbers(this.#keyColumns[this.#wideSide]);
    if (kept === null) throw new Error('a key that is not a number waits');
    for (let done = 0; done < rows; done += SETTLED_ROWS) {
      const length = Math.min(SETTLED_ROWS, rows - done);
      const first = this.#from + done;
      const keys = this.#plain.keys.resolveNumbers(kept.subarray(first, first + length));
      const ids = Int32Array.from({ length }, (_, k) => first + k);
      this.#wide.chains.append(ids, identityCodes(length), keys, length);
    }
    this.#zones.clear();
  }

  /** Keys have other ids. */
  renumber(): void {
    if (!this.#active) return;
    this.#index = new IntIndex();
    const { table } = this.#plain.keys;
    for (let key = 0; key < table.size; key++) {
      if (this.#narrow.chains.first(key) === NONE) continue;
      const value = table.value(key, 0);
      if (typeof value === 'number') this.#index.add(value, key);
      else if (value !== null) this.#stop();
    }
  }

  /** After both sides were restored. */
  restored(waitingFrom: number): void {
    const { rows } = this.#wide;
    this.#from = waitingFrom;
    this.#zones.clear();
    for (let id = waitingFrom; id < rows.used; id++) {
      const value = rows.value(id, this.#band.column);
      this.#zones.add(typeof value === 'number' ? value : Number.NaN);
    }
    this.#active = !this.#wide.forgets && rows.size === rows.used;
    const columns = [this.#keyColumns[this.#wideSide], this.#band.column];
    if (columns.some((column) => rows.numbers(column) === null)) this.#active = false;
    if (!this.#active) this.#settle();
    this.renumber();
  }
}
