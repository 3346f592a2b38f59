/** SUM, AVG, COUNT, MIN and MAX over the rows of a variable, one value at a time, with Flink's types and rules. */
import type { Value } from '../../batch/column.ts';
import type { DataType } from '../../contract/types.ts';
import { type Scalar, toBigint } from '../../contract/values.ts';
import { compareValues } from '../../state/compare-values.ts';
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
  // NaN compares with nothing: it is passed over, but where all are NaN, so is the result (engine/aggregates/extreme.ts).
  const best = into.value as Scalar;
  const isBetter =
    into.count === 0 ||
    (!Number.isNaN(value) &&
      (Number.isNaN(best) || compareValues(value as Scalar, best) * (fn === 'MAX' ? 1 : -1) > 0));
  if (isBetter) into.value = value;
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
