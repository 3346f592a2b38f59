import { INT, isNumeric } from '../../contract/types.ts';
import { toBigint } from '../../contract/values.ts';
import { orderOf } from '../compare.ts';
import { decimal, PRECISION_MAX, power10, roundDecimal, roundedType } from '../decimal.ts';
import { RowError } from '../row-error.ts';
import type { Binding, FunctionSpec, Implementation, Value } from './spec.ts';
import { ordered, sameNumber, takes, widest } from './types.ts';

/** Half up, away from zero, at a number of digits after the point (negative: before it). By decimal text: 1.005 is not 1.00. */
const round = (x: number, digits = 0): number => scaled(x, digits, Math.round);
const truncate = (x: number, digits = 0): number => scaled(x, digits, Math.floor);

function scaled(x: number, digits: number, cut: (size: number) => number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const size = shift(Math.abs(x), digits);
  // Nothing is left behind the point, or the digits are more than a number has.
  if (!(size < 2 ** 52)) return x;
  const result = shift(cut(size), -digits);
  return x < 0 ? -result : result;
}

/** × 10^digits by moving the exponent of the decimal text. */
function shift(x: number, digits: number): number {
  const [mantissa = '0', exponent = '0'] = String(x).split('e');
  return Number(`${mantissa}e${Number(exponent) + digits}`);
}

/** The extreme by the order that comparisons have; a NaN among numbers wins, as with Math.max. */
function extreme({ result: type, wide }: Binding, sign: 1 | -1): Implementation {
  if (type.kind === 'INT' || type.kind === 'DOUBLE' || (type.kind === 'BIGINT' && !wide))
    return sign > 0 ? Math.max : Math.min;
  const order = orderOf(type);
  return (...values: Value[]) =>
    values.reduce((best, x) => (order(x, best) * sign > 0 ? x : best), values[0] ?? null);
}

/** What a function of one number (and digits) does with each kind of number. */
const byKind =
  (of: {
    whole?: (x: bigint, digits: number) => bigint;
    decimal: (x: bigint, scale: number, digits: number) => bigint;
  }): NonNullable<FunctionSpec['bind']> =>
  ({ args: [type], literals: [, digits], wide }) => {
    if (type?.kind === 'DECIMAL') {
      const { scale } = type;
      return (x: bigint) => of.decimal(x, scale, Number(digits ?? 0));
    }
    const { whole } = of;
    if (type?.kind !== 'BIGINT' || !wide || whole === undefined) return null;
    return (x: number | bigint, n: number | bigint = 0) => toBigint(whole(BigInt(x), Number(n)));
  };

const sizeOf = (x: bigint): bigint => (x < 0n ? -x : x);
const signOf = (x: bigint): bigint => (x < 0n ? -1n : x > 0n ? 1n : 0n);
const floorAt = (x: bigint, unit: bigint): bigint => (x < 0n ? -((unit - 1n - x) / unit) : x / unit);

/** A BIGINT has 19 digits: what is rounded above them is 0. */
const roundWhole = (x: bigint, digits: number): bigint => (digits < -19 ? 0n : roundDecimal(x, 0, digits));
const cutWhole = (x: bigint, digits: number): bigint =>
  digits >= 0 ? x : digits < -19 ? 0n : (x / power10(-digits)) * power10(-digits);
const cutDecimal = (x: bigint, scale: number, digits: number): bigint => {
  if (digits >= scale) return x;
  if (-digits > PRECISION_MAX) return 0n;
  const unit = power10(scale - digits);
  return digits < 0 ? (x / unit) * power10(-digits) : x / unit;
};

/** A DECIMAL is rounded to a type, so that the digits must be known beforehand. */
const rounding: FunctionSpec['result'] = (args, literals) => {
  const [type] = args;
  if (type?.kind !== 'DECIMAL') return sameNumber(args);
  if (args.length === 1) return roundedType(type, 0);
  const digits = literals[1];
  return typeof digits === 'number' && args[1]?.kind === 'INT' ? roundedType(type, digits) : null;
};

/** A DECIMAL without its fraction. */
const wholeNumber: FunctionSpec['result'] = ([type]) =>
  type?.kind === 'DECIMAL' ? decimal(type.precision, 0) : type !== undefined && isNumeric(type) ? type : null;

export const NUMBERS: readonly FunctionSpec[] = [
  {
    name: 'ABS',
    group: 'number',
    signature: 'ABS(x)',
    reference: 'The absolute value.',
    example: { text: 'ABS(-3)', result: 3 },
    args: [1, 1],
    result: sameNumber,
    call: Math.abs,
    exact: true,
    bind: byKind({ whole: sizeOf, decimal: sizeOf }),
    inline: ([x]) => `Math.abs(${x})`,
  },
  {
    name: 'CEIL',
    group: 'number',
    signature: 'CEIL(x)',
    reference: 'The least whole number not below x.',
    example: { text: 'CEIL(1.2)', result: 2 },
    args: [1, 1],
    result: wholeNumber,
    call: (x: number) => Math.ceil(x) + 0,
    exact: true,
    bind: byKind({ whole: (x) => x, decimal: (x, scale) => -floorAt(-x, power10(scale)) }),
    note: 'Spark gives BIGINT; Flink and Weir keep the type.',
  },
  {
    name: 'FLOOR',
    group: 'number',
    signature: 'FLOOR(x)',
    reference: 'The greatest whole number not above x.',
    example: { text: 'FLOOR(-1.2)', result: -2 },
    args: [1, 1],
    result: wholeNumber,
    call: (x: number) => Math.floor(x) + 0,
    exact: true,
    bind: byKind({ whole: (x) => x, decimal: (x, scale) => floorAt(x, power10(scale)) }),
    note: 'Spark gives BIGINT; Flink and Weir keep the type.',
  },
  {
    name: 'ROUND',
    group: 'number',
    signature: 'ROUND(x [, digits])',
    reference: 'Rounded half up, away from zero.',
    example: { text: 'ROUND(2.345, 2)', result: 2.35 },
    args: [1, 2],
    result: rounding,
    call: round,
    exact: true,
    bind: byKind({ whole: roundWhole, decimal: roundDecimal }),
    note: 'Of a DECIMAL only to a number of digits that is written out: they make the type.',
  },
  {
    name: 'TRUNCATE',
    group: 'number',
    signature: 'TRUNCATE(x [, digits])',
    reference: 'Cut off after a number of digits.',
    example: { text: 'TRUNCATE(42.324, 2)', result: 42.32 },
    args: [1, 2],
    result: rounding,
    call: truncate,
    exact: true,
    bind: byKind({ whole: cutWhole, decimal: cutDecimal }),
    note: 'Spark has no such function for numbers.',
  },
  {
    name: 'SIGN',
    group: 'number',
    signature: 'SIGN(x)',
    reference: '-1, 0 or 1.',
    example: { text: 'SIGN(-7)', result: -1 },
    args: [1, 1],
    result: sameNumber,
    call: Math.sign,
    exact: true,
    bind: byKind({ whole: signOf, decimal: (x, scale) => signOf(x) * power10(scale) }),
  },
  {
    name: 'MOD',
    group: 'number',
    signature: 'MOD(x, y)',
    reference: 'The remainder, with the sign of x.',
    example: { text: 'MOD(-7, 3)', result: -1 },
    args: [2, 2],
    result: widest,
    call: (x: number, y: number) => {
      if (y === 0) throw new RowError('division by zero');
      return (x % y) + 0;
    },
  },
  {
    name: 'GREATEST',
    group: 'number',
    signature: 'GREATEST(a, b, …)',
    reference: 'The greatest; NULL where one is NULL.',
    example: { text: 'GREATEST(3, 7, 5)', result: 7 },
    args: [1, 64],
    result: ordered,
    coerce: 'common',
    call: Math.max,
    exact: true,
    bind: (call) => extreme(call, 1),
    note: 'Spark passes over NULLs; Flink and Weir do not.',
  },
  {
    name: 'LEAST',
    group: 'number',
    signature: 'LEAST(a, b, …)',
    reference: 'The least; NULL where one is NULL.',
    example: { text: 'LEAST(3, 7, 5)', result: 3 },
    args: [1, 64],
    result: ordered,
    coerce: 'common',
    call: Math.min,
    exact: true,
    bind: (call) => extreme(call, -1),
    note: 'Spark passes over NULLs; Flink and Weir do not.',
  },
  {
    name: 'ASCII',
    group: 'string',
    signature: 'ASCII(s)',
    reference: 'The code of the first character; 0 for an empty string.',
    example: { text: "ASCII('A')", result: 65 },
    args: [1, 1],
    result: takes(INT, 'STRING'),
    call: (s: string) => s.codePointAt(0) ?? 0,
  },
  {
    name: 'CHAR_LENGTH',
    group: 'string',
    signature: 'CHAR_LENGTH(s)',
    reference: 'Characters (code points).',
    example: { text: "CHAR_LENGTH('né')", result: 2 },
    args: [1, 1],
    result: takes(INT, 'STRING'),
    call: (s: string) => codePoints(s),
  },
];

export function codePoints(s: string): number {
  let n = 0;
  for (let i = 0; i < s.length; i++) {
    const unit = s.charCodeAt(i);
    if (unit < 0xdc00 || unit > 0xdfff) n++;
  }
  return n;
}
