/** Evaluates a checked tree over one row: what the generated code is tested against, and what it falls back to. */

import type { Scalar, Value } from '../contract/values.ts';
import type { Checked, CheckedCall } from './api.ts';
import { castValue } from './casts.ts';
import { equalityOf } from './compare.ts';
import { FUNCTION_BY_NAME } from './functions/index.ts';
import type { Implementation } from './functions/spec.ts';
import { like } from './like.ts';
import {
  arithmeticOf,
  comparisonOf,
  elementAt,
  implementationOf,
  inDomain,
  scaleFactor,
  scaleUp,
  tryCast,
} from './operators.ts';

/** `row`: values by field index. Throws a RowError where there is no value. */
export function evaluate(e: Checked, row: readonly Value[]): Value {
  if (e.kind === 'literal') return e.value;
  if (e.kind === 'field') return row[e.index] ?? null;
  switch (e.fn) {
    case 'and':
    case 'or':
      return logic(e, row);
    case 'is-null':
      return value(e, 0, row) === null;
    case 'is-true':
      return value(e, 0, row) === true;
    case 'is-false':
      return value(e, 0, row) === false;
    case 'is-distinct': {
      const [x, y] = [value(e, 0, row), value(e, 1, row)];
      return x === null || y === null ? x !== y : !equal(e, 0)(x, y);
    }
    case 'in':
      return within(e, row);
    case 'between':
      return between(e, row);
    case 'case':
      return caseValue(e, row);
    case 'case-of':
      return caseOfValue(e, row);
    case 'coalesce':
      for (let i = 0; i < e.args.length; i++) {
        const x = value(e, i, row);
        if (x !== null) return x;
      }
      return null;
    case 'nullif': {
      const [x, y] = [value(e, 0, row), value(e, 1, row)];
      return x !== null && y !== null && equal(e, 0)(x, y) ? null : x;
    }
    default:
      return strict(e, row);
  }
}

const value = (e: CheckedCall, i: number, row: readonly Value[]): Value => {
  const arg = e.args[i];
  return arg === undefined ? null : evaluate(arg, row);
};

/** Equality in the type of an argument. */
const equal = (e: CheckedCall, i: number): ((x: Value, y: Value) => boolean) =>
  equalityOf(e.args[i]?.type ?? e.type);

function logic(e: CheckedCall, row: readonly Value[]): Value {
  const decisive = e.fn === 'or';
  const x = value(e, 0, row);
  if (x === decisive) return decisive;
  const y = value(e, 1, row);
  if (y === decisive) return decisive;
  return x === null || y === null ? null : !decisive;
}

function within(e: CheckedCall, row: readonly Value[]): Value {
  const x = value(e, 0, row);
  const same = equal(e, 0);
  let unknown = x === null;
  let found = false;
  for (let i = 1; i < e.args.length; i++) {
    const y = value(e, i, row);
    if (y === null) unknown = true;
    else if (x !== null && same(x, y)) found = true;
  }
  if (x === null) return null;
  return found ? true : unknown ? null : false;
}

function between(e: CheckedCall, row: readonly Value[]): Value {
  const [x, low, high] = [value(e, 0, row), value(e, 1, row), value(e, 2, row)];
  if (x === null) return null;
  const type = e.args[0]?.type ?? e.type;
  const above = low === null ? null : comparisonOf('>=', type)(x, low);
  const below = high === null ? null : comparisonOf('<=', type)(x, high);
  if (above === false || below === false) return false;
  return above === null || below === null ? null : true;
}

function caseValue(e: CheckedCall, row: readonly Value[]): Value {
  for (let i = 0; i + 1 < e.args.length; i += 2) if (value(e, i, row) === true) return value(e, i + 1, row);
  return value(e, e.args.length - 1, row);
}

/** Operand, then WHEN and THEN in turns, then ELSE. The operand is computed once. */
function caseOfValue(e: CheckedCall, row: readonly Value[]): Value {
  const x = value(e, 0, row);
  for (let i = 1; i + 1 < e.args.length; i += 2) {
    const y = value(e, i, row);
    if (x !== null && y !== null && equal(e, 0)(x, y)) return value(e, i + 1, row);
  }
  return value(e, e.args.length - 1, row);
}

/** Everything that is NULL when an argument is, and functions. */
function strict(e: CheckedCall, row: readonly Value[]): Value {
  const args: Value[] = [];
  let unknown = false;
  for (const arg of e.args) {
    // Also after a NULL: a row fails or not whatever the order of its arguments.
    const x = evaluate(arg, row);
    if (x === null) unknown = true;
    args.push(x);
  }
  let compute = made.get(e);
  if (compute === undefined) {
    compute = computation(e);
    made.set(e, compute);
  }
  return unknown && FUNCTION_BY_NAME.get(e.fn)?.takesNull !== true ? null : compute(...args);
}

/** What a call does with arguments is found once for its tree. */
const made = new WeakMap<CheckedCall, Implementation>();

function computation(e: CheckedCall): Implementation {
  const from = e.args[0]?.type ?? e.type;
  switch (e.fn) {
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparisonOf(e.fn, from);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case 'neg': {
      const arithmetic = arithmeticOf(e);
      if (arithmetic === null) throw new Error(`no ${e.fn} of ${e.type.kind}`);
      return arithmetic;
    }
    case 'not':
      return (x: Value) => x !== true;
    case 'like':
      return (x: string, y: string, escapeWith: string | null = null) => like(x, y, escapeWith);
    case 'cast':
      return (x: Scalar) => castValue(x, from, e.type);
    case 'try-cast':
      return (x: Scalar) => tryCast(x, from, e.type);
    case 'rescale': {
      const factor = scaleFactor(from, e.type);
      return (x: number | bigint) => scaleUp(x, factor);
    }
    case 'element':
      return elementAt;
    case 'row-field': {
      const at = e.args[1]?.kind === 'literal' ? Number(e.args[1].value) : 0;
      return (x: readonly Value[]) => x[at] ?? null;
    }
    default: {
      const run = implementationOf(e, true);
      if (FUNCTION_BY_NAME.get(e.fn)?.exact === true)
        return (...args: Value[]) => inDomain(e.type, run(...args));
      const isBigint = e.args.map((a) => a.type.kind === 'BIGINT');
      return (...args: Value[]) =>
        inDomain(e.type, run(...args.map((x, i) => (isBigint[i] === true && x !== null ? Number(x) : x))));
    }
  }
}
