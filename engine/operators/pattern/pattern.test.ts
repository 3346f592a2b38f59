/** The examples of Flink's page on MATCH_RECOGNIZE, and the rules at the edges. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeirError } from '../../contract/problems.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { BIGINT, DOUBLE, field, INT, STRING, TIMESTAMP } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { patternRuntime } from './operator.ts';
import { patternSpec } from './spec.ts';

const OPERATOR = {
  spec: patternSpec as NodeSpec,
  runtime: patternRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
  inputs: [
    field('symbol', STRING),
    field('price', DOUBLE),
    field('tax', INT),
    field('volume', BIGINT),
    field('rowtime', TIMESTAMP),
  ],
};

const tick = (time: number, price: number | null, symbol = 'XYZ', tax = 1): DriveStep => ({
  time,
  row: { symbol, price, tax, volume: tax, rowtime: time },
});
/** A price a second. */
const ticks = (...prices: (number | null)[]): DriveStep[] =>
  prices.map((price, i) => tick((i + 1) * 1000, price));
const END: DriveStep = { end: true };

function verify(
  config: object,
  steps: readonly DriveStep[],
  expected: readonly ExpectedRow[],
  deadLetters: readonly string[] = [],
): void {
  verifyOperator({
    ...OPERATOR,
    config: { keys: ['symbol'], ...config },
    steps,
    expected,
    order: 'exact',
    deadLetters,
  });
}
const fails =
  (code: string, value: string) =>
  (error: unknown): boolean =>
    error instanceof WeirError && error.problem.code === code && error.problem.value === value;
const xyz = (row: Record<string, number | string | null>, time?: number): ExpectedRow => ({
  row: { symbol: 'XYZ', ...row },
  ...(time === undefined ? {} : { time }),
});
const when = (variable: string, condition: string): object => ({ variable, when: condition });

test('falling prices: START_ROW PRICE_DOWN+ PRICE_UP, skip to the last PRICE_UP', () => {
  const config = {
    pattern: 'START_ROW PRICE_DOWN+ PRICE_UP',
    define: [
      when(
        'PRICE_DOWN',
        '(LAST(PRICE_DOWN.price, 1) IS NULL AND PRICE_DOWN.price < START_ROW.price) OR PRICE_DOWN.price < LAST(PRICE_DOWN.price, 1)',
      ),
      when('PRICE_UP', 'PRICE_UP.price > LAST(PRICE_DOWN.price, 1)'),
    ],
    after: { kind: 'to-last', variable: 'PRICE_UP' },
    measures: [
      { of: 'START_ROW.rowtime', as: 'start' },
      { of: 'LAST(PRICE_DOWN.rowtime)', as: 'bottom' },
      { of: 'LAST(PRICE_UP.rowtime)', as: 'end' },
    ],
  };
  const steps = [...ticks(12, 17, 19, 21, 25, 18, 15, 14, 24, 25, 19), END];
  verify(config, steps, [xyz({ start: 5000, bottom: 8000, end: 9000 }, 9000)]);
});

const SUM_BELOW_30 = {
  pattern: 'A+ C',
  define: [when('A', 'SUM(A.price) < 30')],
  measures: [
    { of: 'SUM(A.price)', as: 'sum' },
    { of: 'FIRST(rowtime)', as: 'start' },
    { of: 'LAST(rowtime)', as: 'end' },
  ],
};
const SKIPPED = ticks(7, 9, 10, 5, 10, 7, 14);

test('skip strategies: past the last row, to the next row, to the last A', () => {
  const all = [
    xyz({ sum: 26, start: 1000, end: 4000 }, 4000),
    xyz({ sum: 24, start: 2000, end: 5000 }, 5000),
    xyz({ sum: 25, start: 3000, end: 6000 }, 6000),
    xyz({ sum: 22, start: 4000, end: 7000 }, 7000),
    xyz({ sum: 17, start: 5000, end: 7000 }, 7000),
  ];
  const at = (...indexes: number[]): ExpectedRow[] => indexes.flatMap((i) => all[i] ?? []);
  verify({ ...SUM_BELOW_30, after: { kind: 'past-last-row' } }, [...SKIPPED, END], at(0, 4));
  verify({ ...SUM_BELOW_30, after: { kind: 'to-next-row' } }, [...SKIPPED, END], all);
  verify({ ...SUM_BELOW_30, after: { kind: 'to-last', variable: 'A' } }, [...SKIPPED, END], at(0, 2, 4));
});

test('to skip to the first row of the match itself ends the run, as in Flink', () => {
  const config = {
    pattern: '(A | B)+ C',
    define: [when('A', 'SUM(A.price) < 30')],
    measures: SUM_BELOW_30.measures,
  };
  const after = { kind: 'to-first', variable: 'A' };
  const run = (more: object): void =>
    void drive({ ...OPERATOR, config: { ...config, ...more } }, [...SKIPPED, END]);
  assert.throws(() => run({ pattern: '(A | B)+? C', after }), fails('R-NODE', '"A"'));
  // Nor is there a row to skip to where the variable has none.
  const missing = { after, define: [when('A', 'A.price < 0')] };
  assert.throws(() => run({ ...missing, pattern: 'B A? C' }), fails('R-NODE', '"A"'));
});

test('greedy B* takes what C could have; reluctant B*? takes as little as it can', () => {
  const config = (pattern: string): object => ({
    pattern,
    define: [when('A', 'A.price > 10'), when('B', 'B.price < 15'), when('C', 'C.price > 12')],
    measures: [{ of: 'C.price', as: 'last' }],
  });
  const steps = [...ticks(10, 11, 12, 13, 14, 16), END];
  verify(config('A B* C'), steps, [xyz({ last: 16 })]);
  verify(config('A B*? C'), steps, [xyz({ last: 13 }), xyz({ last: 16 })]);
});

test('a greedy quantifier gives nothing back, not even when the input ends', () => {
  const config = { pattern: 'A+ C', define: [], measures: [{ of: 'C.price', as: 'last' }] };
  verify(config, [...ticks(1, 2, 3), END], []);
  verify({ ...config, pattern: 'A+? C' }, [...ticks(1, 2, 3, 4), END], [xyz({ last: 2 }), xyz({ last: 4 })]);
});

test('an optional row: both ways are open, and the first to be complete wins', () => {
  const config = {
    pattern: 'A B? C',
    define: [when('B', 'B.price < 20'), when('C', 'LAST(price, 1) < C.price')],
    measures: [
      { of: 'B.price', as: 'b' },
      { of: 'C.price', as: 'c' },
    ],
  };
  // Flink's page: with and without a row for B.
  verify(config, [...ticks(10, 5, 20), END], [xyz({ b: 5, c: 20 })]);
  verify(config, [...ticks(10, 20), END], [xyz({ b: null, c: 20 })]);
  // 15 could be B as well as C: as C, the match is complete at once.
  verify(config, [...ticks(10, 15, 20), END], [xyz({ b: null, c: 15 })]);
});

test('conditions over earlier rows: sums of one variable and of all, offsets from both ends', () => {
  const sums = {
    pattern: 'A B+ C',
    define: [
      when('A', 'A.price >= 10'),
      when('B', 'B.price > A.price AND SUM(price) < 100 AND SUM(B.price) < 80'),
    ],
    measures: [
      { of: 'COUNT(B.price)', as: 'bs' },
      { of: 'C.price', as: 'c' },
    ],
  };
  verify(sums, [...ticks(10, 15, 20, 31, 35), END], [xyz({ bs: 3, c: 35 })]);
  const offsets = {
    pattern: 'A B+ C',
    define: [
      when(
        'B',
        '(LAST(B.price, 1) IS NULL OR B.price > LAST(B.price, 1)) AND (LAST(B.price, 2) IS NULL OR B.price > 2 * LAST(B.price, 2))',
      ),
    ],
    measures: [
      { of: 'FIRST(B.price, 1)', as: 'second' },
      { of: 'LAST(B.price, 2)', as: 'third_last' },
      { of: 'FIRST(B.price, 5)', as: 'none' },
    ],
  };
  verify(offsets, [...ticks(10, 15, 20, 31, 35), END], [xyz({ second: 20, third_last: 15, none: null })]);
  const first = {
    pattern: 'A+ B C',
    define: [when('A', 'A.price = FIRST(A.price)'), when('C', 'C.price = FIRST(price, 2) AND COUNT(*) = 5')],
    measures: [{ of: 'COUNT(*)', as: 'rows' }],
  };
  verify(first, [...ticks(1, 1, 1, 2, 1), END], [xyz({ rows: 5 })]);
});

test('a span of exactly the limit is within; a ms more is not', () => {
  const config = {
    pattern: 'A B* C',
    within: '1 h',
    define: [when('B', 'B.price > A.price - 10'), when('C', 'C.price < A.price - 10')],
    measures: [{ of: 'A.price - C.price', as: 'drop' }],
  };
  const hour = 3_600_000;
  verify(config, [tick(0, 20), tick(1, 15), tick(hour, 4), END], [xyz({ drop: 16 }, hour)]);
  verify(config, [tick(0, 20), tick(1, 15), tick(hour + 1, 4), END], [xyz({ drop: 11 }, hour + 1)]);
  verify(config, [tick(0, 20), tick(1, 12), tick(hour + 1, 4), END], []);
});

test('a match that waits for an earlier one to run out of time comes when it has', () => {
  const config = {
    pattern: 'A B+ C',
    within: '10 s',
    define: [when('A', 'A.price > 0'), when('B', 'B.price > A.price'), when('C', 'C.price < A.price')],
    measures: [{ of: 'A.price', as: 'a' }],
  };
  // From 1 the rows go on rising past it; from 5 they are complete at 3 s, and it is known at 11 s.
  const steps = [...ticks(1, 5, 7), tick(3500, 3), { watermark: 10_999 }, { watermark: 11_000 }];
  verify(config, steps, [xyz({ a: 5 }, 11_000)]);
  const result = drive({ ...OPERATOR, config: { keys: ['symbol'], ...config } }, steps);
  assert.equal(result.rows[0]?.step, 5);
});

test('rows are put in order by the watermark; one at or behind it is late', () => {
  const config = {
    pattern: 'A B',
    define: [when('B', 'B.price > A.price')],
    measures: [
      { of: 'A.price', as: 'a' },
      { of: 'B.price', as: 'b' },
    ],
  };
  const late = tick(2000, 9);
  const steps = [tick(3000, 3), tick(1000, 1), tick(2000, 2), { watermark: 2000 }, late, tick(4000, 4), END];
  verify(config, steps, [
    xyz({ a: 1, b: 2 }, 2000),
    { port: 'late', row: { symbol: 'XYZ', price: 9, tax: 1, volume: 1, rowtime: 2000 }, time: 2000 },
    xyz({ a: 3, b: 4 }, 4000),
  ]);
  // Of one time: in the order in which they came.
  verify(
    config,
    [tick(1000, 1), tick(1000, 2), tick(1000, 3), tick(1000, 4), END],
    [xyz({ a: 1, b: 2 }), xyz({ a: 3, b: 4 })],
  );
});

test('keys are matched on their own, NULL among them; without keys all rows are one sequence', () => {
  const config = {
    pattern: 'A B',
    define: [when('B', 'B.price = A.price + 1')],
    measures: [{ of: 'B.price', as: 'b' }],
  };
  const nothing = null as unknown as string;
  const steps = [tick(1, 1, 'a'), tick(2, 1, nothing), tick(3, 2, 'a'), tick(4, 2, nothing), END];
  verify(config, steps, [{ row: { symbol: 'a', b: 2 } }, { row: { symbol: null, b: 2 } }]);
  verify({ ...config, keys: [] }, steps, [{ row: { b: 2 } }]);
});

test('groups, alternatives and repeated variables, as SQL has them', () => {
  const config = {
    pattern: '(UP DOWN)+ (UP UP | FLAT)',
    define: [
      when('UP', 'LAST(price, 1) IS NULL OR UP.price > LAST(price, 1)'),
      when('DOWN', 'DOWN.price < LAST(price, 1)'),
      when('FLAT', 'FLAT.price = LAST(price, 1)'),
    ],
    measures: [
      { of: 'COUNT(UP.price)', as: 'ups' },
      { of: 'COUNT(DOWN.price)', as: 'downs' },
      { of: 'CLASSIFIER()', as: 'last' },
    ],
  };
  verify(config, [...ticks(5, 4, 6, 3, 3), END], [xyz({ ups: 2, downs: 2, last: 'FLAT' })]);
  verify(config, [...ticks(5, 4, 6, 7), END], []);
  verify(
    { ...config, pattern: '(UP DOWN)+? (UP UP | FLAT)' },
    [...ticks(5, 4, 6, 7), END],
    [xyz({ ups: 3, downs: 1, last: 'UP' })],
  );
});

test('counted quantifiers: {2}, {2,}, {1,2} and {,2}', () => {
  const config = (pattern: string): object => ({
    pattern,
    define: [when('A', 'A.price = 1'), when('B', 'B.price = 2')],
    measures: [
      { of: 'COUNT(A.price)', as: 'a' },
      { of: 'COUNT(B.price)', as: 'b' },
    ],
  });
  const steps = [...ticks(1, 1, 1, 2, 2), END];
  verify(config('A{2} B'), steps, [xyz({ a: 2, b: 1 })]);
  verify(config('A{2,} B'), steps, [xyz({ a: 3, b: 1 })]);
  verify(config('A{1,2} B'), steps, [xyz({ a: 2, b: 1 })]);
  verify(config('A{,2} B'), steps, [xyz({ a: 2, b: 1 }), xyz({ a: 0, b: 1 })]);
  verify(config('A{4,} B'), steps, []);
  verify(config('A{2} B{2}'), steps, [xyz({ a: 2, b: 2 })]);
});

test('aggregates skip NULL and keep their types: whole numbers are averaged towards zero', () => {
  const config = {
    pattern: 'A{3}',
    measures: [
      { of: 'COUNT(A.price)', as: 'n' },
      { of: 'SUM(A.price * A.tax)', as: 'sum' },
      { of: 'AVG(A.volume)', as: 'avg' },
      { of: 'MIN(A.price)', as: 'min' },
      { of: 'MAX(A.symbol)', as: 'max' },
      { of: 'SUM(A.price) / COUNT(*)', as: 'per_row' },
    ],
  };
  const steps = [tick(1, 3, 'XYZ', 2), tick(2, null, 'XYZ', 5), tick(3, 6, 'XYZ', -1), END];
  verify(config, steps, [xyz({ n: 2, sum: 0, avg: 2, min: 3, max: 'XYZ', per_row: 3 })]);
  verify(
    config,
    [...ticks(null, null, null), END],
    [xyz({ n: 0, sum: null, avg: 1, min: null, max: 'XYZ', per_row: null })],
  );
});

test('a value that cannot be computed goes to the errors port', () => {
  const config = (define: object[], measure: string): object => ({
    pattern: 'A B',
    define,
    measures: [{ of: measure, as: 'm' }],
  });
  const steps = [tick(1, 1, 'XYZ', 1), tick(2, 1, 'XYZ', 0), tick(3, 1, 'XYZ', 2), END];
  // The condition looks at earlier rows: it does not hold, so a match begins at the row.
  verify(config([when('B', '10 / B.tax > A.tax')], 'B.tax'), steps, [xyz({ m: 2 })], ['R-RECORD']);
  // No value of a measure: no row.
  verify(config([], '10 / LAST(B.tax)'), steps.slice(0, 2).concat(END), [], ['R-RECORD']);
});

test('ways to one match are bounded', () => {
  const config = {
    keys: ['symbol'],
    pattern: 'A B*? C*? D*? E',
    define: [when('E', 'E.price < A.price')],
    measures: [{ of: 'E.price', as: 'e' }],
  };
  const steps = [...ticks(...Array.from({ length: 40 }, () => 1)), END];
  assert.doesNotThrow(() => drive({ ...OPERATOR, config }, steps));
  assert.throws(
    () => drive({ ...OPERATOR, config: { ...config, partialMatchesMax: 100 } }, steps),
    fails('R-STATE', 'more than 100'),
  );
  // Where conditions look at the row alone, all ways to one place of the pattern are one.
  const alone = { ...config, define: [when('E', 'E.price < 0')], partialMatchesMax: 5 };
  assert.doesNotThrow(() => drive({ ...OPERATOR, config: alone }, steps));
});

test('state is given back: rows, ways and keys', () => {
  const config = {
    keys: ['symbol'],
    pattern: 'A B*? C',
    within: '5 s',
    define: [when('C', 'C.price > A.price')],
    measures: [{ of: 'A.price', as: 'a' }],
  };
  const steps = Array.from({ length: 200_000 }, (_, i) => tick(i, i % 7, `k${i}`));
  const { tasks } = drive({ ...OPERATOR, config }, [...steps, { watermark: 199_999 }]);
  const operator = tasks[0]?.operator;
  assert.deepEqual([operator?.openWindows, operator?.stateRows], [5000, 5000]);
  assert.ok((operator?.stateBytes ?? Infinity) < 40_000_000, `${operator?.stateBytes} bytes`);
  const { tasks: ended } = drive({ ...OPERATOR, config }, [...steps, END]);
  assert.deepEqual([ended[0]?.operator.openWindows, ended[0]?.operator.stateRows], [0, 0]);
});

test('a watermark that jumps 10,000 years does not go through them', () => {
  const config = {
    pattern: 'A B*? C',
    within: '1 s',
    define: [when('C', 'C.price > A.price')],
    measures: [{ of: 'A.price', as: 'a' }],
  };
  const far = 253_402_300_799_000;
  verify(config, [tick(-far, 1), { watermark: far - 1 }, tick(far, 1), END], []);
});

test('a long run that is no match is not gone through again from each of its rows', () => {
  const config = {
    keys: ['symbol'],
    pattern: 'A{2,} B',
    define: [when('A', 'A.price < 10'), when('B', 'B.price > 20')],
    measures: [{ of: 'COUNT(*)', as: 'rows' }],
  };
  const rows = 100_000;
  const steps = Array.from({ length: rows }, (_, i) => tick(i, 1));
  const began = performance.now();
  // 15 is neither: every beginning fails. Then a run that is a match.
  const { rows: found } = drive({ ...OPERATOR, config }, [
    ...steps,
    tick(rows, 15),
    ...steps.map((s) => ({ ...s, time: rows + 1 })),
    tick(rows + 2, 30),
    END,
  ]);
  assert.deepEqual(
    found.map((f) => f.row),
    [{ symbol: 'XYZ', rows: rows + 1 }],
  );
  assert.ok(performance.now() - began < 20_000, 'squared, it takes minutes');
});
