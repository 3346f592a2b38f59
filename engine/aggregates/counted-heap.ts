/**
 * A multiset that knows its least or largest value and can lose any: counts by value, and a heap of the values from which those
 * that are gone are dropped when they come to the top. Adding and losing cost O(log n), spread out.
 */
import type { Key } from './accumulator.ts';
import { compareScalars } from './extreme.ts';

export class CountedHeap {
  /** 1: the largest on top; −1: the least. */
  readonly #sign: 1 | -1;
  /** Below 0 where a value was taken back before it came. 0 stays while the value is still in the heap. */
  readonly #counts = new Map<Key, number>();
  #heap: Key[] = [];
  #inHeap = new Set<Key>();
  #dead = 0;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  /** Entries held, gone ones included. */
  get size(): number {
    return this.#counts.size + this.#heap.length;
  }

  *entries(): Iterable<readonly [Key, number]> {
    for (const entry of this.#counts) if (entry[1] !== 0) yield entry;
  }

  add(value: Key, by: number): void {
    const before = this.#counts.get(value) ?? 0;
    const after = before + by;
    const inHeap = this.#inHeap.has(value);
    if (after === 0 && !inHeap) this.#counts.delete(value);
    else this.#counts.set(value, after);
    if (after > 0 && !inHeap) this.#push(value);
    if (inHeap) this.#dead += Number(after <= 0) - Number(before <= 0);
    if (this.#dead > 16 && this.#dead > this.#heap.length / 2) this.#rebuild();
  }

  /** Undefined where there is none. */
  top(): Key | undefined {
    for (;;) {
      const value = this.#heap[0];
      if (value === undefined || (this.#counts.get(value) ?? 0) > 0) return value;
      this.#pop();
    }
  }

  #before(a: Key, b: Key): boolean {
    return compareScalars(a, b) * this.#sign > 0;
  }

  #push(value: Key): void {
    const heap = this.#heap;
    this.#inHeap.add(value);
    let at = heap.length;
    heap.push(value);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(value, heap[parent] as Key)) break;
      heap[at] = heap[parent] as Key;
      at = parent;
    }
    heap[at] = value;
  }

  /** Takes a value that is gone off the top. */
  #pop(): void {
    const heap = this.#heap;
    const value = heap[0] as Key;
    this.#inHeap.delete(value);
    if (this.#counts.get(value) === 0) this.#counts.delete(value);
    this.#dead--;
    const last = heap.pop() as Key;
    if (heap.length > 0) this.#sink(0, last);
  }

  #sink(from: number, value: Key): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1] as Key, heap[child] as Key)) child++;
      if (!this.#before(heap[child] as Key, value)) break;
      heap[at] = heap[child] as Key;
      at = child;
    }
    heap[at] = value;
  }

  #rebuild(): void {
    const live = this.#heap.filter((value) => (this.#counts.get(value) ?? 0) > 0);
    for (const value of this.#heap) if (this.#counts.get(value) === 0) this.#counts.delete(value);
    this.#heap = live;
    this.#inHeap = new Set(live);
    this.#dead = 0;
    for (let at = (live.length >> 1) - 1; at >= 0; at--) this.#sink(at, live[at] as Key);
  }
}
