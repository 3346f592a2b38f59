/** Key ids that both sides of a join share. */
import type { Batch } from '../../batch/batch.ts';
import type { DataType, EdgeSchema } from '../../contract/types.ts';
import { KeyTable } from '../../state/key-table.ts';
import { LEFT, type PlannedJoin, RIGHT, type Side } from './plan.ts';
import { type JoinSide, NONE } from './side.ts';

/** Keys that are gone before the table is rebuilt. */
const COMPACT_AT = 65_536;

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

  /** Whether rows of this key meet none. */
  meetsNothing(key: number): boolean {
    return !this.#nullsMeet && this.table.hasNull(key);
  }

  /** Forgets keys without rows, when most are such. Between batches only: it gives keys new ids. */
  compact(...sides: readonly JoinSide[]): void {
    const live = sides.reduce((sum, side) => sum + side.liveKeys, 0);
    if (this.table.size < 2 * live + COMPACT_AT) return;
    const renamed = new Int32Array(this.table.size).fill(NONE);
    const kept: number[] = [];
    for (let key = 0; key < this.table.size; key++) {
      if (!sides.some((side) => side.first(key) !== NONE)) continue;
      renamed[key] = kept.length;
      kept.push(key);
    }
    this.table.compact(Int32Array.from(kept));
    for (const side of sides) side.rekey(renamed, kept.length);
  }
}
