/** The order of values of one type, neither of them NULL, as SQL sorts them. */

import type { Scalar } from '../contract/values.ts';
import { compareStrings } from '../expressions/compare.ts';

/**
 * Strings by code point, bytes unsigned, false before true, NaN above all other numbers (Java's Double.compare, Spark). Numbers
 * and bigints of one BIGINT field compare with each other.
 * @returns below, at or above 0
 */
export function compareValues(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
