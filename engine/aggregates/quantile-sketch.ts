/**
 * Approximate percentiles: DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
 * guarantees", VLDB 2019). Values are counted in buckets whose bounds grow by γ = (1 + α) / (1 − α); the result is within α of the
 * value at the rank ⌊q · (n − 1)⌋. Buckets are never joined: all doubles fit into about 72,000 of each sign.
 */
import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import type { StateData } from '../state/snapshot.ts';
import { type Accumulator, doubleAt, isNullAt } from './accumulator.ts';

/** α. */
const ERROR = 0.01;
const GAMMA = (1 + ERROR) / (1 - ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Beyond every bucket's number: tells zero and the signs apart in one map. */
const BASE = 100_000;
const ENTRY_BYTES = 40;

export class QuantileSketch implements Accumulator {
  readonly #share: number;
  readonly #scale: number;
  readonly #buckets: (Map<number, number> | undefined)[] = [];
  #entries = 0;
  readonly slotBytes = 24;

  /** @param share 0 to 1. @param scale digits after the point of a DECIMAL argument; else 0 */
  constructor(share: number, scale: number) {
    this.#share = share;
    this.#scale = scale;
  }
  get heldBytes(): number {
    return this.#entries * ENTRY_BYTES;
  }
  grow(): void {}
  reset(slot: number): void {
    this.#entries -= this.#buckets[slot]?.size ?? 0;
    this.#buckets[slot] = undefined;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#take(slots, rows, count, column, 1);
  }
  retract(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#take(slots, rows, count, column, -1);
  }
  #take(slots: Int32Array, rows: Int32Array, count: number, column: Column | null, by: number): void {
    if (column === null) return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (isNullAt(column, row)) continue;
      const value = doubleAt(column, row, this.#scale);
      if (!Number.isNaN(value)) this.#add(slots[k] as number, bucketOf(value), by);
    }
  }
  #add(slot: number, bucket: number, by: number): void {
    let buckets = this.#buckets[slot];
    if (buckets === undefined) {
      buckets = new Map();
      this.#buckets[slot] = buckets;
    }
    this.#entries -= buckets.size;
    const count = (buckets.get(bucket) ?? 0) + by;
    if (count === 0) buckets.delete(bucket);
    else buckets.set(bucket, count);
    this.#entries += buckets.size;
  }
  merge(into: number, from: number): void {
    for (const [bucket, count] of this.#buckets[from] ?? []) this.#add(into, bucket, count);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const sorted = [...(this.#buckets[slot] ?? [])].filter((e) => e[1] > 0).sort((a, b) => a[0] - b[0]);
    const total = sorted.reduce((sum, e) => sum + e[1], 0);
    const rank = Math.floor(this.#share * (total - 1));
    let passed = 0;
    for (const [bucket, count] of sorted) {
      passed += count;
      if (passed > rank) {
        builder.pushNumber(middleOf(bucket));
        return;
      }
    }
    builder.pushNull();
  }
  snapshot(): StateData {
    return Array.from(this.#buckets, (buckets) => (buckets === undefined ? null : [...buckets]));
  }
  restore(data: StateData): void {
    (data as readonly (readonly (readonly [number, number])[] | null)[]).forEach((entries, slot) => {
      for (const [bucket, count] of entries ?? []) this.#add(slot, bucket, count);
    });
  }
}

/** Ascending with the value: negative ones below 0, zero at 0, positive ones above. */
function bucketOf(value: number): number {
  if (value === 0) return 0;
  const size = Math.abs(value);
  const index = size === Infinity ? BASE / 2 : Math.ceil(Math.log(size) / LOG_GAMMA);
  return value > 0 ? BASE + index : -BASE - index;
}

/** The middle of a bucket, in the sense of the relative error. */
function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const index = Math.abs(bucket) - BASE;
  const size = index === BASE / 2 ? Infinity : (2 * GAMMA ** index) / (GAMMA + 1);
  return bucket > 0 ? size : -size;
}
