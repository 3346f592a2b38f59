import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../batch/column.ts';
import { BIGINT, type DataType, DOUBLE, INT, STRING } from '../../contract/types.ts';
import { accumulate, emptyAccumulator, resultOf } from './aggregates.ts';
import type { AggregateName } from './language/references.ts';

const over = (fn: AggregateName, argument: DataType, values: readonly Value[], type = argument): Value => {
  const state = emptyAccumulator();
  for (const value of values) accumulate(state, fn, argument, value);
  return resultOf(state, fn, argument, type);
};
const decimal = (precision: number, scale: number): DataType => ({ kind: 'DECIMAL', precision, scale });

test('whole numbers: INT sums wrap, BIGINT sums go beyond 2^53 exactly, averages are cut off towards zero', () => {
  assert.equal(over('SUM', INT, [2 ** 31 - 1, 1]), -(2 ** 31));
  assert.equal(over('AVG', INT, [2 ** 31 - 1, 2 ** 31 - 2]), 2 ** 31 - 2);
  assert.equal(over('AVG', INT, [-1, -2]), -1);
  assert.equal(over('SUM', BIGINT, [2 ** 53 - 1, 2]), 9_007_199_254_740_993n);
  assert.equal(over('AVG', BIGINT, [2 ** 53 - 1, 9_007_199_254_740_993n]), 9_007_199_254_740_992n);
  assert.equal(over('MAX', BIGINT, [5, 9_007_199_254_740_993n, 7]), 9_007_199_254_740_993n);
});

test('DECIMAL: exact sums, averages rounded half up at six digits, NULL beyond 38 digits', () => {
  const money = decimal(10, 2);
  assert.equal(over('SUM', money, [1230n, null, -5n], decimal(38, 2)), 1225n);
  assert.equal(over('AVG', money, [100n, 100n, 101n], decimal(38, 6)), 1_003_333n);
  assert.equal(over('AVG', money, [-1n, 0n, -1n], decimal(38, 6)), -6667n);
  assert.equal(over('SUM', decimal(38, 0), [10n ** 38n - 1n, 1n], decimal(38, 0)), null);
});

test('strings by code point; NaN only where there is nothing else; NULL where all are NULL', () => {
  assert.equal(over('MIN', STRING, ['b', '\u{1f600}', '\uffee']), 'b');
  assert.equal(over('MAX', STRING, ['b', '\u{1f600}', '\uffee']), '\u{1f600}');
  assert.equal(over('MIN', DOUBLE, [Number.NaN, 3, Number.NaN, 2]), 2);
  assert.ok(Number.isNaN(over('MAX', DOUBLE, [Number.NaN, null])));
  assert.equal(over('SUM', DOUBLE, [null]), null);
  assert.equal(over('COUNT', DOUBLE, [null, 1], BIGINT), 1);
});
