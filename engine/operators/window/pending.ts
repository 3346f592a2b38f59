/** Rows of the current batch that have a slot and are not aggregated yet: aggregated together, one aggregate after the other. */
import type { AggregateSet } from '../../aggregates/aggregate-set.ts';

export class PendingRows {
  readonly #aggregates: AggregateSet;
  slots = new Int32Array(1024);
  rows = new Int32Array(1024);
  count = 0;

  constructor(aggregates: AggregateSet) {
    this.#aggregates = aggregates;
  }

  /** Makes room for that many more rows, for whoever writes them directly. */
  room(count: number): void {
    if (this.count + count <= this.slots.length) return;
    this.flush();
    if (count <= this.slots.length) return;
    this.slots = new Int32Array(count);
    this.rows = new Int32Array(count);
  }

  push(slot: number, row: number): void {
    if (this.count === this.slots.length) this.flush();
    this.slots[this.count] = slot;
    this.rows[this.count++] = row;
  }

  /** Brings the rows into their slots: before a slot is read, merged, emptied or given back. */
  flush(): void {
    const { count } = this;
    if (count === 0) return;
    this.count = 0;
    this.#aggregates.update(this.slots, this.rows, count);
  }
}
