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
    if (this.size === 0) return false;
    const page = this.#page(n, false);
    return page !== null && (page[(n % PAGE_NUMBERS) >> 3]! & (1 << (n & 7))) !== 0;
  }

  delete(n: number): boolean {
    if (this.size === 0 || !this.has(n)) return false;
    const page = this.#page(n, false);
    if (page !== null) page[(n % PAGE_NUMBERS) >> 3]! &= ~(1 << (n & 7));
    this.size--;
    return true;
  }

  /** @returns how many were there already; those that there is no room for are not counted */
  addAll(ranges: Ranges): number {
    let known = 0;
    eachPage(ranges, (from, to) => {
      const page = this.#page(from, true);
      if (page === null) return;
      const added = write(page, from % PAGE_NUMBERS, to % PAGE_NUMBERS, 0xff);
      known += to - from + 1 - added;
      this.size += added;
      if (from < this.min) this.min = from;
      if (to > this.max) this.max = to;
    });
    return known;
  }

  deleteAll(ranges: Ranges): void {
    if (this.size === 0) return;
    eachPage(ranges, (from, to) => {
      const page = this.#page(from, false);
      if (page !== null) this.size -= write(page, from % PAGE_NUMBERS, to % PAGE_NUMBERS, 0);
    });
  }

  /** All of them. */
  ranges(): Ranges {
    const ranges: number[] = [];
    for (const key of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const page = this.#pages.get(key)!;
      for (let at = 0; at < page.length; at++) {
        const [byte, from] = [page[at]!, key * PAGE_NUMBERS + at * 8];
        if (byte === 0xff) extend(ranges, from, from + 7);
        else if (byte !== 0)
          for (let bit = 0; bit < 8; bit++)
            if ((byte & (1 << bit)) !== 0) extend(ranges, from + bit, from + bit);
      }
    }
    return ranges;
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

/** The ranges, cut where pages end. */
function eachPage(ranges: Ranges, seen: (from: number, to: number) => void): void {
  for (let at = 0; at < ranges.length; at += 2) {
    const last = ranges[at + 1]!;
    for (let from = ranges[at]!; from <= last; ) {
      const to = Math.min(last, from - (from % PAGE_NUMBERS) + PAGE_NUMBERS - 1);
      seen(from, to);
      from = to + 1;
    }
  }
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** Sets the bits of a page to those of `byte`. @returns how many were not */
function write(page: Uint8Array, from: number, to: number, byte: 0 | 0xff): number {
  let changed = 0;
  for (let at = from; at <= to; ) {
    const until = Math.min(to, at | 7);
    const mask = ((2 << (until & 7)) - 1) & ~((1 << (at & 7)) - 1);
    const before = page[at >> 3]!;
    changed += ONES[(before ^ byte) & mask]!;
    page[at >> 3] = (before & ~mask) | (byte & mask);
    at = until + 1;
  }
  return changed;
}

/** `[from, to, from, to, …]`, both included, ascending; a number that is there twice is in two of them. */
export type Ranges = readonly number[];

function extend(ranges: number[], from: number, to: number): void {
  if (ranges.length > 0 && from === ranges[ranges.length - 1]! + 1) ranges[ranges.length - 1] = to;
  else ranges.push(from, to);
}

/** Rows without a number are left out. */
export function rangesOf(numbers: Float64Array): Ranges {
  const sorted = ascending(numbers);
  const ranges: number[] = [];
  for (let at = 0; at < sorted.length; at++) if (sorted[at]! >= 0) extend(ranges, sorted[at]!, sorted[at]!);
  return ranges;
}

function ascending(numbers: Float64Array): Float64Array {
  for (let at = 1; at < numbers.length; at++) if (numbers[at]! < numbers[at - 1]!) return numbers.toSorted();
  return numbers;
}

/** Those of `numbers` that are not among `others`, ascending. */
export function without(numbers: Float64Array, others: Float64Array): Float64Array {
  const [all, sorted] = [ascending(numbers), ascending(others)];
  const left = new Float64Array(all.length);
  let [count, other] = [0, 0];
  for (let at = 0; at < all.length; at++) {
    const n = all[at]!;
    while (other < sorted.length && sorted[other]! < n) other++;
    if (sorted[other] !== n) left[count++] = n;
  }
  return left.subarray(0, count);
}

export function* inRanges(ranges: Ranges): Generator<number> {
  for (let at = 0; at < ranges.length; at += 2) for (let n = ranges[at]!; n <= ranges[at + 1]!; n++) yield n;
}

/** In the order of rows: a number, or `[from, to]`, each one more than the one before. Rows without a number are below 0. */
export type Run = number | readonly [from: number, to: number];

export function runsOf(numbers: Float64Array): Run[] {
  const runs: Run[] = [];
  for (let from = 0; from < numbers.length; ) {
    const isNumbered = numbers[from]! >= 0;
    let to = from + 1;
    while (to < numbers.length && (isNumbered ? numbers[to] === numbers[to - 1]! + 1 : numbers[to]! < 0))
      to++;
    const [first, last] = isNumbered ? [numbers[from]!, numbers[to - 1]!] : [from - to, -1];
    runs.push(first === last ? first : [first, last]);
    from = to;
  }
  return runs;
}

export const boundsOf = (run: Run): readonly [from: number, to: number] =>
  typeof run === 'number' ? [run, run] : run;

export function rowsIn(runs: readonly Run[]): number {
  let rows = 0;
  for (const run of runs) rows += typeof run === 'number' ? 1 : run[1] - run[0] + 1;
  return rows;
}

/** The numbers of a batch's rows, one each; −1 for rows without a number that can be counted (NULL, negative, beyond 2^53). */
export function numbersIn(batch: Batch, column: number): Float64Array {
  const own = batch.columns[column];
  if (own === undefined || own.kind === 'string') return new Float64Array(batch.count).fill(-1);
  const { values } = own;
  const { selection } = batch;
  const numbers = new Float64Array(batch.count);
  if (values instanceof Float64Array && own.validity === null) {
    for (let k = 0; k < batch.count; k++) {
      const n = selection === null ? values[k]! : values[selection[k]!]!;
      numbers[k] = n >= 0 && n <= Number.MAX_SAFE_INTEGER && Math.floor(n) === n ? n : -1;
    }
    return numbers;
  }
  numbers.fill(-1);
  for (let k = 0; k < batch.count; k++) {
    const row = selection === null ? k : selection[k]!;
    if (own.validity !== null && own.validity[row] === 0) continue;
    const n = Number(values[row]);
    if (Number.isSafeInteger(n) && n >= 0) numbers[k] = n;
  }
  return numbers;
}
