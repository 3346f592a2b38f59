/** Whether what came is what was expected. Rows are compared in the columns that the expected rows name. */
import { type Json, type JsonObject, object, show } from './case.ts';

/** A row that came out during a step. */
export interface Came {
  readonly step: number;
  readonly row: JsonObject;
  readonly ts: number | null;
  readonly pane?: JsonObject;
}

/** Null: equal. */
export type Difference = string | null;

/** Every expected row once, nothing else. `exact`: also in this order. */
export function compareRows(
  expected: readonly JsonObject[],
  came: readonly Came[],
  exact: boolean,
): Difference {
  const open = [...came];
  // Rows that must be there earliest choose first.
  const wanted = exact ? expected : [...expected].sort((a, b) => stepOf(a) - stepOf(b));
  for (const want of wanted) {
    const at = exact ? (open[0] !== undefined && matches(want, open[0]) ? 0 : -1) : firstMatch(want, open);
    if (at < 0) return `expected ${show(want)}; ${near(want, open)}`;
    open.splice(at, 1);
  }
  const [extra] = open;
  return extra === undefined
    ? null
    : `${open.length} more than expected, first at step ${extra.step}: ${show(extra.row)}`;
}

const stepOf = (expected: JsonObject): number =>
  typeof expected['by_step'] === 'number' ? expected['by_step'] : Infinity;

function firstMatch(want: JsonObject, open: readonly Came[]): number {
  return open.findIndex((came) => matches(want, came));
}

function matches(want: JsonObject, came: Came): boolean {
  const notBefore = want['not_before_step'];
  if (came.step > stepOf(want)) return false;
  if (typeof notBefore === 'number' && came.step < notBefore) return false;
  if (typeof want['ts'] === 'number' && want['ts'] !== came.ts) return false;
  if (want['pane'] !== undefined && !fits(object(want['pane']), came.pane ?? {})) return false;
  return fits(object(want['row']), came.row);
}

const fits = (want: JsonObject, have: JsonObject): boolean =>
  Object.entries(want).every(
    ([name, value]) => Object.hasOwn(have, name) && equal(value, have[name] ?? null),
  );

function near(want: JsonObject, open: readonly Came[]): string {
  const other = open.find((came) => fits(object(want['row']), came.row)) ?? open[0];
  return other === undefined
    ? 'nothing is left'
    : `came ${show({ step: other.step, ts: other.ts, ...other.row })}`;
}

/** Decimals are written as text in the cases, and carried as doubles by Weir for now: equal within rounding. */
export function equal(expected: Json, actual: Json): boolean {
  if (typeof actual === 'number') {
    const number =
      typeof expected === 'string' && /^-?\d+(\.\d+)?$/.test(expected) ? Number(expected) : expected;
    if (typeof number !== 'number') return false;
    if (Number.isInteger(number) && Number.isInteger(actual)) return number === actual;
    return Math.abs(number - actual) <= 1e-9 * Math.max(1, Math.abs(number));
  }
  return show(expected) === show(actual);
}
