/** The rows that a batch changes: a pair of rows, before and after, for each update, and those pairs left out that say nothing. */
import type { GroupingKeys } from '../../aggregates/grouping/keys.ts';
import type { Batch } from '../../batch/batch.ts';
import type { ColumnBuilder } from '../../batch/builder.ts';
import { type Change, DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../../batch/changes.ts';
import type { Column } from '../../batch/column.ts';
import { OutputBuilder } from '../../batch/output.ts';
import type { Field } from '../../contract/types.ts';
import { valueKey } from '../../contract/values.ts';
import { NO_WATERMARK } from '../../progress/watermarks.ts';

export class GroupChanges {
  readonly #out: OutputBuilder;
  readonly #keys: GroupingKeys;
  readonly #keyCount: number;
  /** One per aggregate: a row here for every row that was announced. */
  readonly aggregates: readonly ColumnBuilder[];

  /** @param keyCount columns in front of those of the aggregates */
  constructor(fields: readonly Field[], keyCount: number, keys: GroupingKeys) {
    this.#out = new OutputBuilder(fields, true);
    this.#keys = keys;
    this.#keyCount = keyCount;
    this.aggregates = this.#out.columns.slice(keyCount);
  }

  inserted(key: number): void {
    this.#row(key, INSERT);
  }
  deleted(key: number): void {
    this.#row(key, DELETE);
  }
  updated(key: number): void {
    this.#row(key, UPDATE_BEFORE);
    this.#row(key, UPDATE_AFTER);
  }

  #row(key: number, change: Change): void {
    this.#keys.emit(key, this.#out.columns);
    this.#out.endRow(Number.NaN, NO_WATERMARK, change);
  }

  /** @param onlyChanged leaves updates out that change no value */
  take(ingestedAt: number, onlyChanged: boolean): Batch {
    const batch = this.#out.take(ingestedAt);
    return onlyChanged ? withoutUnchanged(batch, this.#keyCount) : batch;
  }
}

function withoutUnchanged(batch: Batch, from: number): Batch {
  const { length, columns, changes } = batch;
  const changed = new Uint8Array(length);
  for (let c = from; c < columns.length; c++) {
    const column = columns[c] as Column;
    for (let row = 0; row < length; row++) {
      if (changes?.[row] !== UPDATE_BEFORE || changed[row] === 1) continue;
      if (!sameAt(column, row, row + 1)) changed[row] = 1;
    }
  }
  const selection = new Int32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) {
    const pair = changes?.[row] === UPDATE_AFTER ? row - 1 : row;
    if (changes?.[pair] === UPDATE_BEFORE && changed[pair] === 0) continue;
    selection[count++] = row;
  }
  return count === length ? batch : { ...batch, selection: selection.subarray(0, count), count };
}

/** Whether two rows of a column are equal: NULL to NULL, and NaN to NaN. */
function sameAt(column: Column, a: number, b: number): boolean {
  const { validity } = column;
  if (validity !== null && (validity[a] === 0 || validity[b] === 0)) return validity[a] === validity[b];
  if (column.kind === 'value')
    return valueKey(column.values[a] ?? null) === valueKey(column.values[b] ?? null);
  const x = column.values[a] as number;
  const y = column.values[b] as number;
  if (column.kind === 'string') return column.table.strings[x] === column.table.strings[y];
  return x === y || (Number.isNaN(x) && Number.isNaN(y));
}
