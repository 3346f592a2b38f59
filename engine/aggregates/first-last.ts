import type { ColumnBuilder } from '../batch/builder.ts';
import { type Column, valueAt } from '../batch/column.ts';
import type { DataType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import type { StateData } from '../state/snapshot.ts';
import { heapBytes } from '../state/value-bytes.ts';
import { type Accumulator, isNullAt, largerFloats } from './accumulator.ts';

/**
 * FIRST_VALUE and LAST_VALUE of inputs that only grow, by the order in which records came, as in Flink's `FirstValueAggFunction`;
 * in OVER frames that order is the frame's. NULLs are passed over.
 */
export class FirstLast implements Accumulator {
  readonly #type: DataType;
  readonly #isLast: boolean;
  #values: Value[] = [];
  /** When the slot's value came, counted over all slots, so that merged slots know which was before; −1: none yet. */
  #order = new Float64Array(0);
  #clock = 0;
  readonly slotBytes = 16;
  heldBytes = 0;

  constructor(isLast: boolean, type: DataType) {
    this.#isLast = isLast;
    this.#type = type;
  }
  grow(capacity: number): void {
    this.#order = largerFloats(this.#order, capacity);
  }
  reset(slot: number): void {
    this.#keep(slot, null);
    this.#order[slot] = -1;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      const slot = slots[k] as number;
      if (isNullAt(column, row) || (!this.#isLast && (this.#order[slot] as number) >= 0)) continue;
      this.#keep(slot, valueAt(column, this.#type, row));
      this.#order[slot] = this.#clock++;
    }
  }
  merge(into: number, from: number): void {
    const theirs = this.#order[from] as number;
    const ours = this.#order[into] as number;
    if (theirs < 0) return;
    if (ours >= 0 && (this.#isLast ? theirs < ours : theirs > ours)) return;
    this.#keep(into, this.#values[from] ?? null);
    this.#order[into] = theirs;
  }
  #keep(slot: number, value: Value): void {
    this.heldBytes += heapBytes(value) - heapBytes(this.#values[slot] ?? null);
    this.#values[slot] = value;
  }
  emit(slot: number, builder: ColumnBuilder): void {
    builder.push(this.#values[slot] ?? null);
  }
  snapshot(): StateData {
    return [this.#values.slice(), this.#order.slice(), this.#clock];
  }
  restore(data: StateData): void {
    const [values, order, clock] = data as readonly [readonly Value[], Float64Array, number];
    this.#values = values.slice();
    this.heldBytes = values.reduce<number>((sum, value) => sum + heapBytes(value ?? null), 0);
    this.#order = largerFloats(order, order.length);
    this.#clock = clock;
  }
}
