/**
 * BIGINT arithmetic. Generated code works on doubles as long as values are within ±(2^53 − 1): `big` looks at each result, and
 * `WideNeeded` has the batch run again by these functions, which take numbers and bigints and wrap at 64 bits as Java does.
 */
import { toBigint } from '../contract/values.ts';
import { RowError } from './row-error.ts';

export type Whole = number | bigint;

/** A result that a double does not hold exactly: not an error of the row. */
export class WideNeeded extends Error {}
const WIDE_NEEDED = new WideNeeded('a BIGINT beyond 2^53');

/** A BIGINT result of narrow code. */
export function big(x: unknown): number {
  if (Number.isSafeInteger(x)) return x as number;
  throw WIDE_NEEDED;
}

/** The same for what may be NULL. */
export const bigOrNull = (x: unknown): number | null => (x === null ? null : big(x));

/** Any whole number in the one form of a BIGINT. */
export function whole(x: Whole): Whole {
  if (typeof x === 'bigint') return toBigint(x);
  return Number.isSafeInteger(x) ? x + 0 : toBigint(BigInt(x));
}
export const wholeOrNull = (x: Whole | null): Whole | null => (x === null ? null : whole(x));

export function add(x: Whole, y: Whole): Whole {
  if (typeof x === 'number' && typeof y === 'number') {
    const sum = x + y;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return toBigint(BigInt(x) + BigInt(y));
}

export function subtract(x: Whole, y: Whole): Whole {
  if (typeof x === 'number' && typeof y === 'number') {
    const difference = x - y;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return toBigint(BigInt(x) - BigInt(y));
}

export function multiply(x: Whole, y: Whole): Whole {
  if (typeof x === 'number' && typeof y === 'number') {
    const product = x * y;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return toBigint(BigInt(x) * BigInt(y));
}

export function divide(x: Whole, y: Whole): Whole {
  if (y === 0) throw new RowError('division by zero');
  if (typeof x === 'number' && typeof y === 'number') return Math.trunc(x / y) + 0;
  return toBigint(BigInt(x) / BigInt(y));
}

export function remainder(x: Whole, y: Whole): Whole {
  if (y === 0) throw new RowError('division by zero');
  if (typeof x === 'number' && typeof y === 'number') return (x % y) + 0;
  return toBigint(BigInt(x) % BigInt(y));
}

export const negative = (x: Whole): Whole => (typeof x === 'number' ? 0 - x : toBigint(-x));

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** The value where it is a BIGINT, else null. */
export const inRange = (x: bigint): Whole | null => (x >= LEAST && x <= MOST ? toBigint(x) : null);
