/** SUM, AVG, COUNT, MIN and MAX over the rows of a variable, one value at a time, with Flink's types and rules. */
import type { Value } from '../../batch/column.ts';
import type { DataType } from '../../contract/types.ts';
import { toBigint } from '../../contract/values.ts';
import { compareStrings } from '../../expressions/index.ts';
import type { AggregateName } from './language/references.ts';

/** An aggregate's state: how many values counted, and their sum or extreme. NULLs do not count. */
export interface Accumulator {
  count: number;
  value: Value;
}

export const emptyAccumulator = (): Accumulator => ({ count: 0, value: null });

/** Takes one value in. `argument` is its type; null counts rows, whatever they hold. */
export function accumulate(
  into: Accumulator,
  fn: AggregateName,
  argument: DataType | null,
  value: Value,
): void {
  if (argument !== null && value === null) return;
  if (fn === 'COUNT' || argument === null) {
    into.count++;
    return;
  }
  if (fn === 'SUM' || fn === 'AVG') {
    into.value = into.count === 0 ? value : plus(argument, fn, into.value, value);
    into.count++;
    return;
  }
  // As in the window's MIN and MAX: NaN compares with nothing.
  if (Number.isNaN(value)) return;
  const better = into.count === 0 || compareValues(value, into.value) * (fn === 'MAX' ? 1 : -1) > 0;
  if (better) into.value = value;
  into.count++;
}

/** @param type the result's: for AVG of DECIMAL its scale differs from the argument's */
export function resultOf(
  state: Accumulator,
  fn: AggregateName,
  argument: DataType | null,
  type: DataType,
): Value {
  if (fn === 'COUNT') return state.count;
  if (state.count === 0) return null;
  if (fn === 'AVG') return average(state, argument ?? type, type);
  return type.kind === 'DECIMAL' && tooLarge(state.value) ? null : state.value;
}

function plus(type: DataType, fn: AggregateName, a: Value, b: Value): Value {
  if (type.kind === 'DECIMAL') return BigInt(a as bigint) + BigInt(b as bigint);
  if (type.kind === 'DOUBLE') return (a as number) + (b as number);
  const quick = typeof a === 'number' && typeof b === 'number' ? a + b : Number.NaN;
  // Flink sums INT in 32 bits, which wrap, but averages it in 64.
  if (type.kind === 'INT' && fn === 'SUM') return quick | 0;
  return Number.isSafeInteger(quick) ? quick : toBigint(BigInt(a as number) + BigInt(b as number));
}

/** Whole numbers are averaged towards zero; DECIMAL is rounded half up. */
function average({ count, value }: Accumulator, argument: DataType, type: DataType): Value {
  if (argument.kind === 'DECIMAL' && type.kind === 'DECIMAL') {
    const scaled = (value as bigint) * 10n ** BigInt(type.scale - argument.scale);
    const half = BigInt(count) / 2n;
    return (scaled + (scaled < 0n ? -half : half)) / BigInt(count);
  }
  if (argument.kind === 'DOUBLE') return (value as number) / count;
  return typeof value === 'number'
    ? Math.trunc(value / count) + 0
    : toBigint((value as bigint) / BigInt(count));
}

const LARGEST = 10n ** 38n;
const tooLarge = (value: Value): boolean => {
  const n = value as bigint;
  return n >= LARGEST || n <= -LARGEST;
};

/** Of one type, neither NULL. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string') return compareStrings(a, b as string);
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}
