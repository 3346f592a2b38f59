/** Finds the kept row that a retraction takes back: by the row's key where the edge has one, else by all its fields. */
import type { Batch } from '../../batch/batch.ts';
import type { EdgeSchema, Field } from '../../contract/types.ts';
import { KeyTable, type KeyTableData } from '../../state/key-table.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { Chains, type ChainsData } from './chains.ts';
import { COMPACT_AT, compactKeys } from './keys.ts';

export type RowIndexData = { readonly table: KeyTableData; readonly chains: ChainsData };

export class RowIndex implements Snapshots<RowIndexData> {
  readonly #columns: readonly number[];
  readonly #table: KeyTable;
  readonly #chains = new Chains();

  constructor({ fields, key }: EdgeSchema) {
    const named = (key ?? []).map((name) => fields.findIndex((f) => f.name === name));
    this.#columns = named.length > 0 && !named.includes(-1) ? named : fields.map((_, i) => i);
    this.#table = new KeyTable(this.#columns.map((c) => (fields[c] as Field).type));
  }

  get bytes(): number {
    return this.#table.bytes + this.#chains.bytes;
  }

  /** What `add` and `find` take, by position; valid until the next call. */
  resolve(batch: Batch): Int32Array {
    return this.#table.resolve(
      this.#columns.flatMap((c) => batch.columns[c] ?? []),
      batch,
    );
  }

  /** The oldest kept row that is the same; NONE. */
  find(same: number): number {
    return this.#chains.first(same);
  }

  add(row: number, same: number): void {
    this.#chains.link(row, same, this.#chains.last(same));
  }

  remove(row: number): void {
    this.#chains.unlink(row);
  }

  /** Between batches. */
  compact(): void {
    if (this.#table.size >= 2 * this.#chains.liveKeys + COMPACT_AT) compactKeys(this.#table, [this.#chains]);
  }

  snapshot(): RowIndexData {
    return { table: this.#table.snapshot(), chains: this.#chains.snapshot() };
  }

  restore(data: RowIndexData): void {
    this.#table.restore(data.table);
    this.#chains.restore(data.chains);
  }
}
