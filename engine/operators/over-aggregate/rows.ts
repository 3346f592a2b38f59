/** The rows that OVER keeps, each in the list of its partition, and those whose time was not reached yet in a heap. */
import { largerBytes, largerFloats } from '../../aggregates/accumulator.ts';
import type { Batch } from '../../batch/batch.ts';
import type { Field } from '../../contract/types.ts';
import { copyOf } from '../../state/copies.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { Snapshots } from '../../state/snapshot.ts';

export const NONE = -1;

export interface OverRowsData {
  readonly store: RowStoreData;
  readonly partition: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly order: Float64Array;
  readonly arrival: Float64Array;
  readonly starts: Uint8Array;
  readonly waits: Uint8Array;
  readonly heap: Int32Array;
  readonly arrivals: number;
}

export class OverRows implements Snapshots<OverRowsData> {
  readonly store: RowStore;
  /** By row id: its partition, and its neighbours in the list of that. */
  partition: Int32Array;
  next: Int32Array;
  previous: Int32Array;
  /** What rows are ordered by: event time or that of their arrival, in ms. */
  order: Float64Array;
  /** 1 where a session starts. */
  starts: Uint8Array;
  /** 1 from when the row's time was reached to when it leaves. */
  waits: Uint8Array;
  #arrival: Float64Array;
  #arrivals = 0;
  #heap = new Int32Array(64);
  #pending = 0;

  constructor(fields: readonly Field[]) {
    this.store = new RowStore(fields);
    const { capacity } = this.store;
    this.partition = new Int32Array(capacity);
    this.next = new Int32Array(capacity);
    this.previous = new Int32Array(capacity);
    this.order = new Float64Array(capacity);
    this.starts = new Uint8Array(capacity);
    this.waits = new Uint8Array(capacity);
    this.#arrival = new Float64Array(capacity);
  }

  get bytes(): number {
    return this.store.bytes + this.order.length * 30 + this.#heap.byteLength;
  }

  /** Rows whose time was not reached. */
  get pending(): number {
    return this.#pending;
  }
  /** The earliest time of those; Infinity: there is none. */
  get due(): number {
    return this.#pending === 0 ? Infinity : (this.order[this.#heap[0] as number] as number);
  }

  add(batch: Batch, row: number, partition: number, order: number): number {
    const id = this.store.add(batch, row);
    if (id >= this.order.length) this.#grow(this.store.capacity);
    this.partition[id] = partition;
    this.next[id] = NONE;
    this.previous[id] = NONE;
    this.order[id] = order;
    this.starts[id] = 0;
    this.waits[id] = 0;
    this.#arrival[id] = this.#arrivals++;
    return id;
  }

  remove(id: number): void {
    this.store.remove(id);
  }

  /** The row waits for its time. */
  push(id: number): void {
    if (this.#pending === this.#heap.length) {
      const heap = new Int32Array(this.#pending * 2);
      heap.set(this.#heap);
      this.#heap = heap;
    }
    const heap = this.#heap;
    let at = this.#pending++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(id, heap[parent] as number)) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = id;
  }

  /** Takes the earliest out: of equal times, the one that came first. Only where `pending` is above 0. */
  pop(): number {
    const heap = this.#heap;
    const top = heap[0] as number;
    const last = heap[--this.#pending] as number;
    const size = this.#pending;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#before(heap[child + 1] as number, heap[child] as number)) child++;
      if (!this.#before(heap[child] as number, last)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  #before(a: number, b: number): boolean {
    const x = this.order[a] as number;
    const y = this.order[b] as number;
    return x < y || (x === y && (this.#arrival[a] as number) < (this.#arrival[b] as number));
  }

  #grow(capacity: number): void {
    this.partition = largerInts(this.partition, capacity);
    this.next = largerInts(this.next, capacity);
    this.previous = largerInts(this.previous, capacity);
    this.order = largerFloats(this.order, capacity);
    this.#arrival = largerFloats(this.#arrival, capacity);
    this.starts = largerBytes(this.starts, capacity);
    this.waits = largerBytes(this.waits, capacity);
  }

  snapshot(): OverRowsData {
    return {
      store: this.store.snapshot(),
      partition: copyOf(this.partition),
      next: copyOf(this.next),
      previous: copyOf(this.previous),
      order: copyOf(this.order),
      arrival: copyOf(this.#arrival),
      starts: copyOf(this.starts),
      waits: copyOf(this.waits),
      heap: copyOf(this.#heap, this.#pending),
      arrivals: this.#arrivals,
    };
  }

  restore(data: OverRowsData): void {
    this.store.restore(data.store);
    const capacity = Math.max(this.store.capacity, data.order.length);
    this.partition = largerInts(data.partition, capacity);
    this.next = largerInts(data.next, capacity);
    this.previous = largerInts(data.previous, capacity);
    this.order = largerFloats(data.order, capacity);
    this.#arrival = largerFloats(data.arrival, capacity);
    this.starts = largerBytes(data.starts, capacity);
    this.waits = largerBytes(data.waits, capacity);
    this.#heap = largerInts(data.heap, Math.max(64, data.heap.length));
    this.#pending = data.heap.length;
    this.#arrivals = data.arrivals;
  }
}

export function largerInts(old: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(capacity);
  next.set(old);
  return next;
}
