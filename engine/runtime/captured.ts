/** What a sink got, as plain rows: for tests, conformance and `weir test`. */
import { type Batch, position } from '../batch/batch.ts';
import { adds, CHANGE_NAMES, type Change } from '../batch/changes.ts';
import { valueAt } from '../batch/column.ts';
import type { EdgeSchema } from '../contract/types.ts';
import { plainValue } from '../contract/value-text.ts';

/** By field, as `plainValue` gives it. Rows of updating streams say under `__change` what they do. */
export type CapturedRow = Record<string, unknown>;

/** The name under which a row of an updating stream says what it does: `+I`, `-U`, `+U` or `-D`. */
export const CHANGE_FIELD = '__change';

export function capture(batch: Batch, { fields, changelog }: EdgeSchema): CapturedRow[] {
  return Array.from({ length: batch.count }, (_, k) => {
    const at = position(batch, k);
    const row: CapturedRow = {};
    if (changelog === 'updating') row[CHANGE_FIELD] = CHANGE_NAMES[(batch.changes?.[at] ?? 0) as Change];
    fields.forEach((f, c) => {
      const column = batch.columns[c];
      if (column !== undefined) row[f.name] = plainValue(valueAt(column, f.type, at), f.type);
    });
    return row;
  });
}

/** The rows that stand at the end of a changelog: a bag, in the order in which they came. */
export function standing(rows: readonly CapturedRow[]): CapturedRow[] {
  const left = new Map<string, CapturedRow[]>();
  for (const { [CHANGE_FIELD]: change, ...row } of rows) {
    const key = JSON.stringify(row);
    const same = left.get(key) ?? [];
    if (adds(CHANGE_NAMES.indexOf((change ?? '+I') as '+I'))) same.push(row);
    else if (same.pop() === undefined)
      throw new Error(`the changelog takes back a row that is not there: ${key}`);
    left.set(key, same);
  }
  return [...left.values()].flat();
}
