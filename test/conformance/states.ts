/** The table that a result is after some steps, in the ways in which cases state it. */
import { type Case, isObject, type Json, type JsonObject, object, show } from './case.ts';
import { standingRows } from './changes.ts';
import { type Came, equal } from './compare.ts';
import { TIME_FIELD } from './fields.ts';
import type { Output } from './pipeline-run.ts';

/**
 * Rows as lists of values in the order of the fields (a case may leave out fields behind those that it lists), as objects, or as one object
 * from key to value or values. A joined row has the fields of both sides; or those of the right one that the left has too only once.
 */
export function compareStates(test: Case, came: readonly Came[], outputs: readonly Output[]): string | null {
  const differences = FORMS.map((form) => {
    for (const expected of test.expected.rows) {
      const until = Number(expected['by_step'] ?? Infinity);
      const standing = standingRows(came, outputs, until).map(({ row }) => row);
      const difference = compareState(expected['state'] ?? null, standing, form);
      if (difference !== null) return `after step ${until} ${difference}`;
    }
    return null;
  });
  return differences.includes(null) ? null : (differences[0] ?? null);
}

function compareState(state: Json, standing: readonly JsonObject[], form: Form): string | null {
  const wanted = isObject(state)
    ? Object.entries(state)
    : Array.isArray(state)
      ? (state as readonly Json[])
      : [];
  const open = [...standing];
  for (const row of wanted) {
    const at = open.findIndex((have) => fits(row as Json, have, form));
    if (at < 0) return `expected ${show(row)}, there are ${show(standing.map(form))}`;
    open.splice(at, 1);
  }
  const [extra] = open;
  return extra === undefined ? null : `there is also ${show(form(extra))}`;
}

function fits(wanted: Json, have: JsonObject, form: Form): boolean {
  if (isObject(wanted))
    return Object.entries(wanted).every(([name, value]) => name in have && equal(value, have[name] ?? null));
  const values = form(have);
  const list = Array.isArray(wanted) ? (wanted as readonly Json[]) : [wanted];
  return list.every((value, c) => {
    // `{key: {sum: 2, count: 1}}`
    if (c > 0 && isObject(value)) return fits(object(value), have, form);
    return equal(value, values[c] ?? null);
  });
}

type Form = (row: JsonObject) => Json[];

const SIDED = /^(left|right)_/;

/** Not its time where no case gave one, nor other names for the same. */
function own(row: JsonObject): [string, Json][] {
  const sided = Object.keys(row).some((name) => SIDED.test(name));
  return Object.entries(row).filter(
    ([name]) => !name.endsWith(TIME_FIELD) && name !== 'ts' && (!sided || SIDED.test(name)),
  );
}

const FORMS: readonly Form[] = [
  (row) => own(row).map(([, value]) => value),
  (row) =>
    own(row).flatMap(([name, value]): Json[] => {
      const [, side, field] = /^(left|right)_(.*)$/.exec(name) ?? [];
      const twin = row[`${side === 'left' ? 'right' : 'left'}_${field}`];
      if (side === undefined || twin === undefined) return [value];
      return side === 'left' ? [value ?? twin] : [];
    }),
];
