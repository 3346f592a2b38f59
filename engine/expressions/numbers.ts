/** Arithmetic as Flink has it: INT wraps, BIGINT is exact within ±(2^53 − 1) or fails, DOUBLE is IEEE 754. */
import { RowError } from './row-error.ts';

const BIGINT_MAX = Number.MAX_SAFE_INTEGER;

/** A BIGINT result, or a RowError where it is beyond what is exact. Never -0. */
export function bigint(value: number): number {
  if (value <= BIGINT_MAX && value >= -BIGINT_MAX) return value + 0;
  throw new RowError('A BIGINT is beyond ±9007199254740991, where Weir is exact.', {
    value,
    next: 'Compute with DOUBLE where rounding does not matter: CAST(… AS DOUBLE).',
  });
}

function zero(): never {
  throw new RowError('Division by zero.', {
    next: 'Divide by NULLIF(…, 0) for NULL instead, or by a DOUBLE for Infinity.',
  });
}

/** Toward zero. -2147483648 / -1 wraps, as in Java. */
export const divideInt = (a: number, b: number): number => (b === 0 ? zero() : (a / b) | 0);
export const divideBigint = (a: number, b: number): number => (b === 0 ? zero() : (a - (a % b)) / b + 0);
/** INT and BIGINT; the sign is the dividend's. */
export const remainder = (a: number, b: number): number => (b === 0 ? zero() : (a % b) + 0);

/** HALF_UP on the shortest decimal text of the number, as Flink and Spark do: ROUND(1.005, 2) is 1.01. */
export function round(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const scaled = shift(Math.abs(value), digits);
  // No decimals are left to round away, or the scale is beyond what a number holds.
  if (!(scaled < 2 ** 52)) return value;
  const rounded = shift(Math.round(scaled), -digits);
  return value < 0 ? -rounded : rounded;
}

export function truncate(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const scaled = shift(Math.abs(value), digits);
  if (!(scaled < 2 ** 52)) return value;
  const cut = shift(Math.floor(scaled), -digits);
  return value < 0 ? -cut : cut;
}

/** × 10^digits, exactly: the exponent of the decimal text moves. */
function shift(value: number, digits: number): number {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  return Number(`${mantissa}e${Number(exponent) + digits}`);
}

/** Java's Double.toString, which CAST(… AS STRING) shows in Flink and Spark: 1.0, 1.0E10. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity';
  const size = Math.abs(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (size >= 1e-3 && size < 1e7) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}
