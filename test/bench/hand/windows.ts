/**
 * The loop that a person would write for exactly this query over exactly these columns, as fast as we can: the
 * measure of what generality costs. It gives its sink what the engine gives: columns and a selection of rows. Buffers are
 * made once and used again.
 */
import { BATCH_ROWS, BID, type Columns } from './corpus.ts';
import {
  AUCTION_MODULUS,
  DELAY_MS,
  type Entrant,
  type Outcome,
  type Prepared,
  RATE,
  WINDOW_MS,
} from './entrant.ts';
import type { Meter } from './meter.ts';

interface Slice {
  readonly length: number;
  readonly type: Int32Array;
  readonly auction: Float64Array;
  readonly price: Float64Array;
  readonly time: Float64Array;
}

function slices(all: Columns): Slice[] {
  const out: Slice[] = [];
  for (let from = 0; from < all.length; from += BATCH_ROWS) {
    const to = Math.min(all.length, from + BATCH_ROWS);
    out.push({
      length: to - from,
      type: all.type.subarray(from, to),
      auction: all.auction.subarray(from, to),
      price: all.price.subarray(from, to),
      time: all.time.subarray(from, to),
    });
  }
  return out;
}

/** The sink: reads a column of the rows that are left. */
class Sink {
  rows = 0;
  sum = 0;
  take(values: Float64Array, selection: Int32Array, count: number): void {
    let { sum } = this;
    for (let k = 0; k < count; k++) sum += values[selection[k] as number] as number;
    this.rows += count;
    this.sum = sum;
  }
  add(values: Float64Array, selection: Int32Array, count: number): void {
    let { sum } = this;
    for (let k = 0; k < count; k++) sum += values[selection[k] as number] as number;
    this.sum = sum;
  }
}

function pass(batches: readonly Slice[], meter: Meter): Outcome {
  const sink = new Sink();
  const selection = new Int32Array(BATCH_ROWS);
  batches.forEach(({ length, type, price }, n) => {
    meter.batch(n);
    let count = 0;
    for (let i = 0; i < length; i++) if (type[i] === BID) selection[count++] = i;
    sink.take(price, selection, count);
  });
  return sink;
}

function euros(batches: readonly Slice[], meter: Meter): Outcome {
  const sink = new Sink();
  const selection = new Int32Array(BATCH_ROWS);
  const converted = new Float64Array(BATCH_ROWS);
  batches.forEach(({ length, type, price }, n) => {
    meter.batch(n);
    let count = 0;
    for (let i = 0; i < length; i++) {
      if (type[i] !== BID) continue;
      converted[i] = RATE * (price[i] as number);
      selection[count++] = i;
    }
    sink.take(converted, selection, count);
  });
  return sink;
}

function some(batches: readonly Slice[], meter: Meter): Outcome {
  const sink = new Sink();
  const selection = new Int32Array(BATCH_ROWS);
  batches.forEach(({ length, type, auction, price }, n) => {
    meter.batch(n);
    let count = 0;
    for (let i = 0; i < length; i++) {
      // We know that these ids have 31 bits: whole-number division is ten times as fast as that of doubles.
      if (type[i] === BID && ((auction[i] as number) | 0) % AUCTION_MODULUS === 0) selection[count++] = i;
    }
    sink.take(auction, selection, count);
    sink.add(price, selection, count);
  });
  return sink;
}

const dueOf = (windowStart: number): number => windowStart + WINDOW_MS - 1 + DELAY_MS;

/** The highest price of each window, by the engine's rules: the watermark before each row says what fires and what is late. */
class Highest {
  rows = 0;
  sum = 0;
  newest = -Infinity;
  /** The newest time at which the earliest window fires. */
  #due = Infinity;
  /** The window of the row before, in which most rows fall: its start and its best price. −Infinity: none. */
  #start = -Infinity;
  #best = 0;
  readonly #open = new Map<number, number>();

  take({ length, type, price, time }: Slice): void {
    let { newest } = this;
    let start = this.#start;
    let end = start + WINDOW_MS;
    let best = this.#best;
    let due = this.#due;
    for (let i = 0; i < length; i++) {
      const t = time[i] as number;
      if (type[i] === BID) {
        if (newest >= due || t < start || t >= end) {
          this.newest = newest;
          this.#best = best;
          // Late: its window is over.
          if (!this.#move(Math.floor(t / WINDOW_MS) * WINDOW_MS)) continue;
          start = this.#start;
          end = start + WINDOW_MS;
          best = this.#best;
          due = this.#due;
        }
        const p = price[i] as number;
        if (p > best) best = p;
      }
      if (t > newest) newest = t;
    }
    this.newest = newest;
    this.#best = best;
  }

  #move(to: number): boolean {
    this.fire();
    if (this.newest >= dueOf(to)) return false;
    this.#start = to;
    this.#best = this.#open.get(to) ?? -Infinity;
    this.#due = Math.min(this.#due, dueOf(to));
    return true;
  }

  fire(): void {
    if (this.#start !== -Infinity) this.#open.set(this.#start, this.#best);
    this.#start = -Infinity;
    this.#due = Infinity;
    for (const [start, price] of this.#open) {
      if (this.newest >= dueOf(start)) {
        this.rows++;
        this.sum += price;
        this.#open.delete(start);
      } else this.#due = Math.min(this.#due, dueOf(start));
    }
  }
}

function highest(batches: readonly Slice[], meter: Meter): Outcome {
  const state = new Highest();
  batches.forEach((batch, n) => {
    meter.batch(n);
    state.take(batch);
  });
  state.newest = Infinity;
  state.fire();
  return state;
}

const LOOPS = { q0: pass, q1: euros, q2: some, q7: highest };

export const handWritten: Entrant = {
  label: 'hand-written loop',
  prepare(query, columns): Prepared {
    const batches = slices(columns);
    return (meter) => LOOPS[query](batches, meter);
  },
};
