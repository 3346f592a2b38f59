/** What a row that comes or goes changes in the ranks, as rows of the output. */
import { DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../../batch/changes.ts';
import type { OrderedRows } from '../../state/ordered-rows.ts';
import type { RowOrder } from '../../state/row-order.ts';
import type { RowOutput } from '../../state/row-output.ts';
import type { TopNPlan } from './plan.ts';
import { Ranks } from './ranks.ts';

export class RankChanges {
  readonly #plan: TopNPlan;
  readonly #order: RowOrder;
  readonly #out: RowOutput;
  /** ROW_NUMBER: whether each rank is a row of the result, which a record takes from another (Flink: rank number or offset). */
  readonly #byRank: boolean;
  /** Of the list before and after, where ties share ranks. */
  #before: Ranks;
  #after: Ranks;
  #ids = new Int32Array(64);

  constructor(plan: TopNPlan, order: RowOrder, out: RowOutput) {
    this.#plan = plan;
    this.#order = order;
    this.#out = out;
    this.#byRank = plan.withRank || plan.from > 1;
    this.#before = new Ranks(plan.function, plan.to, order);
    this.#after = new Ranks(plan.function, plan.to, order);
  }

  /** Called before the list changes, where ties share ranks. */
  look(list: OrderedRows): void {
    this.#before.read(list);
  }

  /** ROW_NUMBER: a row came to `at`, and is in the list. */
  inserted(list: OrderedRows, at: number, watermark: number): void {
    const { from, to } = this.#plan;
    if (at >= to) return;
    const out = this.#out;
    if (!this.#byRank) {
      if (list.length > to) out.push(list.at(to), watermark, DELETE);
      out.push(list.at(at), watermark, INSERT);
      return;
    }
    const first = Math.max(at, from - 1);
    const read = this.#read(list, first, to + 1);
    for (let k = 0; k < read && first + k < to; k++) {
      const rank = first + k + 1;
      const now = this.#ids[k] as number;
      if (k + 1 < read) {
        out.push(this.#ids[k + 1] as number, watermark, UPDATE_BEFORE, rank);
        out.push(now, watermark, UPDATE_AFTER, rank);
      } else out.push(now, watermark, INSERT, rank);
    }
  }

  /** ROW_NUMBER: the row at `at` will go, and is still in the list. */
  removing(list: OrderedRows, at: number, watermark: number): void {
    const { from, to } = this.#plan;
    if (at >= to) return;
    const out = this.#out;
    if (!this.#byRank) {
      out.push(list.at(at), watermark, DELETE);
      if (list.length > to) out.push(list.at(to), watermark, INSERT);
      return;
    }
    const first = Math.max(at, from - 1);
    const read = this.#read(list, first, to + 1);
    for (let k = 0; k < read && first + k < to; k++) {
      const rank = first + k + 1;
      const before = this.#ids[k] as number;
      if (k + 1 < read) {
        out.push(before, watermark, UPDATE_BEFORE, rank);
        out.push(this.#ids[k + 1] as number, watermark, UPDATE_AFTER, rank);
      } else out.push(before, watermark, DELETE, rank);
    }
  }

  #read(list: OrderedRows, from: number, to: number): number {
    if (this.#ids.length < to - from) this.#ids = new Int32Array(Math.min(list.length, to) * 2 + 64);
    return list.read(from, to, this.#ids);
  }

  /**
   * Ties share ranks: the list was `look`ed at and changed since by one row, which is still in the store. Returns how many rows of it
   * have a rank that can be given.
   */
  changed(list: OrderedRows, watermark: number): number {
    this.#after.read(list);
    const before = this.#before;
    const after = this.#after;
    for (let b = 0, a = 0; b < before.length || a < after.length; ) {
      const gone = before.ids[b] as number;
      const come = after.ids[a] as number;
      if (b < before.length && a < after.length && gone === come) {
        this.#moved(gone, before.ranks[b++] as number, after.ranks[a++] as number, watermark);
      } else if (a >= after.length || (b < before.length && this.#order.compare(gone, come) < 0)) {
        this.#moved(gone, before.ranks[b++] as number, 0, watermark);
      } else this.#moved(come, 0, after.ranks[a++] as number, watermark);
    }
    return after.length;
  }

  /** Rank 0: not in the list. */
  #moved(id: number, before: number, after: number, watermark: number): void {
    const { from, withRank } = this.#plan;
    const was = before >= from;
    const is = after >= from;
    const out = this.#out;
    if (was && !is) out.push(id, watermark, DELETE, before);
    else if (is && !was) out.push(id, watermark, INSERT, after);
    else if (was && is && withRank && before !== after) {
      out.push(id, watermark, UPDATE_BEFORE, before);
      out.push(id, watermark, UPDATE_AFTER, after);
    }
  }
}
