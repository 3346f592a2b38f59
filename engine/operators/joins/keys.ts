/** Key ids that both sides of a join share. */
import type { Batch } from '../../batch/batch.ts';
import type { Column, NumberColumn } from '../../batch/column.ts';
import type { DataType, EdgeSchema } from '../../contract/types.ts';
import { KeyTable } from '../../state/key-table.ts';
import { type Chains, NONE } from './chains.ts';
import { LEFT, type PlannedJoin, RIGHT, type Side } from './plan.ts';

/** Keys that are gone before the table is rebuilt. */
export const COMPACT_AT = 65_536;

export class JoinKeys {
  readonly #columns: PlannedJoin['keys'];
  readonly table: KeyTable;
  /** Whether a NULL in a key is a value like others, or there can be none. */
  readonly #nullsMeet: boolean;

  constructor(
    columns: PlannedJoin['keys'],
    left: EdgeSchema,
    right: EdgeSchema,
    nullKeys: 'never' | 'equal' = 'never',
  ) {
    this.#columns = columns;
    this.table = new KeyTable(
      columns[LEFT].flatMap((index, i): DataType[] => {
        const a = left.fields[index]?.type;
        const b = right.fields[columns[RIGHT][i] ?? -1]?.type;
        if (a === undefined) return [];
        // INT meets BIGINT as BIGINT.
        return [b?.kind === 'BIGINT' ? b : a];
      }),
    );
    const mayBeNull = [left, right].some((schema, side) =>
      columns[side as Side].some((index) => schema.fields[index]?.nullable !== false),
    );
    this.#nullsMeet = nullKeys === 'equal' || !mayBeNull;
  }

  get bytes(): number {
    return this.table.bytes;
  }

  /** Key ids by position, valid until the next call. */
  resolve(batch: Batch, side: Side): Int32Array {
    return this.table.resolve(
      this.#columns[side].flatMap((index) => batch.columns[index] ?? []),
      batch,
    );
  }

  /** The same for keys of one column of numbers, none of them NULL. */
  resolveNumbers(values: NumberColumn['values']): Int32Array {
    const { length } = values;
    const columns: Column[] = [{ kind: 'number', values, validity: null }];
    return this.table.resolve(columns, {
      length,
      count: length,
      columns,
      selection: null,
      times: null,
      watermarks: null,
      changes: null,
      ingestedAt: 0,
    });
  }

  /** Whether there is no key whose rows meet none. */
  get allMeet(): boolean {
    return this.#nullsMeet;
  }

  /** Whether rows of this key meet none. */
  meetsNothing(key: number): boolean {
    return !this.#nullsMeet && this.table.hasNull(key);
  }

  /**
   * Forgets keys without rows, when most are such. Between batches only: it gives keys new ids.
   * @returns whether it did
   */
  compact(...chains: readonly Chains[]): boolean {
    const live = chains.reduce((sum, one) => sum + one.liveKeys, 0);
    if (this.table.size < 2 * live + COMPACT_AT) return false;
    compactKeys(this.table, chains);
    return true;
  }
}

export function compactKeys(table: KeyTable, chains: readonly Chains[]): void {
  const renamed = new Int32Array(table.size).fill(NONE);
  const kept: number[] = [];
  for (let key = 0; key < table.size; key++) {
    if (!chains.some((one) => one.first(key) !== NONE)) continue;
    renamed[key] = kept.length;
    kept.push(key);
  }
  table.compact(Int32Array.from(kept));
  for (const one of chains) one.rekey(renamed, kept.length);
}
