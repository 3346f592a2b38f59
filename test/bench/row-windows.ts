/** The highest price by window for libraries of row objects, by the engine's rules. State of a `scan`, and changed in place. */
import { BID, type Row } from './corpus.ts';
import { DELAY_MS, WINDOW_MS } from './entrant.ts';

export class HighestByWindow {
  #newest = -Infinity;
  #due = Infinity;
  readonly #open = new Map<number, number>();
  /** Prices of the windows that the last row made fire; null: none did. */
  fired: readonly number[] | null = null;

  add(row: Row): this {
    this.fired = this.#newest >= this.#due ? this.#fire() : null;
    const { bid } = row;
    if (row.type === BID && bid !== null) {
      const start = Math.floor(bid.dateTime / WINDOW_MS) * WINDOW_MS;
      const due = start + WINDOW_MS - 1 + DELAY_MS;
      if (this.#newest < due) {
        const best = this.#open.get(start);
        if (best === undefined || bid.price > best) this.#open.set(start, bid.price);
        if (due < this.#due) this.#due = due;
      }
    }
    if (row.dateTime > this.#newest) this.#newest = row.dateTime;
    return this;
  }

  end(): readonly number[] {
    this.#newest = Infinity;
    return this.#fire();
  }

  #fire(): number[] {
    const fired: number[] = [];
    this.#due = Infinity;
    for (const [start, price] of this.#open) {
      const due = start + WINDOW_MS - 1 + DELAY_MS;
      if (this.#newest >= due) {
        fired.push(price);
        this.#open.delete(start);
      } else this.#due = Math.min(this.#due, due);
    }
    return fired;
  }
}
