/** SUM and AVG. NULLs do not count; over only NULLs the result is NULL. */
import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import { toBigint } from '../contract/values.ts';
import { copyOf } from '../state/copies.ts';
import type { StateData } from '../state/snapshot.ts';
import { type Accumulator, isNullAt, largerFloats } from './accumulator.ts';
import { keptCounts, restoredCounts } from './row-counts.ts';

/** Of DOUBLE. */
export class SumDouble implements Accumulator {
  readonly #average: boolean;
  #sums = new Float64Array(0);
  #counts = new Float64Array(0);
  readonly slotBytes = 16;
  readonly heldBytes = 0;

  constructor(average: boolean) {
    this.#average = average;
  }
  grow(capacity: number): void {
    this.#sums = largerFloats(this.#sums, capacity);
    this.#counts = largerFloats(this.#counts, capacity);
  }
  reset(slot: number): void {
    this.#sums[slot] = 0;
    this.#counts[slot] = 0;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column?.kind !== 'number') return;
    const { values, validity } = column;
    const sums = this.#sums;
    const counts = this.#counts;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (validity !== null && validity[row] === 0) continue;
      const slot = slots[k] as number;
      sums[slot] = (sums[slot] as number) + (values[row] as number);
      counts[slot] = (counts[slot] as number) + 1;
    }
  }
  updateOne(
    slot: number,
    selection: Int32Array | null,
    from: number,
    to: number,
    column: Column | null,
  ): void {
    if (column?.kind !== 'number') return;
    const { values, validity } = column;
    let sum = this.#sums[slot] as number;
    let count = 0;
    for (let k = from; k < to; k++) {
      const row = selection === null ? k : (selection[k] as number);
      if (validity !== null && validity[row] === 0) continue;
      sum += values[row] as number;
      count++;
    }
    this.#sums[slot] = sum;
    this.#counts[slot] = (this.#counts[slot] as number) + count;
  }
  retract(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column?.kind !== 'number') return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (isNullAt(column, row)) continue;
      const slot = slots[k] as number;
      const left = (this.#counts[slot] as number) - 1;
      this.#counts[slot] = left;
      // What rounding left behind ends with the last value.
      this.#sums[slot] = left === 0 ? 0 : (this.#sums[slot] as number) - (column.values[row] as number);
    }
  }
  merge(into: number, from: number): void {
    this.#sums[into] = (this.#sums[into] ?? 0) + (this.#sums[from] ?? 0);
    this.#counts[into] = (this.#counts[into] ?? 0) + (this.#counts[from] ?? 0);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const sum = this.#sums[slot] ?? 0;
    const count = this.#counts[slot] ?? 0;
    if (count === 0) builder.pushNull();
    else builder.pushNumber(this.#average ? sum / count : sum);
  }
  snapshot(rows: Float64Array | null): StateData {
    return [copyOf(this.#sums), keptCounts(this.#counts, rows)];
  }
  restore(data: StateData, rows: Float64Array | null): void {
    const [sums, counts] = data as readonly [Float64Array, Float64Array | null];
    this.#sums = largerFloats(sums, sums.length);
    this.#counts = restoredCounts(counts, rows);
  }
}

const MAX = Number.MAX_SAFE_INTEGER;

/**
 * Of INT and BIGINT: exact. A sum lives in a double while that holds it; what goes beyond is carried in a bigint. The result
 * wraps at the type's width, as in Java; so does the 64-bit sum that Flink's AVG divides.
 */
export class SumInteger implements Accumulator {
  readonly #average: boolean;
  readonly #bits: 32 | 64;
  #sums = new Float64Array(0);
  #counts = new Float64Array(0);
  #carries: (bigint | undefined)[] | null = null;
  readonly slotBytes = 16;

  constructor(average: boolean, bits: 32 | 64) {
    this.#average = average;
    this.#bits = bits;
  }
  get heldBytes(): number {
    return (this.#carries?.length ?? 0) * 32;
  }
  grow(capacity: number): void {
    this.#sums = largerFloats(this.#sums, capacity);
    this.#counts = largerFloats(this.#counts, capacity);
  }
  reset(slot: number): void {
    this.#sums[slot] = 0;
    this.#counts[slot] = 0;
    if (this.#carries !== null) this.#carries[slot] = undefined;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#take(slots, rows, count, column, 1);
  }
  retract(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#take(slots, rows, count, column, -1);
  }
  #take(slots: Int32Array, rows: Int32Array, count: number, column: Column | null, sign: 1 | -1): void {
    if (column?.kind === 'value') {
      this.#takeValues(slots, rows, count, column.values as readonly (number | bigint | null)[], sign);
      return;
    }
    if (column === null) return;
    const { values, validity } = column;
    const sums = this.#sums;
    const counts = this.#counts;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (validity !== null && validity[row] === 0) continue;
      const slot = slots[k] as number;
      const value = (values[row] as number) * sign;
      const sum = (sums[slot] as number) + value;
      if (sum <= MAX && sum >= -MAX) sums[slot] = sum;
      else this.#spill(slot, value);
      counts[slot] = (counts[slot] as number) + sign;
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
    const { values, validity } = column;
    let count = 0;
    for (let k = from; k < to; k++) {
      const row = selection === null ? k : (selection[k] as number);
      if (validity !== null && validity[row] === 0) continue;
      count++;
      const value = values[row] as number | bigint;
      if (typeof value === 'bigint') {
        this.#carry(slot, value);
        continue;
      }
      const sum = (this.#sums[slot] as number) + value;
      if (sum <= MAX && sum >= -MAX) this.#sums[slot] = sum;
      else this.#spill(slot, value);
    }
    this.#counts[slot] = (this.#counts[slot] as number) + count;
  }
  #takeValues(
    slots: Int32Array,
    rows: Int32Array,
    count: number,
    values: readonly (number | bigint | null)[],
    sign: 1 | -1,
  ): void {
    for (let k = 0; k < count; k++) {
      const value = values[rows[k] as number] ?? null;
      if (value === null) continue;
      const slot = slots[k] as number;
      this.#carry(slot, BigInt(value) * BigInt(sign));
      this.#counts[slot] = (this.#counts[slot] as number) + sign;
    }
  }
  /** Makes room in the double, and puts the value there. */
  #spill(slot: number, value: number): void {
    this.#carry(slot, BigInt(this.#sums[slot] as number));
    this.#sums[slot] = value;
  }
  #carry(slot: number, value: bigint): void {
    this.#carries ??= [];
    this.#carries[slot] = (this.#carries[slot] ?? 0n) + value;
  }
  merge(into: number, from: number): void {
    const sum = (this.#sums[into] ?? 0) + (this.#sums[from] ?? 0);
    if (sum <= MAX && sum >= -MAX) this.#sums[into] = sum;
    else this.#spill(into, this.#sums[from] ?? 0);
    const carry = this.#carries?.[from];
    if (carry !== undefined) this.#carry(into, carry);
    this.#counts[into] = (this.#counts[into] ?? 0) + (this.#counts[from] ?? 0);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const count = this.#counts[slot] ?? 0;
    const sum = this.#sums[slot] ?? 0;
    const carry = this.#carries?.[slot];
    if (count === 0) builder.pushNull();
    else if (carry !== undefined) builder.push(this.#wide(carry + BigInt(sum), count));
    else if (this.#average) builder.pushNumber(Math.trunc(sum / count) + 0);
    else builder.pushNumber(this.#bits === 32 ? sum | 0 : sum);
  }
  #wide(sum: bigint, count: number): number | bigint {
    if (this.#average) return toBigint(BigInt.asIntN(64, sum) / BigInt(count));
    return this.#bits === 32 ? Number(BigInt.asIntN(32, sum)) : toBigint(sum);
  }
  snapshot(rows: Float64Array | null): StateData {
    return [copyOf(this.#sums), keptCounts(this.#counts, rows), this.#carries?.slice()];
  }
  restore(data: StateData, rows: Float64Array | null): void {
    const [sums, counts, carries] = data as readonly [
      Float64Array,
      Float64Array | null,
      (bigint | undefined)[]?,
    ];
    this.#sums = largerFloats(sums, sums.length);
    this.#counts = restoredCounts(counts, rows);
    this.#carries = carries?.slice() ?? null;
  }
}

const DECIMAL_MAX = 10n ** 38n;

/** Of DECIMAL, in unscaled bigints. */
export class SumDecimal implements Accumulator {
  /** Null: SUM. AVG: the factor from the argument's scale to the result's. */
  readonly #averageFactor: bigint | null;
  #sums: bigint[] = [];
  #counts = new Float64Array(0);
  readonly slotBytes = 48;
  readonly heldBytes = 0;

  /** @param addedScale null for SUM; for AVG how many digits after the point the result has beyond the argument */
  constructor(addedScale: number | null) {
    this.#averageFactor = addedScale === null ? null : 10n ** BigInt(addedScale);
  }
  grow(capacity: number): void {
    this.#counts = largerFloats(this.#counts, capacity);
  }
  reset(slot: number): void {
    this.#sums[slot] = 0n;
    this.#counts[slot] = 0;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#take(slots, rows, count, column, 1);
  }
  retract(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#take(slots, rows, count, column, -1);
  }
  #take(slots: Int32Array, rows: Int32Array, count: number, column: Column | null, sign: 1 | -1): void {
    if (column?.kind !== 'value') return;
    for (let k = 0; k < count; k++) {
      const value = (column.values[rows[k] as number] ?? null) as bigint | null;
      if (value === null) continue;
      const slot = slots[k] as number;
      const sum = this.#sums[slot] ?? 0n;
      this.#sums[slot] = sign === 1 ? sum + value : sum - value;
      this.#counts[slot] = (this.#counts[slot] as number) + sign;
    }
  }
  merge(into: number, from: number): void {
    this.#sums[into] = (this.#sums[into] ?? 0n) + (this.#sums[from] ?? 0n);
    this.#counts[into] = (this.#counts[into] ?? 0) + (this.#counts[from] ?? 0);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const count = this.#counts[slot] ?? 0;
    let result = this.#sums[slot] ?? 0n;
    if (this.#averageFactor !== null && count > 0)
      result = divideHalfUp(result * this.#averageFactor, BigInt(count));
    // More than 38 digits: Flink's DecimalData has NULL for it.
    if (count === 0 || result >= DECIMAL_MAX || result <= -DECIMAL_MAX) builder.pushNull();
    else builder.push(result);
  }
  snapshot(rows: Float64Array | null): StateData {
    return [this.#sums.slice(), keptCounts(this.#counts, rows)];
  }
  restore(data: StateData, rows: Float64Array | null): void {
    const [sums, counts] = data as readonly [readonly bigint[], Float64Array | null];
    this.#sums = sums.slice();
    this.#counts = restoredCounts(counts, rows);
  }
}

/** Rounds halves away from zero, as Java's HALF_UP; `by` is above 0. */
function divideHalfUp(value: bigint, by: bigint): bigint {
  const half = value < 0n ? -by : by;
  return (value * 2n + half) / (by * 2n);
}
