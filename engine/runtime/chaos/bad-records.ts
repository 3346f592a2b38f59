import type { Batch } from '../../batch/batch.ts';
import { valueAt } from '../../batch/column.ts';
import { gather } from '../../batch/gather.ts';
import { problem } from '../../contract/problems.ts';
import type { Field } from '../../contract/types.ts';
import { type DeadLetter, RAW_TEXT_MAX, type SourceOutput } from '../contracts.ts';
import { randomAt } from '../random.ts';

/**
 * Takes records out by chance, as if they could not be read.
 * @param first number of the first record: a record that is given again has the same fate
 */
export function spoil(
  output: SourceOutput,
  fields: readonly Field[],
  first: number,
  chance: number,
  seed: number,
): SourceOutput {
  const { batch } = output;
  if (batch === null) return output;
  const rows = Array.from({ length: batch.length }, (_, row) => row);
  const bad = rows.filter((row) => randomAt(seed, first + row) < chance);
  if (bad.length === 0) return output;
  const isBad = new Set(bad);
  return {
    ...rowsOf(output, batch, Int32Array.from(rows.filter((row) => !isBad.has(row)))),
    deadLetters: [...output.deadLetters, ...bad.map((row) => letter(batch, fields, row))],
  };
}

/** Of a source's output, which selects nothing, some rows. */
export function rowsOf(
  output: SourceOutput,
  batch: Batch,
  rows: Int32Array,
): Pick<SourceOutput, 'batch' | 'partitions'> {
  const columns = batch.columns.map((column) => gather(column, rows));
  return {
    batch: { ...batch, columns, length: rows.length, count: rows.length },
    partitions: output.partitions === null ? null : rows.map((row) => output.partitions?.[row] ?? 0),
  };
}

function letter(batch: Batch, fields: readonly Field[], row: number): DeadLetter {
  const cells = fields.flatMap((f, c) => {
    const column = batch.columns[c];
    return column === undefined ? [] : [[f.name, valueAt(column, f.type, row)]];
  });
  const shown = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  return {
    problem: problem('R-CHAOS', {
      path: [],
      message: 'The record was made bad on purpose.',
      next: 'This is what was asked for: leave the failure out, and it is good again.',
    }),
    raw: JSON.stringify(Object.fromEntries(cells), shown).slice(0, RAW_TEXT_MAX),
  };
}
