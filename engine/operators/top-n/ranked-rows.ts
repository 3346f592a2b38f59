/** Rows in order, per key: what both kinds of Top-N keep. */
import type { Batch } from '../../batch/batch.ts';
import type { Field } from '../../contract/types.ts';
import { LIST_BYTES, OrderedRows } from '../../state/ordered-rows.ts';
import { type OrderTerm, RowOrder, type RowOrderData } from '../../state/row-order.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { StateKeys, type StateKeysData } from '../keyed/state-keys.ts';

export interface RankedRowsData {
  readonly keys: StateKeysData;
  readonly rows: RowStoreData;
  readonly order: RowOrderData;
  readonly lists: readonly (Int32Array | null)[];
}

export class RankedRows implements Snapshots<RankedRowsData> {
  readonly keys: StateKeys;
  readonly rows: RowStore;
  readonly order: RowOrder;
  #lists: (OrderedRows | undefined)[] = [];
  /** Keys that have rows. */
  live = 0;

  /** @param columns what tells keys apart, as indexes of fields */
  constructor(
    fields: readonly Field[],
    columns: readonly number[],
    terms: readonly OrderTerm[],
    ttl?: string,
  ) {
    this.keys = new StateKeys(fields, columns, ttl);
    this.rows = new RowStore(fields);
    this.order = new RowOrder(terms, this.rows);
  }

  get bytes(): number {
    const lists = this.live * LIST_BYTES + this.rows.size * 8 + this.#lists.length * 8;
    return this.keys.bytes + this.rows.bytes + this.order.bytes + lists;
  }

  /** The rows of a key, first ranks first; undefined where there are none. */
  find(key: number): OrderedRows | undefined {
    return this.#lists[key];
  }

  /** The same, made where there are none. */
  list(key: number): OrderedRows {
    let list = this.#lists[key];
    if (list === undefined) {
      list = new OrderedRows();
      while (this.#lists.length < key) this.#lists.push(undefined);
      this.#lists[key] = list;
      this.live++;
    }
    return list;
  }

  /** Keeps a row of the attached batch at its place, and returns its id. */
  insert(list: OrderedRows, at: number, batch: Batch, row: number): number {
    const id = this.rows.add(batch, row);
    this.order.added(id, row);
    list.insert(at, id);
    return id;
  }

  /** Forgets the rows of a list behind the first `keep`. */
  cut(list: OrderedRows, keep: number): void {
    while (list.length > keep) this.rows.remove(list.removeAt(list.length - 1));
  }

  /** Forgets a key whose rows were removed. */
  drop(key: number): void {
    if (this.#lists[key] === undefined) return;
    this.#lists[key] = undefined;
    this.live--;
    this.keys.dropped(key);
  }

  /** See `StateKeys.compact`. */
  compact(): Int32Array | null {
    const left = this.keys.compact(this.live, (key) => this.#lists[key] !== undefined);
    if (left !== null) this.#lists = Array.from(left, (key) => this.#lists[key]);
    return left;
  }

  snapshot(): RankedRowsData {
    return {
      keys: this.keys.snapshot(),
      rows: this.rows.snapshot(),
      order: this.order.snapshot(),
      lists: Array.from(this.#lists, (list) => list?.snapshot() ?? null),
    };
  }

  restore({ keys, rows, order, lists }: RankedRowsData): void {
    this.keys.restore(keys);
    this.rows.restore(rows);
    this.order.restore(order);
    lists.forEach((ids, key) => {
      if (ids !== null) this.list(key).restore(ids);
    });
  }
}
