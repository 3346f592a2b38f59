/** The rows of one side of a join, per key in order of arrival, or of event time where the owner inserts so. */
import type { Batch } from '../../batch/batch.ts';
import type { Field } from '../../contract/types.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { Chains, type ChainsData, NONE } from './chains.ts';

export type JoinSideData = { readonly rows: RowStoreData; readonly chains: ChainsData };

export class JoinSide implements Snapshots<JoinSideData> {
  readonly rows: RowStore;
  /** By join key. */
  readonly chains = new Chains();

  /** @param kept fields that anybody reads; left out: all */
  constructor(fields: readonly Field[], kept: ReadonlySet<number> | null = null) {
    this.rows = new RowStore(fields, kept);
  }

  get bytes(): number {
    return this.rows.bytes + this.chains.bytes;
  }

  /** Keeps a row of a batch at the end of its key's chain. */
  append(batch: Batch, row: number, key: number): number {
    const id = this.rows.add(batch, row);
    this.chains.link(id, key, this.chains.last(key));
    return id;
  }

  /** The same for `rows[k]` under `keys[rows[k]]`, whose id goes to `ids[k]`, for k in [0, count). */
  appendAll(batch: Batch, rows: Int32Array, keys: Int32Array, count: number, ids: Int32Array): void {
    this.rows.addAll(batch, rows, count, ids);
    this.chains.append(ids, rows, keys, count);
  }

  /** Keeps it behind the last row whose event time is not later: the chain stays sorted by time, equal ones by arrival. */
  insertByTime(batch: Batch, row: number, key: number): number {
    const id = this.rows.add(batch, row);
    const time = this.rows.time(id);
    let before = this.chains.last(key);
    while (before !== NONE && this.rows.time(before) > time) before = this.chains.previous[before] as number;
    this.chains.link(id, key, before);
    return id;
  }

  remove(id: number): void {
    this.chains.unlink(id);
    this.rows.remove(id);
  }

  snapshot(): JoinSideData {
    return { rows: this.rows.snapshot(), chains: this.chains.snapshot() };
  }

  restore(data: JoinSideData): void {
    this.rows.restore(data.rows);
    this.chains.restore(data.chains);
  }
}
