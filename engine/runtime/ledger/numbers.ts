/** Numbers of records: sets of them as bits, and lists of them as ranges. */
import type { Batch } from '../../batch/batch.ts';

const PAGE_NUMBERS = 65_536;
/** Of one set: 64 million numbers that lie close together take 8 MB. Numbers beyond are not counted. */
export const PAGES_MAX = 1024;

export class NumberSet {
  size = 0;
  min = Infinity;
  max = -Infinity;
  readonly #pages = new Map<number, Uint8Array>();
  #lastKey = -1;
  #lastPage: Uint8Array = new Uint8Array(0);

  /** False: it was there, or there is no room for it. */
  add(n: number): boolean {
    const page = this.#page(n, true);
    if (page === null) return false;
    const at = (n % PAGE_NUMBERS) >> 3;
    const bit = 1 << (n & 7);
    if ((page[at]! & bit) !== 0) return false;
    page[at]! |= bit;
    this.size++;
    if (n < this.min) this.min = n;
    if (n > this.max) this.max = n;
    return true;
  }

  has(n: number): boolean {
    const page = this.#page(n, false);
    return page !== null && (page[(n % PAGE_NUMBERS) >> 3]! & (1 << (n & 7))) !== 0;
  }

  delete(n: number): boolean {
    if (!this.has(n)) return false;
    const page = this.#page(n, false);
    if (page !== null) page[(n % PAGE_NUMBERS) >> 3]! &= ~(1 << (n & 7));
    this.size--;
    return true;
  }

  /** In ascending order within each page, pages as they came. */
  *[Symbol.iterator](): Generator<number> {
    for (const [key, page] of this.#pages)
      for (let at = 0; at < PAGE_NUMBERS; at++)
        if ((page[at >> 3]! & (1 << (at & 7))) !== 0) yield key * PAGE_NUMBERS + at;
  }

  #page(n: number, make: boolean): Uint8Array | null {
    const key = Math.floor(n / PAGE_NUMBERS);
    if (key === this.#lastKey) return this.#lastPage;
    let page = this.#pages.get(key);
    if (page === undefined) {
      if (!make || this.#pages.size >= PAGES_MAX) return null;
      page = new Uint8Array(PAGE_NUMBERS / 8);
      this.#pages.set(key, page);
    }
    this.#lastKey = key;
    this.#lastPage = page;
    return page;
  }
}

/** `[from, to, from, to, …]`, both included, ascending; a number that is there twice is in two of them. */
export type Ranges = readonly number[];

export function rangesOf(numbers: Float64Array): Ranges {
  const sorted = numbers.toSorted();
  const ranges: number[] = [];
  for (const n of sorted) {
    if (ranges.length > 0 && n === ranges[ranges.length - 1]! + 1) ranges[ranges.length - 1] = n;
    else ranges.push(n, n);
  }
  return ranges;
}

export function* inRanges(ranges: Ranges): Generator<number> {
  for (let at = 0; at < ranges.length; at += 2) for (let n = ranges[at]!; n <= ranges[at + 1]!; n++) yield n;
}

/** The numbers of a batch's rows; rows without a number that can be counted (NULL, negative, beyond 2^53) are left out. */
export function numbersIn(batch: Batch, column: number): Float64Array {
  const own = batch.columns[column];
  const numbers = new Float64Array(batch.count);
  if (own === undefined || own.kind === 'string') return numbers.subarray(0, 0);
  let count = 0;
  for (let k = 0; k < batch.count; k++) {
    const row = batch.selection === null ? k : batch.selection[k]!;
    if (own.validity !== null && own.validity[row] === 0) continue;
    const n = Number(own.values[row]);
    if (Number.isSafeInteger(n) && n >= 0) numbers[count++] = n;
  }
  return numbers.subarray(0, count);
}
