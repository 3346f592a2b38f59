/**
 * Rows that are forgotten when they were not written for a while: Flink's `table.exec.state.ttl`, in processing time. All wait equally
 * long, so the order of writing is the order of going: a list, not a heap.
 */

import { copyOf } from '../../state/copies.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { Chains, type ChainsData, NONE } from './chains.ts';

export type IdleRowsData = { readonly order: ChainsData; readonly written: Float64Array };

export class IdleRows implements Snapshots<IdleRowsData> {
  readonly #ttl: number;
  /** One chain, from the row that was written longest ago. */
  readonly #order = new Chains();
  #written: Float64Array = new Float64Array(64);

  /** @param ttl ms */
  constructor(ttl: number) {
    this.#ttl = ttl;
  }

  get bytes(): number {
    return this.#order.bytes + this.#written.byteLength;
  }

  /** When the next row goes, ms; Infinity where there is none. */
  get next(): number {
    const first = this.#order.first(0);
    return first === NONE ? Infinity : (this.#written[first] as number) + this.#ttl;
  }

  /** The row is new, or was written again. */
  touch(row: number, now: number): void {
    if (row >= this.#written.length) {
      const written = new Float64Array(Math.max(row + 1, this.#written.length * 2));
      written.set(this.#written);
      this.#written = written;
    }
    if (row < this.#order.keys.length && this.#order.keys[row] !== NONE) this.#order.unlink(row);
    this.#order.link(row, 0, this.#order.last(0));
    this.#written[row] = now;
  }

  forget(row: number): void {
    this.#order.unlink(row);
  }

  /** A row whose time is over, taken out of the list; NONE: no other at `now`. */
  take(now: number): number {
    const row = this.#order.first(0);
    if (row === NONE || this.next > now) return NONE;
    this.#order.unlink(row);
    return row;
  }

  snapshot(): IdleRowsData {
    return { order: this.#order.snapshot(), written: copyOf(this.#written) };
  }

  restore(data: IdleRowsData): void {
    this.#order.restore(data.order);
    this.#written = data.written.slice();
  }
}
