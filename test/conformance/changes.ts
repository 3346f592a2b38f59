/** Changelogs of the cases: every change in its order, or the table that they leave behind. */
import { type Case, type Json, type JsonObject, list, object, show, text } from './case.ts';
import { type Came, compareRows, equal } from './compare.ts';
import { TIME_FIELD } from './fields.ts';
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
): string | null {
  const isUpsert = expected.some((e) => e['op'] === 'upsert' || e['op'] === 'delete');
  const changes = isUpsert
    ? upserts(came, outputs)
    : came.map((c, at) => withOp(c, outputs[at]?.change ?? '+I'));
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
 * A record of a table touches one row of the result, which a case states once: as it is after the step. What lies between (an outer join
 * first takes a row back, then pads it, then gives the new one) is not seen.
 */
function upserts(came: readonly Came[], outputs: readonly Output[]): Came[] {
  return came.flatMap((c, at): Came[] => {
    if (outputs[at + 1]?.step === c.step) return [];
    const change = outputs[at]?.change ?? '+I';
    return change === '+I' || change === '+U' ? [withOp(c, 'upsert')] : [{ ...c, row: { op: 'delete' } }];
  });
}

/** The values of the row's own fields: not its time where no case gave one, nor other names for the same. */
function statedValues(row: JsonObject): Json[] {
  const sided = Object.keys(row).some((name) => /^(left|right)_/.test(name));
  return Object.entries(row)
    .filter(
      ([name]) => !name.endsWith(TIME_FIELD) && name !== 'ts' && (!sided || /^(left|right)_/.test(name)),
    )
    .map(([, value]) => value);
}

/**
 * The table after some steps: as rows (lists of values in the order of the fields), or as an object from key to value. A case may
 * leave out fields behind those that it lists.
 */
export function compareStates(test: Case, came: readonly Came[], outputs: readonly Output[]): string | null {
  for (const expected of test.expected.rows) {
    const until = Number(expected['by_step'] ?? Infinity);
    const standing = standingRows(came, outputs, until).map(({ row }) => statedValues(row));
    const state = expected['state'] ?? null;
    const wanted = Array.isArray(state)
      ? (state as readonly Json[]).map(list)
      : Object.entries(object(state));
    const open = [...standing];
    for (const row of wanted) {
      const at = open.findIndex((have) => row.every((value, c) => equal(value, have[c] ?? null)));
      if (at < 0) return `after step ${until} expected ${show(row)}, there are ${show(standing)}`;
      open.splice(at, 1);
    }
    if (open.length > 0) return `after step ${until} there is also ${show(open[0])}`;
  }
  return null;
}
