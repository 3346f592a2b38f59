import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import { copyOf } from '../state/copies.ts';
import type { StateData } from '../state/snapshot.ts';
import { type Accumulator, isNullAt, type Key, keyAt, largerFloats } from './accumulator.ts';
import { CountedHeap } from './counted-heap.ts';

/** A count, a place in the heap and one in its set. */
const ENTRY_BYTES = 64;

/** MIN and MAX where values are taken back: how often each is there, as Flink's `MinWithRetractAggFunction` keeps it. */
export class ExtremeRetract implements Accumulator {
  readonly #sign: 1 | -1;
  readonly #heaps: (CountedHeap | undefined)[] = [];
  #nans = new Float64Array(0);
  #entries = 0;
  readonly slotBytes = 16;

  constructor(isMax: boolean) {
    this.#sign = isMax ? 1 : -1;
  }
  get heldBytes(): number {
    return this.#entries * ENTRY_BYTES;
  }
  grow(capacity: number): void {
    this.#nans = largerFloats(this.#nans, capacity);
  }
  reset(slot: number): void {
    this.#entries -= this.#heaps[slot]?.size ?? 0;
    this.#heaps[slot] = undefined;
    this.#nans[slot] = 0;
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
      if (!isNullAt(column, row)) this.#add(slots[k] as number, keyAt(column, row), by);
    }
  }
  #add(slot: number, value: Key, by: number): void {
    if (typeof value === 'number' && Number.isNaN(value)) {
      this.#nans[slot] = (this.#nans[slot] as number) + by;
      return;
    }
    let heap = this.#heaps[slot];
    if (heap === undefined) {
      heap = new CountedHeap(this.#sign);
      this.#heaps[slot] = heap;
    }
    this.#entries -= heap.size;
    heap.add(value, by);
    this.#entries += heap.size;
  }
  merge(into: number, from: number): void {
    for (const [value, count] of this.#heaps[from]?.entries() ?? []) this.#add(into, value, count);
    this.#nans[into] = (this.#nans[into] as number) + (this.#nans[from] as number);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const heap = this.#heaps[slot];
    this.#entries -= heap?.size ?? 0;
    const top = heap?.top();
    this.#entries += heap?.size ?? 0;
    if (top !== undefined) builder.push(top);
    else if ((this.#nans[slot] ?? 0) > 0) builder.pushNumber(Number.NaN);
    else builder.pushNull();
  }
  snapshot(): StateData {
    const heaps = Array.from(this.#heaps, (heap) => (heap === undefined ? null : [...heap.entries()]));
    return [heaps, copyOf(this.#nans)];
  }
  restore(data: StateData): void {
    const [heaps, nans] = data as readonly [
      readonly (readonly (readonly [Key, number])[] | null)[],
      Float64Array,
    ];
    this.#nans = largerFloats(nans, nans.length);
    heaps.forEach((entries, slot) => {
      for (const [value, count] of entries ?? []) this.#add(slot, value, count);
    });
  }
}
