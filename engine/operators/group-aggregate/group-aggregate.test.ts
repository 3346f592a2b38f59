import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChangeName } from '../../batch/changes.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, BIGINT, BOOLEAN, DOUBLE, field, INT, STRING, updating } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { groupAggregateRuntime } from './operator.ts';
import { groupAggregateSpec } from './spec.ts';

const OPERATOR = {
  spec: groupAggregateSpec as unknown as NodeSpec,
  runtime: groupAggregateRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const FIELDS = [field('k', STRING), field('v', INT), field('d', DOUBLE), field('on', BOOLEAN)];
const APPEND = { in: appendOnly(FIELDS, true) };
const UPDATING = { in: updating(FIELDS, false) };
const COUNT_SUM = {
  keys: ['k'],
  aggregates: [
    { function: 'count', as: 'n' },
    { function: 'sum', of: 'v', as: 's' },
  ],
};

const put = (k: string | null, v: number | null, change?: ChangeName): DriveStep => ({
  time: 0,
  row: { k, v, d: v, on: v !== null && v > 1 },
  ...(change === undefined ? {} : { change }),
});
const out = (change: ChangeName, row: Record<string, Value>): ExpectedRow => ({ change, row });

test('+I for a new group, then -U and +U, per record and not per batch', () => {
  verifyOperator({
    ...OPERATOR,
    config: COUNT_SUM,
    inputs: APPEND,
    steps: [put('a', 1), put('b', 2), put('a', 3), put(null, null), put(null, 5), { end: true }],
    expected: [
      out('+I', { k: 'a', n: 1, s: 1 }),
      out('+I', { k: 'b', n: 1, s: 2 }),
      out('-U', { k: 'a', n: 1, s: 1 }),
      out('+U', { k: 'a', n: 2, s: 4 }),
      out('+I', { k: null, n: 1, s: null }),
      out('-U', { k: null, n: 1, s: null }),
      out('+U', { k: null, n: 2, s: 5 }),
    ],
    order: 'exact',
  });
});

test('a record that changes no value sends nothing, whatever the type', () => {
  verifyOperator({
    ...OPERATOR,
    config: {
      keys: ['k'],
      aggregates: [
        { function: 'max', of: 'v', as: 'm' },
        { function: 'min', of: 'd', as: 'nan' },
        { function: 'collect', of: 'on', distinct: true, as: 'c' },
        { function: 'max', of: 'k', as: 'mk' },
        { function: 'sum', of: 'v', filter: 'v < 0', as: 'none' },
      ],
    },
    inputs: APPEND,
    steps: [
      { time: 0, row: { k: 'a', v: 5, d: Number.NaN, on: true } },
      { time: 0, row: { k: 'a', v: 4, d: Number.NaN, on: true } },
      { time: 0, row: { k: 'a', v: 4, d: null, on: null } },
    ],
    expected: [out('+I', { k: 'a', m: 5, nan: Number.NaN, c: [true], mk: 'a', none: null })],
  });
});

test('without keys there is one group; FILTER and DISTINCT go to their own aggregate only', () => {
  verifyOperator({
    ...OPERATOR,
    config: {
      aggregates: [
        { function: 'count', as: 'n' },
        { function: 'count', filter: 'v > 1', as: 'big' },
        { function: 'sum', of: 'v + 0', distinct: true, filter: 'on', as: 's' },
      ],
    },
    inputs: APPEND,
    steps: [put('a', 1), put('b', 2), put('c', 2), put('d', null)],
    expected: [
      out('+I', { n: 1, big: 0, s: null }),
      out('-U', { n: 1, big: 0, s: null }),
      out('+U', { n: 2, big: 1, s: 2 }),
      out('-U', { n: 2, big: 1, s: 2 }),
      out('+U', { n: 3, big: 2, s: 2 }),
      out('-U', { n: 3, big: 2, s: 2 }),
      out('+U', { n: 4, big: 2, s: 2 }),
    ],
    order: 'exact',
  });
});

test('an updating input is taken back; the last record of a group deletes its row, and it may begin again', () => {
  verifyOperator({
    ...OPERATOR,
    config: { keys: ['k'], aggregates: [{ function: 'max', of: 'v', as: 'm' }] },
    inputs: UPDATING,
    steps: [
      put('x', 9, '-D'),
      put('a', 7, '+I'),
      put('a', 3, '+I'),
      put('a', 7, '-U'),
      put('b', 8, '+U'),
      put('a', 3, '-D'),
      put('a', 1, '+I'),
    ],
    expected: [
      out('+I', { k: 'a', m: 7 }),
      // The 3 changes nothing.
      out('-U', { k: 'a', m: 7 }),
      out('+U', { k: 'a', m: 3 }),
      out('+I', { k: 'b', m: 8 }),
      out('-D', { k: 'a', m: 3 }),
      out('+I', { k: 'a', m: 1 }),
    ],
    order: 'exact',
  });
});

test('state is forgotten when a group was not written for the ttl, and unchanged rows are sent', () => {
  verifyOperator({
    ...OPERATOR,
    config: { ...COUNT_SUM, aggregates: [{ function: 'max', of: 'v', as: 'm' }], ttl: '10 ms' },
    inputs: APPEND,
    steps: [
      put('a', 5),
      put('b', 5),
      { clock: 9 },
      put('a', 1),
      { clock: 10 },
      put('b', 2),
      { clock: 18 },
      put('a', 2),
      { clock: 28 },
      put('a', 3),
    ],
    expected: [
      out('+I', { k: 'a', m: 5 }),
      out('+I', { k: 'b', m: 5 }),
      out('-U', { k: 'a', m: 5 }),
      out('+U', { k: 'a', m: 5 }),
      out('+I', { k: 'b', m: 2 }),
      out('-U', { k: 'a', m: 5 }),
      out('+U', { k: 'a', m: 5 }),
      out('+I', { k: 'a', m: 3 }),
    ],
    order: 'exact',
  });
});

test('forgotten and deleted groups leave no state behind', () => {
  const rows = (from: number): DriveStep[] =>
    Array.from({ length: 200_000 }, (_, n) => put(`key ${from + n}`, n));
  const config = { ...COUNT_SUM, ttl: '10 ms' };
  const result = drive({ ...OPERATOR, config, inputs: APPEND }, [
    ...rows(0),
    { clock: 10 },
    ...rows(200_000),
    { clock: 20 },
    put('a', 1),
  ]);
  const operator = result.tasks[0]?.operator;
  assert.equal(operator?.stateRows, 1);
  assert.ok((operator?.stateBytes ?? 0) < 20e6, `${operator?.stateBytes} bytes`);
  assert.equal(result.rows.length, 400_001);
});

test('grouping sets: one row per set, told apart by the grouping id', () => {
  verifyOperator({
    ...OPERATOR,
    config: {
      keys: ['k', 'on'],
      groupingSets: [{ keys: ['k', 'on'] }, { keys: ['k'] }, { keys: [] }],
      groupingId: 'g',
      aggregates: [{ function: 'count', as: 'n' }],
    },
    inputs: APPEND,
    steps: [
      { time: 0, row: { k: null, v: 1, d: 1, on: null } },
      { time: 0, row: { k: 'a', v: 1, d: 1, on: true } },
    ],
    expected: [
      out('+I', { k: null, on: null, g: 0, n: 1 }),
      out('+I', { k: null, on: null, g: 1, n: 1 }),
      out('+I', { k: null, on: null, g: 3, n: 1 }),
      out('+I', { k: 'a', on: true, g: 0, n: 1 }),
      out('+I', { k: 'a', on: null, g: 1, n: 1 }),
      out('-U', { k: null, on: null, g: 3, n: 1 }),
      out('+U', { k: null, on: null, g: 3, n: 2 }),
    ],
    order: 'exact',
  });
});

test('what is wrong is refused with its path', () => {
  const refused = (config: object, input = APPEND.in): string[] => {
    const found: string[] = [];
    const parsed = groupAggregateSpec.config.parse({
      keys: ['k'],
      aggregates: [{ function: 'count', as: 'n' }],
      ...config,
    });
    groupAggregateSpec.schemas({
      config: parsed,
      inputs: { in: [input] },
      report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
    });
    return found;
  };
  const count = { function: 'count', as: 'n' };
  assert.deepEqual(refused({}), []);
  assert.deepEqual(refused({ keys: ['z'] }), ['T-FIELD keys.0']);
  assert.deepEqual(refused({ keys: ['k', 'k'] }), ['S-VALUE keys.1']);
  assert.deepEqual(refused({ aggregates: [count, count] }), [
    'S-VALUE aggregates.0.as',
    'S-VALUE aggregates.1.as',
  ]);
  assert.deepEqual(refused({ aggregates: [{ ...count, as: 'k' }] }), ['S-VALUE aggregates.0.as']);
  assert.deepEqual(refused({ groupingSets: [{ keys: ['v'] }] }), ['S-VALUE groupingSets.0.keys.0']);
  assert.deepEqual(refused({ groupingSets: [{ keys: [] }, { keys: [] }] }), ['S-VALUE groupingSets.1']);
  assert.deepEqual(refused({ groupingId: 'k' }), ['S-VALUE groupingId']);
  assert.deepEqual(
    refused({ aggregates: [{ function: 'approx-count-distinct', of: 'v', as: 'n' }] }, UPDATING.in),
    ['S-VALUE aggregates.0.function'],
  );
  for (const wrong of [
    { ttl: '0 s' },
    { ttl: '-1 h' },
    { aggregates: [] },
    { keys: 'k' },
    { groupingSets: [] },
  ])
    assert.throws(
      () => groupAggregateSpec.config.parse({ keys: [], aggregates: [count], ...wrong }),
      JSON.stringify(wrong),
    );
});

test('a sum in BIGINT goes past 2^53 and comes back', () => {
  verifyOperator({
    ...OPERATOR,
    config: { aggregates: [{ function: 'sum', of: 'b', as: 's' }] },
    inputs: { in: updating([field('b', BIGINT)], false) },
    steps: [
      { time: 0, row: { b: 2n ** 62n } },
      { time: 0, row: { b: 7 } },
      { time: 0, row: { b: 2n ** 62n }, change: '-D' },
    ],
    expected: [
      out('+I', { s: 2n ** 62n }),
      out('-U', { s: 2n ** 62n }),
      out('+U', { s: 2n ** 62n + 7n }),
      out('-U', { s: 2n ** 62n + 7n }),
      out('+U', { s: 7 }),
    ],
    order: 'exact',
  });
});

/** Changes of a table whose rows may come and go: only what is there is taken away. */
const changes = fc
  .array(
    fc.record({
      k: fc.constantFrom('a', 'b', null),
      v: fc.option(fc.integer({ min: -2, max: 3 })),
      away: fc.nat(3),
      pick: fc.nat(50),
    }),
    { maxLength: 80 },
  )
  .map((acts) => {
    const there: { k: string | null; v: number | null }[] = [];
    return acts.flatMap(({ k, v, away, pick }): DriveStep[] => {
      if (away > 1 && there.length > 0) {
        const [gone] = there.splice(pick % there.length, 1);
        return gone === undefined ? [] : [put(gone.k, gone.v, away === 2 ? '-D' : '-U')];
      }
      there.push({ k, v });
      return [put(k, v, '+I')];
    });
  });

test('what the output amounts to is what SQL gives over what the input amounts to', () => {
  fc.assert(
    fc.property(changes, fc.constantFrom(1, 7, 1024), (steps, batchRows) => {
      const { rows } = drive(
        {
          ...OPERATOR,
          config: {
            keys: ['k'],
            aggregates: [
              { function: 'count', as: 'n' },
              { function: 'sum', of: 'v', filter: 'v > 0', as: 's' },
              { function: 'min', of: 'v', as: 'lo' },
              { function: 'count', of: 'v', distinct: true, as: 'd' },
            ],
          },
          inputs: UPDATING,
        },
        steps,
        { batchRows },
      );
      const table = (
        changed: readonly { change?: ChangeName; row: Readonly<Record<string, Value>> }[],
      ): string[] => {
        const found: string[] = [];
        for (const { change, row } of changed) {
          const text = JSON.stringify(row);
          if (change === '-U' || change === '-D') {
            const at = found.indexOf(text);
            assert.ok(at >= 0, `${text} is taken back and was not there`);
            found.splice(at, 1);
          } else found.push(text);
        }
        return found;
      };
      const input = table(steps as { change?: ChangeName; row: Record<string, Value> }[]).map(
        (text) => JSON.parse(text) as { k: string | null; v: number | null },
      );
      const groups = Map.groupBy(input, (row) => row.k);
      const expected = [...groups].map(([k, own]) => {
        const values = own.flatMap(({ v }) => (v === null ? [] : [v]));
        const positive = values.filter((v) => v > 0);
        const s = positive.length === 0 ? null : positive.reduce((a, b) => a + b, 0);
        const lo = values.length === 0 ? null : Math.min(...values);
        return JSON.stringify({ k, n: own.length, s, lo, d: new Set(values).size });
      });
      assert.deepEqual(table(rows).sort(), expected.sort());
    }),
    { numRuns: 300 },
  );
});
