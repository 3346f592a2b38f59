/** Evaluates a checked tree over one row. */

import type { Scalar } from '../contract/values.ts';
import type { Checked, CheckedCall } from './api.ts';
import { castValue } from './casts.ts';
import { FUNCTION_BY_NAME } from './functions/index.ts';
import type { Value } from './functions/spec.ts';
import { like } from './like.ts';
import { arithmetic, compare, inDomain, negate, tryCast } from './operators.ts';

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
      return x === null || y === null ? x !== y : x !== y;
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
      return x !== null && y !== null && x === y ? null : x;
    }
    default:
      return strict(e, row);
  }
}

const value = (e: CheckedCall, i: number, row: readonly Value[]): Value => {
  const arg = e.args[i];
  return arg === undefined ? null : evaluate(arg, row);
};

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
  let unknown = x === null;
  let found = false;
  for (let i = 1; i < e.args.length; i++) {
    const y = value(e, i, row);
    if (y === null) unknown = true;
    else if (x === y) found = true;
  }
  if (x === null) return null;
  return found ? true : unknown ? null : false;
}

function between(e: CheckedCall, row: readonly Value[]): Value {
  const [x, low, high] = [value(e, 0, row), value(e, 1, row), value(e, 2, row)];
  if (x === null) return null;
  const above = low === null ? null : compare('>=', x as number, low as number);
  const below = high === null ? null : compare('<=', x as number, high as number);
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
    if (x !== null && x === y) return value(e, i + 1, row);
  }
  return value(e, e.args.length - 1, row);
}

/** Everything that is NULL when an argument is. */
function strict(e: CheckedCall, row: readonly Value[]): Value {
  const args: Scalar[] = [];
  let unknown = false;
  for (const arg of e.args) {
    // Also after a NULL: a row fails or not whatever the order of its arguments.
    const x = evaluate(arg, row);
    if (x === null) unknown = true;
    else args.push(x);
  }
  if (unknown) return null;
  const [x, y] = args;
  const kind = e.type.kind;
  switch (e.fn) {
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(e.fn, (x ?? 0) as number, (y ?? 0) as number);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(e.fn, kind, Number(x), Number(y));
    case 'neg':
      return negate(kind, Number(x));
    case 'not':
      return x !== true;
    case 'like':
      return like(String(x), String(y), args.length > 2 ? String(args[2]) : null);
    case 'cast':
      return castValue((x ?? 0) as boolean | number | string, e.args[0]?.type.kind ?? kind, kind);
    case 'try-cast':
      return tryCast((x ?? 0) as boolean | number | string, e.args[0]?.type.kind ?? kind, kind);
    default: {
      const spec = FUNCTION_BY_NAME.get(e.fn);
      if (spec === undefined) throw new Error(`no function ${e.fn}`);
      return inDomain(spec, kind, spec.call(...args));
    }
  }
}
