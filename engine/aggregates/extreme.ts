/** MIN and MAX of inputs that only grow. NaN is passed over, for it compares with nothing; where all are NaN, so is the result. */
import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import type { DataType } from '../contract/types.ts';
import { compareStrings } from '../expressions/index.ts';
import { copyOf } from '../state/copies.ts';
import type { StateData } from '../state/snapshot.ts';
import { heapBytes } from '../state/value-bytes.ts';
import { type Accumulator, isNullAt, largerBytes, largerFloats } from './accumulator.ts';

/** What a slot has seen. */
const NOTHING = 0;
const NUMBERS = 1;
const ONLY_NAN = 2;

/** Of numbers, times and booleans. */
export class Extreme implements Accumulator {
  readonly #start: number;
  readonly #isMax: boolean;
  readonly #mayBeNaN: boolean;
  #values = new Float64Array(0);
  #seen = new Uint8Array(0);
  /** BIGINTs beyond 2^53 that are the best of their slots. */
  #wide: (bigint | undefined)[] | null = null;
  readonly slotBytes = 9;

  constructor(isMax: boolean, type: DataType | undefined) {
    this.#isMax = isMax;
    this.#start = isMax ? -Infinity : Infinity;
    this.#mayBeNaN = type?.kind === 'DOUBLE';
  }
  get heldBytes(): number {
    return (this.#wide?.length ?? 0) * 32;
  }
  grow(capacity: number): void {
    this.#values = largerFloats(this.#values, capacity);
    this.#seen = largerBytes(this.#seen, capacity);
  }
  reset(slot: number): void {
    this.#values[slot] = this.#start;
    this.#seen[slot] = NOTHING;
    if (this.#wide !== null) this.#wide[slot] = undefined;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    if (column.kind === 'value' || this.#wide !== null) {
      this.#updateWide(slots, rows, count, column);
      return;
    }
    const { values, validity } = column;
    const best = this.#values;
    const seen = this.#seen;
    const isMax = this.#isMax;
    // Rows of one slot mostly follow each other: its best stays in a local meanwhile.
    let slot = -1;
    let local = 0;
    let state = NOTHING;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (validity !== null && validity[row] === 0) continue;
      const next = slots[k] as number;
      if (next !== slot) {
        if (slot >= 0) {
          best[slot] = local;
          seen[slot] = state;
        }
        slot = next;
        local = best[slot] as number;
        state = seen[slot] as number;
      }
      const value = values[row] as number;
      if (isMax ? value >= local : value <= local) {
        local = value;
        state = NUMBERS;
      } else if (state !== NUMBERS) {
        state = Number.isNaN(value) ? ONLY_NAN : NUMBERS;
      }
    }
    if (slot >= 0) {
      best[slot] = local;
      seen[slot] = state;
    }
  }
  updateOne(
    slot: number,
    selection: Int32Array | null,
    from: number,
    to: number,
    column: Column | null,
  ): void {
    if (column === null) return;
    if (column.kind === 'value' || this.#wide !== null) {
      for (let k = from; k < to; k++)
        this.#takeWide(slot, column, selection === null ? k : (selection[k] as number));
      return;
    }
    const { values, validity } = column;
    const isMax = this.#isMax;
    let best = this.#values[slot] as number;
    if (validity === null && !this.#mayBeNaN && isMax) {
      // The plainest case has a loop of its own: nothing but the comparison is left in it.
      if (selection === null) for (let k = from; k < to; k++) best = Math.max(best, values[k] as number);
      else for (let k = from; k < to; k++) best = Math.max(best, values[selection[k] as number] as number);
      this.#values[slot] = best;
      if (to > from) this.#seen[slot] = NUMBERS;
      return;
    }
    let state = this.#seen[slot] as number;
    for (let k = from; k < to; k++) {
      const row = selection === null ? k : (selection[k] as number);
      if (validity !== null && validity[row] === 0) continue;
      const value = values[row] as number;
      if (isMax ? value >= best : value <= best) {
        best = value;
        state = NUMBERS;
      } else if (state !== NUMBERS) {
        state = Number.isNaN(value) ? ONLY_NAN : NUMBERS;
      }
    }
    this.#values[slot] = best;
    this.#seen[slot] = state;
  }
  #updateWide(slots: Int32Array, rows: Int32Array, count: number, column: Column): void {
    for (let k = 0; k < count; k++) this.#takeWide(slots[k] as number, column, rows[k] as number);
  }
  /** BIGINT in whatever form it comes. */
  #takeWide(slot: number, column: Column, row: number): void {
    if (isNullAt(column, row)) return;
    const value = (column.values[row] ?? null) as number | bigint | null;
    if (value !== null) this.#better(slot, value);
  }
  #better(slot: number, value: number | bigint): void {
    const best = this.#wide?.[slot] ?? (this.#values[slot] as number);
    this.#seen[slot] = NUMBERS;
    if (this.#isMax ? value <= best : value >= best) return;
    const wide = typeof value === 'bigint';
    if (wide) this.#wide ??= [];
    if (this.#wide !== null) this.#wide[slot] = wide ? value : undefined;
    if (!wide) this.#values[slot] = value;
  }
  merge(into: number, from: number): void {
    const seen = this.#seen[from] as number;
    if (seen === NOTHING) return;
    if (seen === ONLY_NAN) {
      if (this.#seen[into] === NOTHING) this.#seen[into] = ONLY_NAN;
      return;
    }
    this.#better(into, this.#wide?.[from] ?? (this.#values[from] as number));
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const seen = this.#seen[slot] ?? NOTHING;
    const wide = this.#wide?.[slot];
    if (seen === NOTHING) builder.pushNull();
    else if (wide !== undefined) builder.push(wide);
    else builder.pushNumber(seen === ONLY_NAN ? Number.NaN : (this.#values[slot] ?? 0));
  }
  snapshot(): StateData {
    return [copyOf(this.#values), copyOf(this.#seen), this.#wide?.slice()];
  }
  restore(data: StateData): void {
    const [values, seen, wide] = data as readonly [Float64Array, Uint8Array, (bigint | undefined)[]?];
    this.#values = largerFloats(values, values.length);
    this.#seen = largerBytes(seen, seen.length);
    this.#wide = wide?.slice() ?? null;
  }
}

/** Of strings, by code point, and of DECIMAL. */
export class ExtremeValue implements Accumulator {
  readonly #sign: number;
  #values: (string | bigint | undefined)[] = [];
  readonly slotBytes = 8;
  heldBytes = 0;

  constructor(isMax: boolean) {
    this.#sign = isMax ? 1 : -1;
  }
  grow(): void {}
  reset(slot: number): void {
    this.#keep(slot, undefined);
  }
  #keep(slot: number, value: string | bigint | undefined): void {
    this.heldBytes += heapBytes(value ?? null) - heapBytes(this.#values[slot] ?? null);
    this.#values[slot] = value;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (isNullAt(column, row)) continue;
      if (column.kind === 'string')
        this.#take(slots[k] as number, column.table.strings[column.values[row] as number] ?? '');
      else this.#take(slots[k] as number, column.values[row] as bigint);
    }
  }
  #take(slot: number, value: string | bigint): void {
    const best = this.#values[slot];
    if (best === undefined || compareScalars(value, best) * this.#sign > 0) this.#keep(slot, value);
  }
  merge(into: number, from: number): void {
    const value = this.#values[from];
    if (value !== undefined) this.#take(into, value);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    builder.push(this.#values[slot] ?? null);
  }
  snapshot(): StateData {
    return this.#values.slice();
  }
  restore(data: StateData): void {
    this.#values = (data as readonly (string | bigint | undefined)[]).slice();
    this.heldBytes = this.#values.reduce<number>((sum, value) => sum + heapBytes(value ?? null), 0);
  }
}

/** Two strings, or two numbers of any size, none NaN. */
export function compareScalars(a: number | string | bigint, b: number | string | bigint): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}
