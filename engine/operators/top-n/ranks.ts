/** Ranks of rows in order, where ties share them (RANK, DENSE_RANK). */
import type { OrderedRows } from '../../state/ordered-rows.ts';
import type { RowOrder } from '../../state/row-order.ts';
import type { RankFunction } from './plan.ts';

const CHUNK = 256;

/** The rows of a list up to a rank, with their ranks. Reused: valid until the next `read`. */
export class Ranks {
  readonly #function: RankFunction;
  readonly #to: number;
  readonly #order: RowOrder;
  ids = new Int32Array(64);
  ranks = new Int32Array(64);
  /** Rows whose rank is at most the last one. */
  length = 0;

  constructor(fn: RankFunction, to: number, order: RowOrder) {
    this.#function = fn;
    this.#to = to;
    this.#order = order;
  }

  read(list: OrderedRows): void {
    this.length = 0;
    let rank = 0;
    for (let from = 0; from < list.length; from += CHUNK) {
      if (this.ids.length < from + CHUNK) this.#grow();
      const read = list.read(from, from + CHUNK, this.ids.subarray(from));
      for (let k = from; k < from + read; k++) {
        if (!this.#tiesWithPrevious(k)) rank = this.#function === 'dense-rank' ? rank + 1 : k + 1;
        if (rank > this.#to) return;
        this.ranks[k] = rank;
        this.length++;
      }
    }
  }

  #tiesWithPrevious(k: number): boolean {
    return (
      k > 0 &&
      this.#function !== 'row-number' &&
      this.#order.ties(this.ids[k - 1] as number, this.ids[k] as number)
    );
  }

  #grow(): void {
    const length = this.ids.length * 2 + CHUNK;
    const ids = new Int32Array(length);
    ids.set(this.ids);
    this.ids = ids;
    const ranks = new Int32Array(length);
    ranks.set(this.ranks);
    this.ranks = ranks;
  }
}
