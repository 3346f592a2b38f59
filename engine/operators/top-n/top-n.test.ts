import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangeName } from '../../batch/changes.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import {
  appendOnly,
  type EdgeSchema,
  field,
  INT,
  STRING,
  TIMESTAMP,
  updating,
} from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { drive } from '../../testing/drive.ts';
import type { DriveStep } from '../../testing/steps.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { topNRuntime } from './operator.ts';
import { topNSpec } from './spec.ts';

const NODE = {
  spec: topNSpec as NodeSpec,
  runtime: topNRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const FIELDS = [field('category', STRING), field('id', INT), field('price', INT)];
const CHEAPEST = { n: 2, orderBy: [{ field: 'price' }], keys: ['category'] };

const product = (category: string, id: number, price: number | null, change?: ChangeName): DriveStep => ({
  time: Number.NaN,
  row: { category, id, price },
  ...(change === undefined ? {} : { change }),
});

/** `-U book 1 12 1` */
const lines = (text: string, ranked: boolean): ExpectedRow[] =>
  text
    .trim()
    .split('\n')
    .map((line): ExpectedRow => {
      const [change, category = '', id, price, rank] = line.trim().split(' ');
      const row = { category, id: Number(id), price: Number(price) };
      return { change: change as ChangeName, row: ranked ? { ...row, rank: Number(rank) } : row };
    });

function verify(config: object, steps: readonly DriveStep[], expected: string, input?: EdgeSchema): void {
  verifyOperator({
    ...NODE,
    config,
    inputs: { in: input ?? appendOnly(FIELDS, false) },
    steps,
    expected: lines(expected, 'as' in config),
    order: 'exact',
  });
}

/** Of Flink's TopNFunctionTestBase. */
const BOOKS = [product('book', 1, 12), product('book', 2, 19), product('book', 4, 11)];
const FRUIT = [product('fruit', 4, 33), product('fruit', 3, 44), product('fruit', 5, 22)];

test('with the rank every shifted record is sent again; ties rank by arrival (Flink)', () => {
  verify(
    { ...CHEAPEST, as: 'rank' },
    [...BOOKS, product('book', 5, 11), ...FRUIT],
    `+I book 1 12 1
     +I book 2 19 2
     -U book 1 12 1
     +U book 4 11 1
     -U book 2 19 2
     +U book 1 12 2
     -U book 1 12 2
     +U book 5 11 2
     +I fruit 4 33 1
     +I fruit 3 44 2
     -U fruit 4 33 1
     +U fruit 5 22 1
     -U fruit 3 44 2
     +U fruit 4 33 2`,
  );
});

test('without it only the one that comes and the one that goes', () => {
  verify(
    CHEAPEST,
    [...BOOKS, product('book', 9, 99)],
    `+I book 1 12
     +I book 2 19
     -D book 2 19
     +I book 4 11`,
  );
});

test('exactly the second (Flink, rank offset without rank number)', () => {
  verify(
    { ...CHEAPEST, from: 2 },
    [...BOOKS, ...FRUIT],
    `+I book 2 19
     -U book 2 19
     +U book 1 12
     +I fruit 3 44
     -U fruit 3 44
     +U fruit 4 33`,
  );
});

const TAKEN_BACK = [...BOOKS, product('book', 1, 12, '-D'), product('book', 5, 11), ...FRUIT];

test('what is taken back is followed up by the next in order (Flink, retraction)', () => {
  const expected = `+I book 1 12 1
     +I book 2 19 2
     -U book 1 12 1
     +U book 4 11 1
     -U book 2 19 2
     +U book 1 12 2
     -U book 1 12 2
     +U book 2 19 2
     -U book 2 19 2
     +U book 5 11 2
     +I fruit 4 33 1
     +I fruit 3 44 2
     -U fruit 4 33 1
     +U fruit 5 22 1
     -U fruit 3 44 2
     +U fruit 4 33 2`;
  const config = { ...CHEAPEST, as: 'rank' };
  verify(config, TAKEN_BACK, expected, updating(FIELDS, false));
  verify(config, TAKEN_BACK, expected, updating(FIELDS, false, ['category', 'id']));
});

test('a row with the key of an earlier one replaces it, also where that was not taken back', () => {
  verify(
    { ...CHEAPEST, n: 1 },
    [
      product('book', 1, 10),
      product('book', 2, 20),
      product('book', 1, 30, '+U'),
      product('book', 7, 5, '-D'),
    ],
    `+I book 1 10
     -D book 1 10
     +I book 2 20`,
    updating(FIELDS, false, ['category', 'id']),
  );
});

test('RANK and DENSE_RANK give ties the same rank', () => {
  const steps = [product('a', 1, 5), product('a', 2, 5), product('a', 3, 7), product('a', 4, 3)];
  verify(
    { ...CHEAPEST, function: 'rank', as: 'rank' },
    steps,
    `+I a 1 5 1
     +I a 2 5 1
     +I a 4 3 1
     -U a 1 5 1
     +U a 1 5 2
     -U a 2 5 1
     +U a 2 5 2`,
  );
  verify(
    { ...CHEAPEST, function: 'dense-rank' },
    steps,
    `+I a 1 5
     +I a 2 5
     +I a 3 7
     +I a 4 3
     -D a 3 7`,
  );
});

test('NULL is the smallest value unless told otherwise, for descending order too', () => {
  const first = (term: object): unknown =>
    drive(
      {
        ...NODE,
        config: { n: 1, orderBy: [{ field: 'price', ...term }] },
        inputs: { in: appendOnly(FIELDS, false) },
      },
      [product('a', 1, null), product('a', 2, 4)],
    ).rows.map((r) => `${r.change}${r.row['id']}`);
  assert.deepEqual(first({}), ['+I1']);
  assert.deepEqual(first({ direction: 'desc' }), ['+I1', '-D1', '+I2']);
  assert.deepEqual(first({ nulls: 'last' }), ['+I1', '-D1', '+I2']);
  assert.deepEqual(first({ direction: 'desc', nulls: 'first' }), ['+I1']);
});

test('a group whose top stayed the same for its time is forgotten, without a word', () => {
  verify(
    { ...CHEAPEST, n: 1, results: { kind: 'changes', ttl: '10 ms' } },
    [
      product('a', 1, 5),
      { clock: 6 },
      product('a', 2, 7),
      { clock: 9 },
      product('b', 3, 1),
      { clock: 10 },
      product('a', 4, 8),
    ],
    `+I a 1 5
     +I b 3 1
     +I a 4 8`,
  );
});

test('forgotten rows are not followed up and cannot be taken back', () => {
  const config = { ...CHEAPEST, n: 1, results: { kind: 'changes', ttl: '10 ms' } };
  const steps = [
    product('a', 1, 5),
    product('a', 2, 7),
    { clock: 10 },
    product('a', 1, 5, '-D'),
    product('a', 3, 9),
    product('a', 3, 9, '-D'),
  ];
  const expected = `+I a 1 5
     +I a 3 9
     -D a 3 9`;
  verify(config, steps, expected, updating(FIELDS, false));
});

test('of an append-only input no more than the top is kept', () => {
  const steps = Array.from({ length: 5000 }, (_, n) => product(`k${n % 10}`, n, (n * 7919) % 1000));
  const [task] = drive({ ...NODE, config: CHEAPEST, inputs: { in: appendOnly(FIELDS, false) } }, steps).tasks;
  assert.equal(task?.operator.stateRows, 20);
});

const WINDOWED = [field('key', STRING), field('value', INT), field('window_end', TIMESTAMP)];
const inWindow = (key: string, value: number, end: number | null): DriveStep => ({
  time: 0,
  row: { key, value, window_end: end },
});
const PER_WINDOW = {
  n: 2,
  orderBy: [{ field: 'value' }],
  keys: ['key'],
  results: { kind: 'window' },
  as: 'rank',
};

test('per window, only rank 2, when the watermark reaches its end − 1 (Flink, WindowRankOperatorTest)', () => {
  const values: readonly (readonly [string, number, number])[] = [
    ['key2', 1, 999],
    ['key2', 4, 999],
    ['key2', 5, 999],
    ['key2', 3, 999],
    ['key2', 2, 1999],
    ['key2', 7, 3999],
    ['key2', 8, 3999],
    ['key2', 1, 3999],
    ['key1', 2, 999],
    ['key1', 1, 999],
    ['key1', 3, 999],
    ['key1', 3, 999],
    ['key1', 4, 1999],
    ['key1', 6, 1999],
    ['key1', 7, 1999],
  ];
  const out = (key: string, value: number, end: number): ExpectedRow => ({
    row: { key, value, window_end: end, rank: 2 },
    time: end - 1,
  });
  const result = verifyOperator({
    ...NODE,
    config: { ...PER_WINDOW, from: 2 },
    inputs: WINDOWED,
    steps: [
      ...values.map((v) => inWindow(...v)),
      { watermark: 997 },
      { watermark: 998 },
      { watermark: 1999 },
      { watermark: 3999 },
    ],
    expected: [out('key1', 2, 999), out('key2', 3, 999), out('key1', 6, 1999), out('key2', 7, 3999)],
  });
  assert.deepEqual(
    result.rows.map((r) => r.step),
    [16, 16, 17, 18],
  );
});

test('per window: late records and those without a window go to their ports; ties share ranks where told so', () => {
  verifyOperator({
    ...NODE,
    config: { ...PER_WINDOW, function: 'rank' },
    inputs: WINDOWED,
    steps: [
      inWindow('a', 3, 10),
      inWindow('a', 1, 10),
      inWindow('a', 3, 10),
      inWindow('a', 4, 10),
      inWindow('a', 1, null),
      { watermark: 9 },
      inWindow('a', 0, 10),
      inWindow('a', 0, 11),
      { end: true },
    ],
    expected: [
      { row: { key: 'a', value: 1, window_end: 10, rank: 1 } },
      { row: { key: 'a', value: 3, window_end: 10, rank: 2 } },
      { row: { key: 'a', value: 3, window_end: 10, rank: 2 } },
      { row: { key: 'a', value: 0, window_end: 10 }, port: 'late' },
      { row: { key: 'a', value: 0, window_end: 11, rank: 1 } },
    ],
    deadLetters: ['R-RECORD'],
  });
});

test('windows that come and go leave nothing behind, and a watermark may jump', () => {
  const steps: DriveStep[] = [];
  for (let n = 0; n < 90_000; n++) {
    steps.push(inWindow('a', n, n + 10));
    if (n % 1000 === 999) steps.push({ watermark: n });
  }
  steps.push({ watermark: 3e14 });
  const { rows, tasks } = drive({ ...NODE, config: PER_WINDOW, inputs: WINDOWED }, steps);
  assert.equal(rows.length, 90_000);
  const operator = tasks[0]?.operator;
  assert.deepEqual([operator?.stateRows, operator?.openWindows, operator?.late], [0, 0, 0]);
});

test('wrong settings are refused with their place', () => {
  const problems = (config: object, input = updating(FIELDS, false)): string[] => {
    const found: string[] = [];
    topNSpec.schemas({
      config: topNSpec.config.parse({ ...CHEAPEST, ...config }),
      inputs: { in: [input] },
      report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
    });
    return found;
  };
  assert.deepEqual(problems({}), []);
  assert.deepEqual(problems({ from: 3 }), ['S-VALUE from']);
  assert.deepEqual(problems({ as: 'price' }), ['S-VALUE as']);
  assert.deepEqual(problems({ keys: ['kategory'] }), ['T-FIELD keys.0']);
  assert.deepEqual(problems({ orderBy: [{ field: 'prise' }] }), ['T-FIELD orderBy.0.field']);
  assert.deepEqual(problems({ results: { kind: 'window' } }), ['G-FIT results.kind', 'T-FIELD results.end']);
  const noTime = appendOnly([...FIELDS, field('window_end', STRING)], true);
  assert.deepEqual(problems({ results: { kind: 'window' } }, noTime), ['T-TYPE results.end']);
  const rows = appendOnly([...FIELDS, field('tags', { kind: 'ARRAY', element: STRING })], true);
  assert.deepEqual(problems({ orderBy: [{ field: 'tags' }] }, rows), ['T-TYPE orderBy.0.field']);
  for (const wrong of [{ n: 0 }, { n: 1.5 }, { orderBy: [] }, { from: 0 }])
    assert.equal(topNSpec.config.safeParse({ ...CHEAPEST, ...wrong }).success, false);
});
