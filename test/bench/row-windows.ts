/**
 * Windows for libraries of row objects, by hand: the state of a `scan`, changed in place. By the engine's rules: the watermark before
 * each row says what fires and what is late.
 */
import { AUCTION, BID } from './corpus.ts';
import { DELAY_MS, SLIDE_MS, WINDOW_MS } from './entrant.ts';
import type { Row } from './rows.ts';

/** What a query of windows does with its rows; T is what it keeps of a window. */
interface Query<T> {
  readonly slide: number;
  create(): T;
  add(state: T, row: Row): T;
  /** The column that is added up, a value a row. */
  result(state: T): Iterable<number>;
}

export class RowWindows<T> {
  readonly #query: Query<T>;
  readonly #wants: (row: Row) => boolean;
  readonly #open = new Map<number, T>();
  #newest = -Infinity;
  #due = Infinity;
  /** What the last row made fire; null: nothing. */
  fired: number[] | null = null;

  constructor(query: Query<T>, wants: (row: Row) => boolean) {
    this.#query = query;
    this.#wants = wants;
  }

  add(row: Row): this {
    this.fired = this.#newest >= this.#due ? this.#fire() : null;
    if (this.#wants(row)) {
      const { slide } = this.#query;
      const t = row.dateTime;
      for (let start = Math.floor(t / slide) * slide; start > t - WINDOW_MS; start -= slide) {
        const due = start + WINDOW_MS - 1 + DELAY_MS;
        if (this.#newest >= due) break;
        const before = this.#open.get(start);
        const state = this.#query.add(before ?? this.#query.create(), row);
        if (before !== state) this.#open.set(start, state);
        if (due < this.#due) this.#due = due;
      }
    }
    if (row.dateTime > this.#newest) this.#newest = row.dateTime;
    return this;
  }

  end(): number[] {
    this.#newest = Infinity;
    return this.#fire();
  }

  #fire(): number[] {
    const fired: number[] = [];
    this.#due = Infinity;
    for (const [start, state] of this.#open) {
      const due = start + WINDOW_MS - 1 + DELAY_MS;
      if (this.#newest >= due) {
        fired.push(...this.#query.result(state));
        this.#open.delete(start);
      } else this.#due = Math.min(this.#due, due);
    }
    return fired;
  }
}

interface Both {
  readonly joined: Map<number, string>;
  readonly sold: Set<number>;
}

const isBid = (row: Row): boolean => row.type === BID;
const highest: Query<number> = {
  slide: WINDOW_MS,
  create: () => -Infinity,
  add: (best, { bid }) => Math.max(best, bid?.price ?? 0),
  result: (best) => [best],
};
const hotItems: Query<Map<number, number>> = {
  slide: SLIDE_MS,
  create: () => new Map(),
  add(counts, { bid }) {
    const key = bid?.auction ?? 0;
    return counts.set(key, (counts.get(key) ?? 0) + 1);
  },
  result(counts) {
    const all = [...counts.values()];
    const most = all.reduce((a, b) => Math.max(a, b), 0);
    return all.filter((count) => count === most);
  },
};
const newSellers: Query<Both> = {
  slide: WINDOW_MS,
  create: () => ({ joined: new Map(), sold: new Set() }),
  add(both, { auction, person }) {
    if (auction !== null) both.sold.add(auction.seller);
    if (person !== null) both.joined.set(person.id, person.name);
    return both;
  },
  result: ({ joined, sold }) => [...joined.keys()].filter((id) => sold.has(id)),
};

export const ROW_WINDOWS: Readonly<Record<string, () => RowWindows<unknown>>> = {
  q5: () => new RowWindows<unknown>(hotItems as Query<unknown>, isBid),
  q7max: () => new RowWindows<unknown>(highest as Query<unknown>, isBid),
  q8: () => new RowWindows<unknown>(newSellers as Query<unknown>, (row) => row.type <= AUCTION),
};
