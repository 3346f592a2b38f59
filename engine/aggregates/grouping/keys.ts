/** The groups that a row belongs to: one per grouping set, mostly just one. */
import type { Batch } from '../../batch/batch.ts';
import type { ColumnBuilder } from '../../batch/builder.ts';
import { type Column, isBoxed, newValues } from '../../batch/column.ts';
import { type DataType, INT } from '../../contract/types.ts';
import { KeyTable, type KeyTableData } from '../../state/key-table.ts';
import { groupingId, type PlannedGrouping } from './plan.ts';

export class GroupingKeys {
  readonly table: KeyTable;
  readonly #grouping: PlannedGrouping;
  readonly #ids: readonly number[];

  constructor(grouping: PlannedGrouping) {
    this.#grouping = grouping;
    this.#ids = grouping.sets.map(groupingId);
    const types = grouping.fields.map((f) => f.type);
    // A key that is NULL and one that is not in the set are two groups: the number of the set tells them apart.
    this.table = new KeyTable(grouping.sets.length === 1 ? types : [...types, INT]);
  }

  get sets(): number {
    return this.#grouping.sets.length;
  }

  /** By set, the key id of every row that counts, by position. Valid until the next call. */
  resolve(batch: Batch): readonly Int32Array[] {
    const columns = this.#grouping.columns.flatMap((index) => batch.columns[index] ?? []);
    const [only] = this.#grouping.sets;
    if (this.sets === 1 && only !== undefined)
      return [this.table.resolve(this.#masked(columns, only, batch.length), batch)];
    return this.#grouping.sets.map((set, s) => {
      const number: Column = {
        kind: 'number',
        values: new Int32Array(batch.length).fill(s),
        validity: null,
      };
      return this.table
        .resolve([...this.#masked(columns, set, batch.length), number], batch)
        .slice(0, batch.length);
    });
  }

  #masked(columns: readonly Column[], set: readonly boolean[], length: number): Column[] {
    return columns.map((column, k) =>
      set[k] === false ? nulls(this.#grouping.fields[k]?.type ?? INT, length) : column,
    );
  }

  /** Appends the keys of a group, and the grouping id where it is wanted, to the first columns of an output. */
  emit(id: number, builders: readonly ColumnBuilder[]): void {
    const keys = this.#grouping.columns.length;
    for (let k = 0; k < keys; k++) this.table.emit(id, k, builders[k] as ColumnBuilder);
    if (this.#grouping.id !== null) this.#emitSet(id, builders[keys] as ColumnBuilder);
  }

  /** The same for `ids[0]` to `ids[count − 1]`. */
  emitAll(ids: Int32Array, count: number, builders: readonly ColumnBuilder[]): void {
    const keys = this.#grouping.columns.length;
    for (let k = 0; k < keys; k++) this.table.emitAll(ids, count, k, builders[k] as ColumnBuilder);
    if (this.#grouping.id === null) return;
    for (let k = 0; k < count; k++) this.#emitSet(ids[k] as number, builders[keys] as ColumnBuilder);
  }

  #emitSet(id: number, builder: ColumnBuilder): void {
    const set = this.sets === 1 ? 0 : Number(this.table.value(id, this.#grouping.columns.length));
    builder.pushNumber(this.#ids[set] ?? 0);
  }

  snapshot(): KeyTableData {
    return this.table.snapshot();
  }
  restore(data: KeyTableData): void {
    this.table.restore(data);
  }
}

function nulls(type: DataType, length: number): Column {
  const validity = new Uint8Array(length);
  if (isBoxed(type)) return { kind: 'value', values: new Array<null>(length).fill(null), validity };
  if (type.kind === 'STRING')
    return {
      kind: 'string',
      values: new Int32Array(length),
      table: { strings: [], interned: false },
      validity,
    };
  return { kind: 'number', values: newValues(type, length), validity };
}
