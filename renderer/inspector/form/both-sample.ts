/** The last records of both sides of a join, beside each other as a condition sees them. Pure. */
import type { Sample } from '../../../engine/contract/link.ts';

/** One row: the last of each side. They need not be partners; they show what the condition gives for two such rows. */
export function bothSample(left: Sample | null, right: Sample | null): Sample | null {
  const [l, r] = [left?.rows.at(-1), right?.rows.at(-1)];
  if (left === null || right === null || l === undefined || r === undefined) return null;
  return {
    columns: [...named('left', left), ...named('right', right)],
    rows: [{ time: null, cells: [...l.cells, ...r.cells] }],
    total: 1,
  };
}

const named = (side: string, { columns }: Sample): Sample['columns'] =>
  columns.map((column) => ({ ...column, name: `${side}.${column.name}` }));
