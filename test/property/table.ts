import { type CapturedRow, standing } from '../../engine/runtime/captured.ts';
import { rowKey } from '../../engine/testing/rows.ts';

/** Sums and averages whose last digits go by the order in which workers send them count as equal. */
const DIGITS = 10;

/** What stands at the end, as texts to be compared. */
export const tableOf = (rows: readonly CapturedRow[]): string[] =>
  standing(rows)
    .map((row) =>
      rowKey(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rounded(value)]))),
    )
    .sort();

const rounded = (value: CapturedRow[string]): CapturedRow[string] =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;
