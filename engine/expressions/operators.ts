/** What operators do with values that are not NULL: the one meaning behind interpreter and generated code. */
import type { TypeKind } from '../contract/types.ts';
import { castValue } from './casts.ts';
import { compareStrings } from './compare.ts';
import { FUNCTIONS } from './functions/index.ts';
import type { FunctionSpec, Value } from './functions/spec.ts';
import { like } from './like.ts';
import { RowError } from './row-error.ts';

/** A BIGINT result; beyond 2^53 it would not be exact. */
export function big(x: number): number {
  if (Number.isSafeInteger(x)) return x;
  throw new RowError(`BIGINT result ${x} is beyond ±(2^53 − 1), which the engine carries exactly`);
}

export function intDivide(x: number, y: number): number {
  if (y === 0) throw new RowError('division by zero');
  return Math.trunc(x / y) + 0;
}

export function intModulo(x: number, y: number): number {
  if (y === 0) throw new RowError('division by zero');
  // Nearly all ids and counts have 32 bits, whose remainder takes a third of the time of that of doubles.
  const x32 = x | 0;
  const y32 = y | 0;
  return x32 === x && y32 === y ? (x32 % y32) | 0 : (x % y) + 0;
}

/** Arithmetic in the type of the result: INT wraps in 32 bits as in Java, BIGINT stays exact or fails, DOUBLE is IEEE. */
export function arithmetic(op: string, kind: TypeKind, x: number, y: number): number {
  switch (op) {
    case '+':
      return kind === 'INT' ? (x + y) | 0 : kind === 'BIGINT' ? big(x + y) : x + y;
    case '-':
      return kind === 'INT' ? (x - y) | 0 : kind === 'BIGINT' ? big(x - y) : x - y;
    case '*':
      return kind === 'INT' ? Math.imul(x, y) : kind === 'BIGINT' ? big(x * y) + 0 : x * y;
    case '/':
      return kind === 'DOUBLE' ? x / y : kind === 'INT' ? intDivide(x, y) | 0 : intDivide(x, y);
    default:
      return kind === 'DOUBLE' ? x % y : intModulo(x, y);
  }
}

export const negate = (kind: TypeKind, x: number): number =>
  kind === 'INT' ? -x | 0 : kind === 'BIGINT' ? 0 - x : -x;

/** Negative, zero or positive; NaN compares false with everything, also in `<>`'s opposite. */
export function compare(op: string, x: boolean | number | string, y: boolean | number | string): boolean {
  if (typeof x === 'string' && typeof y === 'string' && op !== '=' && op !== '<>')
    return compare(op, compareStrings(x, y), 0);
  switch (op) {
    case '=':
      return x === y;
    case '<>':
      return x !== y;
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '>':
      return x > y;
    default:
      return x >= y;
  }
}

/** A function's number as its type holds it: INT wraps, BIGINT is exact or fails; neither is ever -0. */
export function inDomain(fn: FunctionSpec, kind: TypeKind, x: Value): Value {
  if (fn.group !== 'number' || typeof x !== 'number') return x;
  return kind === 'INT' ? x | 0 : kind === 'BIGINT' ? big(x) + 0 : x;
}

export function tryCast(value: boolean | number | string, from: TypeKind, to: TypeKind): Value {
  try {
    return castValue(value, from, to);
  } catch (error) {
    if (error instanceof RowError) return null;
    throw error;
  }
}

/** What generated code may call, as `f.…`: functions under their own names. */
export const HELPERS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  ...Object.fromEntries(FUNCTIONS.map((fn) => [fn.name, fn.call])),
  big,
  intDivide,
  intModulo,
  compareStrings,
  castValue,
  tryCast,
  like,
};
