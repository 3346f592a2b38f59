/** Variances and standard deviations. */
import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import { copyOf } from '../state/copies.ts';
import type { StateData } from '../state/snapshot.ts';
import { type Accumulator, doubleAt, isNullAt, largerFloats } from './accumulator.ts';

export interface MomentKind {
  /** Square root of the variance. */
  readonly deviation: boolean;
  /** Divides by n − 1; over one value that is NULL. */
  readonly sample: boolean;
  /** Digits after the point of a DECIMAL argument; else 0. */
  readonly scale: number;
}

/**
 * Count, mean and sum of squared distances from it: Welford's method (Knuth, TAOCP 2, 4.2.2), which loses no digits where the
 * mean is large; merged as Chan, Golub and LeVeque 1979 do. Taking back is the step of Welford's method undone.
 */
export class Moments implements Accumulator {
  readonly #kind: MomentKind;
  #counts = new Float64Array(0);
  #means = new Float64Array(0);
  #squares = new Float64Array(0);
  readonly slotBytes = 24;
  readonly heldBytes = 0;

  constructor(kind: MomentKind) {
    this.#kind = kind;
  }
  grow(capacity: number): void {
    this.#counts = largerFloats(this.#counts, capacity);
    this.#means = largerFloats(this.#means, capacity);
    this.#squares = largerFloats(this.#squares, capacity);
  }
  reset(slot: number): void {
    this.#counts[slot] = 0;
    this.#means[slot] = 0;
    this.#squares[slot] = 0;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    const { scale } = this.#kind;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (isNullAt(column, row)) continue;
      const slot = slots[k] as number;
      const value = doubleAt(column, row, scale);
      const n = (this.#counts[slot] as number) + 1;
      const away = value - (this.#means[slot] as number);
      const mean = (this.#means[slot] as number) + away / n;
      this.#counts[slot] = n;
      this.#means[slot] = mean;
      this.#squares[slot] = (this.#squares[slot] as number) + away * (value - mean);
    }
  }
  retract(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    const { scale } = this.#kind;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (isNullAt(column, row)) continue;
      const slot = slots[k] as number;
      const value = doubleAt(column, row, scale);
      const n = (this.#counts[slot] as number) - 1;
      if (n === 0) {
        this.reset(slot);
        continue;
      }
      const away = value - (this.#means[slot] as number);
      const mean = (this.#means[slot] as number) - away / n;
      this.#counts[slot] = n;
      this.#means[slot] = mean;
      this.#squares[slot] = (this.#squares[slot] as number) - away * (value - mean);
    }
  }
  merge(into: number, from: number): void {
    const a = this.#counts[into] as number;
    const b = this.#counts[from] as number;
    if (b === 0) return;
    const away = (this.#means[from] as number) - (this.#means[into] as number);
    this.#counts[into] = a + b;
    this.#means[into] = (this.#means[into] as number) + (away * b) / (a + b);
    this.#squares[into] =
      (this.#squares[into] as number) + (this.#squares[from] as number) + (away * away * a * b) / (a + b);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const { deviation, sample } = this.#kind;
    const count = this.#counts[slot] ?? 0;
    const by = sample ? count - 1 : count;
    if (by <= 0) {
      builder.pushNull();
      return;
    }
    // Rounding may leave a little less than nothing. NaN stays.
    const squares = this.#squares[slot] ?? 0;
    const variance = Math.max(squares, 0) / by;
    builder.pushNumber(deviation ? Math.sqrt(variance) : variance);
  }
  snapshot(): StateData {
    return [copyOf(this.#counts), copyOf(this.#means), copyOf(this.#squares)];
  }
  restore(data: StateData): void {
    const [counts, means, squares] = data as readonly [Float64Array, Float64Array, Float64Array];
    this.#counts = largerFloats(counts, counts.length);
    this.#means = largerFloats(means, means.length);
    this.#squares = largerFloats(squares, squares.length);
  }
}
