/**
 * DECIMAL: result types and arithmetic on unscaled values, by Flink's rules (`LogicalTypeMerging`, `DecimalDataUtils`): at most 38
 * digits, rounded half up, and NULL where a result has more.
 */
import type { DataType } from '../contract/types.ts';
import { RowError } from './row-error.ts';

export type Decimal = DataType & { kind: 'DECIMAL' };
export const PRECISION_MAX = 38;
/** Digits after the point that a result keeps where its whole digits leave too little room. */
const SCALE_KEPT = 6;

export const decimal = (precision: number, scale: number): Decimal => ({ kind: 'DECIMAL', precision, scale });

/** A whole number's type beside a DECIMAL. */
export const asDecimal = (type: DataType): Decimal =>
  type.kind === 'DECIMAL' ? type : decimal(type.kind === 'INT' ? 10 : 19, 0);

/** The type of `a op b`. `exact`: it holds every result, so that none overflows to NULL. */
export function resultOf(op: string, a: Decimal, b: Decimal): { type: Decimal; exact: boolean } {
  const whole = [a.precision - a.scale, b.precision - b.scale] as const;
  switch (op) {
    case '*':
      return capped(a.precision + b.precision + 1, a.scale + b.scale);
    case '/': {
      const scale = Math.max(6, a.scale + b.precision + 1);
      return capped(a.precision - a.scale + b.scale + scale, scale);
    }
    case '%': {
      if (a.scale === 0 && b.scale === 0) return { type: b, exact: true };
      const scale = Math.max(a.scale, b.scale);
      return capped(Math.min(...whole) + scale, scale);
    }
    default: {
      const scale = Math.max(a.scale, b.scale);
      return capped(Math.max(...whole) + scale + 1, scale);
    }
  }
}

function capped(precision: number, scale: number): { type: Decimal; exact: boolean } {
  if (precision <= PRECISION_MAX) return { type: decimal(precision, scale), exact: true };
  const kept = Math.max(PRECISION_MAX - (precision - scale), Math.min(scale, SCALE_KEPT));
  return { type: decimal(PRECISION_MAX, kept), exact: false };
}

/** The type of ROUND(x, digits). */
export function roundedType({ precision, scale }: Decimal, digits: number): Decimal {
  if (digits >= scale) return decimal(precision, scale);
  if (digits < 0) return decimal(Math.min(PRECISION_MAX, 1 + precision - scale), 0);
  return decimal(1 + precision - scale + digits, digits);
}

/** The type that two have in common, in CASE, COALESCE, IN, … */
export function commonDecimal(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  return decimal(Math.min(PRECISION_MAX, whole + scale), scale);
}

/** SUM of a DECIMAL. */
export const sumType = (of: Decimal): Decimal => decimal(PRECISION_MAX, of.scale);
/** AVG of a DECIMAL. */
export const averageType = (of: Decimal): Decimal => resultOf('/', sumType(of), decimal(20, 0)).type;

const POWERS: bigint[] = [1n];
/** 10^n. */
export function power10(n: number): bigint {
  for (let i = POWERS.length; i <= n; i++) POWERS.push((POWERS[i - 1] ?? 1n) * 10n);
  return POWERS[n] ?? 1n;
}

const size = (x: bigint): bigint => (x < 0n ? -x : x);

/** x / y, half up (away from zero). */
export function divideHalfUp(x: bigint, y: bigint): bigint {
  const quotient = x / y;
  const rest = x % y;
  if (size(rest) * 2n < size(y)) return quotient;
  return x < 0n === y < 0n ? quotient + 1n : quotient - 1n;
}

/** The unscaled value at another scale. */
export function rescale(x: bigint, from: number, to: number): bigint {
  return to >= from ? x * power10(to - from) : divideHalfUp(x, power10(from - to));
}

/** The value where it has at most `precision` digits, else null. */
export const fitting = (x: bigint, precision: number): bigint | null =>
  size(x) < power10(precision) ? x : null;

/** What computes `a op b`; NULL on overflow. Throws a RowError for a division by zero. */
export function decimalOperation(
  op: string,
  a: Decimal,
  b: Decimal,
  result: Decimal,
): (x: bigint, y: bigint) => bigint | null {
  const { precision, scale } = result;
  const both = Math.max(a.scale, b.scale);
  const [up, upOther] = [power10(both - a.scale), power10(both - b.scale)];
  switch (op) {
    case '+':
      return (x, y) => fitting(rescale(x * up + y * upOther, both, scale), precision);
    case '-':
      return (x, y) => fitting(rescale(x * up - y * upOther, both, scale), precision);
    case '*':
      return (x, y) => fitting(rescale(x * y, a.scale + b.scale, scale), precision);
    case '/':
      return (x, y) => {
        if (y === 0n) throw new RowError('division by zero');
        // x / 10^sa ÷ y / 10^sb at the result's scale.
        const shift = scale - a.scale + b.scale;
        const [above, below] = shift >= 0 ? [x * power10(shift), y] : [x, y * power10(-shift)];
        return fitting(divideHalfUp(above, below), precision);
      };
    default:
      return (x, y) => {
        if (y === 0n) throw new RowError('division by zero');
        return fitting(rescale((x * up) % (y * upOther), both, scale), precision);
      };
  }
}

/** A stranger's text: reading more digits would take seconds. */
const DIGITS_READ_MAX = 10_000;
const TEXT = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?\s*$/i;

/** A number's text as an unscaled value of `scale`, half up; null where it is not a number. */
export function parseDecimal(text: string, scale: number): bigint | null {
  const match = TEXT.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '' || digits.length > DIGITS_READ_MAX) return null;
  const shift = scale - fraction.length + Number(exponent);
  const value = BigInt(digits);
  // More digits than any DECIMAL has; as many as that before the point overflow whatever they are.
  if (value !== 0n && shift > 2 * PRECISION_MAX) return power10(2 * PRECISION_MAX);
  const unscaled =
    value === 0n || -shift > digits.length
      ? 0n
      : shift >= 0
        ? value * power10(shift)
        : divideHalfUp(value, power10(-shift));
  return sign === '-' ? -unscaled : unscaled;
}

/** Rounded half up at `digits` after the point (negative: before it), as `roundedType` holds it. */
export function roundDecimal(x: bigint, scale: number, digits: number): bigint {
  if (digits >= scale) return x;
  if (digits >= 0) return rescale(x, scale, digits);
  // Whole numbers have no more digits than this.
  if (-digits > PRECISION_MAX) return 0n;
  return divideHalfUp(x, power10(scale - digits)) * power10(-digits);
}

export const decimalToNumber = (x: bigint, scale: number): number => {
  const size = x < 0n ? -x : x;
  // Both are exact doubles, whose quotient is the nearest one.
  if (size <= BigInt(Number.MAX_SAFE_INTEGER) && scale <= 22) return Number(x) / 10 ** scale;
  return Number(`${x}e${-scale}`);
};
