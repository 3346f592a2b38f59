/** What operators and functions do with values that are not NULL: the one meaning behind interpreter and generated code. */
import type { DataType } from '../contract/types.ts';
import type { Scalar, Value } from '../contract/values.ts';
import type { CheckedCall } from './api.ts';
import * as bigints from './bigints.ts';
import { castValue } from './casts.ts';
import { compareBytes, compareStrings, equalityOf, equalValues, orderOf } from './compare.ts';
import { asDecimal, decimalOperation, power10 } from './decimal.ts';
import { FUNCTION_BY_NAME, FUNCTIONS } from './functions/index.ts';
import type { Implementation } from './functions/spec.ts';
import { like } from './like.ts';
import { RowError } from './row-error.ts';

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

const ARITHMETIC: Readonly<Record<string, Readonly<Record<string, Implementation>>>> = {
  INT: {
    '+': (x: number, y: number) => (x + y) | 0,
    '-': (x: number, y: number) => (x - y) | 0,
    '*': Math.imul,
    '/': (x: number, y: number) => intDivide(x, y) | 0,
    '%': intModulo,
    neg: (x: number) => -x | 0,
  },
  BIGINT: {
    '+': bigints.add,
    '-': bigints.subtract,
    '*': bigints.multiply,
    '/': bigints.divide,
    '%': bigints.remainder,
    neg: bigints.negative,
  },
  DOUBLE: {
    '+': (x: number, y: number) => x + y,
    '-': (x: number, y: number) => x - y,
    '*': (x: number, y: number) => x * y,
    '/': (x: number, y: number) => x / y,
    '%': (x: number, y: number) => x % y,
    neg: (x: number) => -x,
  },
};

/** INT and BIGINT wrap as in Java, DOUBLE is IEEE, DECIMAL as Flink has it. */
export function arithmeticOf(e: CheckedCall): Implementation | null {
  const [a, b] = e.args;
  if (e.type.kind !== 'DECIMAL') return ARITHMETIC[e.type.kind]?.[e.fn] ?? null;
  if (e.fn === 'neg') return (x: bigint) => -x;
  if (a === undefined || b === undefined || !['+', '-', '*', '/', '%'].includes(e.fn)) return null;
  return decimalOperation(e.fn, asDecimal(a.type), asDecimal(b.type), e.type);
}

/** NaN compares false with everything, also in `<>`'s opposite. */
export function comparisonOf(op: string, type: DataType): (x: Value, y: Value) => boolean {
  const equal = equalityOf(type);
  if (op === '=') return equal;
  if (op === '<>') return (x, y) => !equal(x, y);
  const by = (compare: (x: never, y: never) => boolean): ((x: Value, y: Value) => boolean) =>
    compare as never;
  if (type.kind === 'STRING' || type.kind === 'BYTES') {
    const order = orderOf(type);
    const test = comparisonOf(op, { kind: 'INT' });
    return (x, y) => test(order(x, y), 0);
  }
  switch (op) {
    case '<':
      return by((x: number, y: number) => x < y);
    case '<=':
      return by((x: number, y: number) => x <= y);
    case '>':
      return by((x: number, y: number) => x > y);
    default:
      return by((x: number, y: number) => x >= y);
  }
}

/** The implementation of a function's call, for its types. `wide`: BIGINTs may be bigints. */
export function implementationOf(e: CheckedCall, wide: boolean): Implementation {
  const spec = FUNCTION_BY_NAME.get(e.fn);
  if (spec === undefined) throw new Error(`no function ${e.fn}`);
  const args = e.args.map((a) => a.type);
  const literals = e.args.map((a) => (a.kind === 'literal' ? a.value : undefined));
  return spec.bind?.({ args, result: e.type, literals, wide }) ?? spec.call;
}

/** A function's number as its type holds it: INT wraps, BIGINT wraps; neither is ever -0. */
export function inDomain(type: DataType, x: Value): Value {
  if (type.kind === 'INT' && typeof x === 'number') return x | 0;
  return type.kind === 'BIGINT' ? bigints.wholeOrNull(x as bigints.Whole | null) : x;
}

export function tryCast(value: Scalar, from: DataType, to: DataType): Value {
  try {
    return castValue(value, from, to);
  } catch (error) {
    if (error instanceof RowError) return null;
    throw error;
  }
}

/** A number as a DECIMAL of a larger scale: `factor` is the power of ten between them. */
export const scaleUp = (x: number | bigint, factor: bigint): bigint => BigInt(x) * factor;
export const scaleFactor = (from: DataType, to: DataType): bigint =>
  power10(asDecimal(to).scale - asDecimal(from).scale);

/** Counted from 1; NULL outside. */
export const elementAt = (array: readonly Value[], at: number | bigint): Value =>
  array[Number(at) - 1] ?? null;

const { WideNeeded: _, ...bigintHelpers } = bigints;

/** What generated code may call, as `f.…`: functions under their own names. */
export const HELPERS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  ...Object.fromEntries(FUNCTIONS.map((fn) => [fn.name, fn.call])),
  ...bigintHelpers,
  intDivide,
  intModulo,
  compareStrings,
  compareBytes,
  equalValues,
  castValue,
  tryCast,
  like,
  scaleUp,
  elementAt,
  toNumber: (x: Value) => (typeof x === 'bigint' ? Number(x) : x),
};
