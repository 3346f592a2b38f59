/** The rows that a batch changes: a pair of rows, before and after, for each update, and those pairs left out that say nothing. */
import type { GroupingKeys } from '../../aggregates/grouping/keys.ts';
import { EMIT_AFTER, EMIT_BEFORE, type Script } from '../../aggregates/script.ts';
import type { Batch } from '../../batch/batch.ts';
import { ColumnBuilder } from '../../batch/builder.ts';
import { DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../../batch/changes.ts';
import type { Column } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';
import { valueKey } from '../../contract/values.ts';

export class GroupChanges {
  readonly #columns: readonly ColumnBuilder[];
  readonly #keys: GroupingKeys;
  readonly #keyCount: number;
  /** One per aggregate: a row here for every row that the script says. */
  readonly aggregates: readonly ColumnBuilder[];
  /** The key of each row. */
  #ids = new Int32Array(0);

  /** @param keyCount columns in front of those of the aggregates */
  constructor(fields: readonly Field[], keyCount: number, keys: GroupingKeys) {
    this.#columns = fields.map((f) => new ColumnBuilder(f.type, null, 64));
    this.#keys = keys;
    this.#keyCount = keyCount;
    this.aggregates = this.#columns.slice(keyCount);
  }

  /**
   * After the aggregates have followed the script.
   * @param keyOf by slot
   * @param onlyChanged leaves updates out that change no value
   */
  take(script: Script, keyOf: Int32Array, ingestedAt: number, onlyChanged: boolean): Batch {
    const { slots, bits } = script;
    if (this.#ids.length < script.length * 2) this.#ids = new Int32Array(script.length * 2);
    const ids = this.#ids;
    const changes = new Uint8Array(script.length * 2);
    let length = 0;
    for (let k = 0; k < script.length; k++) {
      const key = keyOf[slots[k] as number] as number;
      const [before, after] = [(bits[k] as number) & EMIT_BEFORE, (bits[k] as number) & EMIT_AFTER];
      if (before !== 0) {
        ids[length] = key;
        changes[length++] = after === 0 ? DELETE : UPDATE_BEFORE;
      }
      if (after !== 0) {
        ids[length] = key;
        changes[length++] = before === 0 ? INSERT : UPDATE_AFTER;
      }
    }
    this.#keys.emitAll(ids, length, this.#columns);
    const batch: Batch = {
      length,
      count: length,
      columns: this.#columns.map((c) => c.take()),
      selection: null,
      times: null,
      watermarks: null,
      changes: changes.subarray(0, length),
      ingestedAt,
    };
    return onlyChanged ? withoutUnchanged(batch, changes, this.#keyCount) : batch;
  }
}

function withoutUnchanged(batch: Batch, changes: Uint8Array, from: number): Batch {
  const { length, columns } = batch;
  /** Rows that begin a pair in which nothing has changed so far. */
  let pairs = new Int32Array(length);
  let same = 0;
  for (let row = 0; row < length; row++) if (changes[row] === UPDATE_BEFORE) pairs[same++] = row;
  for (let c = from; c < columns.length && same > 0; c++) same = keepSame(columns[c] as Column, pairs, same);
  if (same === 0) return batch;
  pairs = pairs.subarray(0, same);
  const selection = new Int32Array(length - 2 * same);
  let count = 0;
  let next = 0;
  for (let row = 0; row < length; row++) {
    if (row !== pairs[next]) selection[count++] = row;
    else {
      next++;
      row++;
    }
  }
  return { ...batch, selection, count };
}

/** Of the pairs, those that are equal in a column are moved to the front. How many they are. */
function keepSame(column: Column, pairs: Int32Array, count: number): number {
  let same = 0;
  if (column.kind === 'number' && column.validity === null) {
    const { values } = column;
    for (let k = 0; k < count; k++) {
      const row = pairs[k] as number;
      const [a, b] = [values[row] as number, values[row + 1] as number];
      if (a === b || (Number.isNaN(a) && Number.isNaN(b))) pairs[same++] = row;
    }
    return same;
  }
  for (let k = 0; k < count; k++) {
    const row = pairs[k] as number;
    if (sameAt(column, row, row + 1)) pairs[same++] = row;
  }
  return same;
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
