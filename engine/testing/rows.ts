/** Comparing rows that were written down with rows that came. */
import type { EdgeSchema } from '../contract/types.ts';
import { isoTime } from '../contract/value-text.ts';
import type { CapturedRow } from '../runtime/captured.ts';

/** A row as people write it: times in ISO 8601. */
export function isoRow(row: CapturedRow, schema: EdgeSchema | undefined): CapturedRow {
  const times = new Set(schema?.fields.filter((f) => f.type.kind === 'TIMESTAMP').map((f) => f.name));
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      times.has(name) && typeof value === 'number' ? isoTime(value) : value,
    ]),
  );
}

/** What one bag of rows has that the other lacks. Keys in any order; NaN is equal to itself. */
export function sameBag(
  expected: readonly CapturedRow[],
  actual: readonly CapturedRow[],
): { missing: CapturedRow[]; unexpected: CapturedRow[] } {
  const left = new Map<string, CapturedRow[]>();
  for (const row of actual) {
    const key = rowKey(row);
    const same = left.get(key);
    if (same === undefined) left.set(key, [row]);
    else same.push(row);
  }
  const missing = expected.filter((row) => left.get(rowKey(row))?.pop() === undefined);
  return { missing, unexpected: [...left.values()].flat() };
}

export const rowKey = (row: CapturedRow): string =>
  JSON.stringify(
    Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)),
    (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
  );
