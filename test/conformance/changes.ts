/** Changelogs of the cases: every change in its order, or the table that they leave behind. */
import { type JsonObject, object, show, text } from './case.ts';
import { type Came, compareRows } from './compare.ts';
import type { Output } from './pipeline-run.ts';

/** The rows that stand when all changes up to a step were applied. */
export function standingRows(came: readonly Came[], outputs: readonly Output[], until = Infinity): Came[] {
  const standing: { key: string; row: Came }[] = [];
  came.forEach((row, at) => {
    if (row.step > until) return;
    const key = show(outputs[at]?.row);
    const change = outputs[at]?.change ?? '+I';
    if (change === '+I' || change === '+U') {
      standing.push({ key, row });
      return;
    }
    const index = standing.findLastIndex((s) => s.key === key);
    if (index < 0) throw new Error(`a row was taken back that is not there: ${key}`);
    standing.splice(index, 1);
  });
  return standing.map(({ row }) => row);
}

/**
 * `+I`, `-U`, `+U`, `-D` as they are; or Kafka's `upsert` and `delete`, where the row before an update is not told. `exact per key`: the
 * order counts among the rows of one key, which is the first field of the row.
 */
export function compareChanges(
  expected: readonly JsonObject[],
  came: readonly Came[],
  outputs: readonly Output[],
  order: string,
  keyNames: readonly string[] = [],
): string | null {
  const isUpsert = expected.some((e) => e['op'] === 'upsert' || e['op'] === 'delete');
  if (isUpsert) return compareOps(expected, upserts(came, outputs, keyNames), order);
  // Upsert form: what stood before an update is not told.
  const tellsBefore = !expected.some((e) => e['op'] === '+U') || expected.some((e) => e['op'] === '-U');
  const literal = came
    .map((c, at) => withOp(c, outputs[at]?.change ?? '+I'))
    .filter((c) => tellsBefore || c.row['op'] !== '-U');
  const difference = compareOps(expected, literal, order);
  return difference === null || keyNames.length === 0
    ? difference
    : compareOps(expected, insertsAndDeletes(literal, keyNames), order) === null
      ? null
      : difference;
}

/**
 * Where a condition lets only one half of an update through, Flink leaves it as it is; engines without such pairs call it an insert or a
 * delete.
 */
function insertsAndDeletes(changes: readonly Came[], keys: readonly string[]): Came[] {
  const id = (c: Came): string => show(keys.map((key) => c.row[key] ?? null));
  const standing = new Set<string>();
  return changes.map((c, at) => {
    const { op } = c.row;
    const key = id(c);
    if (op === '+I' || op === '+U') {
      const isNew = !standing.has(key);
      standing.add(key);
      return isNew ? withOp(c, '+I') : c;
    }
    const goesOn = changes.slice(at + 1).find((later) => id(later) === key);
    if (op === '-U' && goesOn?.step === c.step) return c;
    standing.delete(key);
    return withOp(c, '-D');
  });
}

function compareOps(expected: readonly JsonObject[], changes: readonly Came[], order: string): string | null {
  const wanted = expected.map((e): JsonObject => ({ ...e, row: { ...object(e['row']), op: text(e['op']) } }));
  if (order !== 'exact per key') return compareRows(wanted, changes, order === 'exact');
  const [key = ''] = Object.keys(object(expected[0]?.['row']));
  const keys = new Set([
    ...wanted.map((w) => show(object(w['row'])[key])),
    ...changes.map((c) => show(c.row[key])),
  ]);
  for (const value of keys) {
    const difference = compareRows(
      wanted.filter((w) => show(object(w['row'])[key]) === value),
      changes.filter((c) => show(c.row[key]) === value),
      true,
    );
    if (difference !== null) return `${key} ${value}: ${difference}`;
  }
  return null;
}

const withOp = (came: Came, op: string): Came => ({ ...came, row: { ...came.row, op } });

/**
 * A record of a table touches a row of the result once: the case states it as it is after the step. What lies between (an outer join
 * first takes a row back, then pads it, then gives the new one) is not seen. A row that is gone has nothing but its key.
 */
export function upserts(came: readonly Came[], outputs: readonly Output[], keys: readonly string[]): Came[] {
  const id = (c: Came): string => show([c.step, ...keys.map((key) => c.row[key] ?? null)]);
  const last = new Map(came.map((c, at) => [id(c), at]));
  return came.flatMap((c, at): Came[] => {
    if (last.get(id(c)) !== at) return [];
    const change = outputs[at]?.change ?? '+I';
    return [change === '+I' || change === '+U' ? withOp(c, 'upsert') : withOp(gone(c, keys), 'delete')];
  });
}

const gone = (came: Came, keys: readonly string[]): Came => ({
  ...came,
  row: Object.fromEntries(
    Object.entries(came.row).map(([name, value]) => [name, keys.includes(name) ? value : null]),
  ),
});

/**
 * Without `op`: what a row of the table is now, with NULL beside its key where it is gone. In exact order every update; else of each key
 * the last.
 */
export function compareUpserts(
  expected: readonly JsonObject[],
  came: readonly Came[],
  outputs: readonly Output[],
  order: string,
  keys: readonly string[],
): string | null {
  const updates = upserts(came, outputs, keys);
  const id = (row: JsonObject): string => show(keys.map((key) => row[key] ?? null));
  if (order === 'exact') return compareRows(expected, updates, true);
  if (order === 'exact per key') {
    const ids = new Set([...expected.map((e) => id(object(e['row']))), ...updates.map((u) => id(u.row))]);
    return [...ids].reduce<string | null>((before, key) => {
      const wanted = expected.filter((e) => id(object(e['row'])) === key);
      return (
        before ??
        compareRows(
          wanted,
          updates.filter((u) => id(u.row) === key),
          true,
        )
      );
    }, null);
  }
  const wanted = new Map(expected.map((e) => [id(object(e['row'])), e]));
  const last = new Map(updates.map((u) => [id(u.row), u]));
  return compareRows([...wanted.values()], [...last.values()], false);
}
