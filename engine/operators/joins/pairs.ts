/** Pairs of rows that share a key, on their way to the condition. Plain arrays, used over and over. */
import { position } from '../../batch/batch.ts';
import type { PairCondition } from './condition.ts';
import type { Rows } from './rows.ts';

/** Pairs after which an operator settles those that wait. */
export const PAIRS_MAX = 4096;

export class Pairs {
  lefts = new Int32Array(256);
  rights = new Int32Array(256);
  /** A number of the operator's own beside each pair: a watermark, a row. */
  tags = new Float64Array(256);
  count = 0;
  readonly #condition: PairCondition | null;

  constructor(condition: PairCondition | null) {
    this.#condition = condition;
  }

  /** Whether there is a further condition. */
  get judged(): boolean {
    return this.#condition !== null;
  }

  add(left: number, right: number, tag: number): void {
    const at = this.count++;
    if (at === this.lefts.length) this.#grow();
    this.lefts[at] = left;
    this.rights[at] = right;
    this.tags[at] = tag;
  }

  /** Drops the pairs for which the condition does not hold; the others keep their order. */
  filter(left: Rows, right: Rows): void {
    if (this.#condition === null || this.count === 0) return;
    const batch = this.#condition.holding(left, this.lefts, right, this.rights, this.count);
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      this.lefts[k] = this.lefts[i] as number;
      this.rights[k] = this.rights[i] as number;
      this.tags[k] = this.tags[i] as number;
    }
    this.count = batch.count;
  }

  #grow(): void {
    const size = this.lefts.length * 2;
    const [lefts, rights, tags] = [new Int32Array(size), new Int32Array(size), new Float64Array(size)];
    lefts.set(this.lefts);
    rights.set(this.rights);
    tags.set(this.tags);
    this.lefts = lefts;
    this.rights = rights;
    this.tags = tags;
  }
}
