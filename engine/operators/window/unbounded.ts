/** Rows of a window of their own that do not say which: NULL in its start or end. */
import { type Batch, position, select } from '../../batch/batch.ts';
import { problem } from '../../contract/problems.ts';
import type { Field } from '../../contract/types.ts';
import { readRow } from '../../runtime/chain/interpret.ts';
import { type DeadLetter, RAW_TEXT_MAX } from '../../runtime/contracts.ts';
import { rawRow } from '../../runtime/dead-letters.ts';

export function unboundedRows(
  batch: Batch,
  fields: readonly Field[],
  columns: readonly number[],
): { rest: Batch; letters: DeadLetter[] } {
  const validities = columns.flatMap((c) => batch.columns[c]?.validity ?? []);
  if (validities.length === 0) return { rest: batch, letters: [] };
  const kept = new Int32Array(batch.count);
  let count = 0;
  const letters: DeadLetter[] = [];
  for (let k = 0; k < batch.count; k++) {
    const i = position(batch, k);
    if (validities.every((validity) => validity[i] === 1)) kept[count++] = i;
    else letters.push(letterOf(batch, fields, i));
  }
  return { rest: select(batch, kept, count), letters };
}

function letterOf(batch: Batch, fields: readonly Field[], row: number): DeadLetter {
  const names = fields.map((f) => f.name);
  return {
    problem: problem('R-RECORD', {
      path: ['window'],
      message: 'The start or end of the row’s window is NULL.',
      expected: 'the bounds of a window',
      next: 'Let the rows come from a Window.',
    }),
    raw: rawRow(names, readRow(batch, fields, row)).slice(0, RAW_TEXT_MAX),
  };
}
