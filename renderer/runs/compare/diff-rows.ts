/** What two sinks got, compared as multisets: the order in which rows came does not count. Pure. */
import type { Sample } from '../../../engine/contract/link.ts';

type Row = Sample['rows'][number];

export interface RowsDiff {
  readonly onlyA: Row[];
  readonly onlyB: Row[];
  readonly both: number;
  /** Both samples hold all rows that passed. Else only the last ones were compared. */
  readonly whole: boolean;
  /** The same names and types in the same order. Else no row of one can be one of the other. */
  readonly sameColumns: boolean;
}

export function diffRows(a: Sample, b: Sample): RowsDiff {
  const sameColumns = JSON.stringify(a.columns) === JSON.stringify(b.columns);
  const whole = a.total === a.rows.length && b.total === b.rows.length;
  if (!sameColumns) return { onlyA: a.rows, onlyB: b.rows, both: 0, whole, sameColumns };
  const open = new Map<string, number>();
  for (const row of b.rows) open.set(keyOf(row), (open.get(keyOf(row)) ?? 0) + 1);
  const onlyA = a.rows.filter((row) => !take(open, row));
  const onlyB = b.rows.filter((row) => take(open, row));
  return { onlyA, onlyB, both: a.rows.length - onlyA.length, whole, sameColumns };
}

function take(open: Map<string, number>, row: Row): boolean {
  const key = keyOf(row);
  const left = open.get(key) ?? 0;
  if (left > 0) open.set(key, left - 1);
  return left > 0;
}

/** Cells and what the row does; when it came is another in every run. */
const keyOf = (row: Row): string => JSON.stringify([row.change ?? '+I', row.cells]);
