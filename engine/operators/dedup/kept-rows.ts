/** One kept row per key. */
import type { Batch } from '../../batch/batch.ts';
import { valueAt } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';
import { type Value, valueKey } from '../../contract/values.ts';
import type { PlannedTerm } from '../../plan/sort-terms.ts';
import { copyOf } from '../../state/copies.ts';
import { RowOrder, type RowOrderData } from '../../state/row-order.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { StateKeys, type StateKeysData, withRoom } from '../keyed/state-keys.ts';

const NONE = -1;

export interface KeptRowsData {
  readonly keys: StateKeysData;
  readonly rows: RowStoreData;
  readonly order: RowOrderData;
  readonly ofKey: Int32Array;
}

export class KeptRows implements Snapshots<KeptRowsData> {
  readonly keys: StateKeys;
  readonly rows: RowStore;
  readonly #fields: readonly Field[];
  readonly #order: RowOrder;
  readonly #byArrival: boolean;
  readonly #last: boolean;
  /** By key: the id of its row. */
  #ofKey = new Int32Array(64).fill(NONE);

  /**
   * @param columns indexes of the fields of a key
   * @param term the order in which the first or last is looked for; null: as they come
   */
  constructor(
    fields: readonly Field[],
    columns: readonly number[],
    term: PlannedTerm | null,
    keep: 'first' | 'last',
    ttl?: string,
  ) {
    this.keys = new StateKeys(fields, columns, ttl);
    this.rows = new RowStore(fields);
    this.#fields = fields;
    this.#order = new RowOrder(term === null ? [] : [term], this.rows);
    this.#byArrival = term === null;
    this.#last = keep === 'last';
  }

  get bytes(): number {
    return this.keys.bytes + this.rows.bytes + this.#order.bytes + this.#ofKey.byteLength;
  }

  attach(batch: Batch): void {
    this.#order.attach(batch);
  }

  /** The id of a key's row; −1: it has none. */
  find(key: number): number {
    return this.#ofKey[key] ?? NONE;
  }

  /** Whether a row of the attached batch takes the place of a kept one: earlier for the first, not earlier for the last (Flink). */
  replaces(row: number, id: number): boolean {
    if (this.#byArrival) return this.#last;
    const order = this.#order.compareRow(row, id);
    return this.#last ? order >= 0 : order < 0;
  }

  /** Keeps a row of the attached batch for a key that has none. */
  keep(batch: Batch, row: number, key: number): number {
    const id = this.rows.add(batch, row);
    this.#order.added(id, row);
    this.#ofKey = withRoom(this.#ofKey, key, NONE);
    this.#ofKey[key] = id;
    return id;
  }

  remove(key: number): void {
    const id = this.find(key);
    if (id === NONE) return;
    this.#ofKey[key] = NONE;
    this.rows.remove(id);
  }

  /** Whether all values of a batch's row are those of a kept one. */
  same(batch: Batch, row: number, id: number): boolean {
    return this.#fields.every((f, c) => {
      const column = batch.columns[c];
      return column !== undefined && equal(valueAt(column, f.type, row), this.rows.value(id, c));
    });
  }

  /** See `StateKeys.compact`. Only for operators that keep nothing of a key but its row. */
  compact(): Int32Array | null {
    const left = this.keys.compact(this.rows.size, (key) => this.find(key) !== NONE);
    if (left !== null) this.renumber(left);
    return left;
  }

  /** Keys got new numbers: `left[n]` is n now. */
  renumber(left: Int32Array): void {
    this.#ofKey = Int32Array.from(left, (key) => this.find(key));
  }

  snapshot(): KeptRowsData {
    return {
      keys: this.keys.snapshot(),
      rows: this.rows.snapshot(),
      order: this.#order.snapshot(),
      ofKey: copyOf(this.#ofKey),
    };
  }

  restore({ keys, rows, order, ofKey }: KeptRowsData): void {
    this.keys.restore(keys);
    this.rows.restore(rows);
    this.#order.restore(order);
    this.#ofKey = ofKey.slice();
  }
}

function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  const simple = typeof a === 'string' || typeof a === 'boolean' || a === null || b === null;
  return !simple && valueKey(a) === valueKey(b);
}
