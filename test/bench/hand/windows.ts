/** q7max and q7: the highest price of each window of ten seconds, and the bids that have it. */
import { BID } from '../corpus.ts';
import { DELAY_MS, WINDOW_MS } from '../entrant.ts';
import { type Loop, Sink, type Slice } from './slices.ts';

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

const highest: Loop = (batches, meter) => {
  const state = new Highest();
  batches.forEach((batch, n) => {
    meter.batch(n);
    state.take(batch);
  });
  state.newest = Infinity;
  state.fire();
  return state;
};

/**
 * The bids with the highest price of their window; one at the very end of a window counts for it too. The query joins a result that
 * is final with all bids; a person sees that only bids that were the best of their window, or stand at its end, can be in the result.
 */
const highestBids: Loop = (batches, meter) => {
  const sink = new Sink();
  let start = -Infinity;
  let end = -Infinity;
  let best = -1;
  let ties = 0;
  /** The window before: bids at the very start of this one may belong to it. */
  let before = -1;
  batches.forEach(({ length, type, price, time }, n) => {
    meter.batch(n);
    for (let i = 0; i < length; i++) {
      if (type[i] !== BID) continue;
      const t = time[i] as number;
      if (t >= end) {
        sink.rows += ties;
        sink.sum += ties * Math.max(best, 0);
        before = best;
        start = Math.floor(t / WINDOW_MS) * WINDOW_MS;
        end = start + WINDOW_MS;
        best = -1;
        ties = 0;
      }
      const p = price[i] as number;
      if (t === start && p === before) {
        sink.rows++;
        sink.sum += p;
      }
      if (p > best) {
        best = p;
        ties = 1;
      } else if (p === best) ties++;
    }
  });
  sink.rows += ties;
  sink.sum += ties * Math.max(best, 0);
  return sink;
};

export const WINDOWS = { q7: highestBids, q7max: highest };
