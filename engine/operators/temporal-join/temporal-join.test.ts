import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChangeName } from '../../batch/changes.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema, field, INT, STRING, updating } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { type ReferenceRow, randomSteps, replay, SIDES, toSteps } from '../joins/testing.ts';
import { temporalJoinRuntime } from './operator.ts';
import { temporalJoinSpec } from './spec.ts';

type Config = Readonly<Record<string, unknown>>;
const OPERATOR = {
  spec: temporalJoinSpec as unknown as NodeSpec,
  runtime: temporalJoinRuntime as StatefulRuntime<Config>,
};
const RATES = updating([field('currency', STRING), field('rate', INT)], true, ['currency']);
const ORDERS = appendOnly([field('amount', INT), field('currency', STRING)], true);
const ON = [{ left: 'currency', right: 'currency' }];
const SELECT = [{ from: 'amount' }, { from: 'rate' }];

const rate = (time: number, as: ChangeName, currency: string, value: number): DriveStep => ({
  port: 'right',
  time,
  change: as,
  row: { currency, rate: value },
});
const order = (time: number, amount: number, currency: string | null): DriveStep => ({
  port: 'left',
  time,
  row: { amount, currency },
});

test('each order meets the rate of its time, however late the rate’s row comes (Flink: currency rates)', () => {
  verifyOperator({
    ...OPERATOR,
    config: { join: 'left', on: ON, select: SELECT },
    inputs: { left: ORDERS, right: RATES },
    steps: [
      order(1045, 2, 'EUR'),
      order(900, 1, 'EUR'),
      rate(1000, '+I', 'EUR', 114),
      order(1000, 3, 'EUR'),
      // The row before an update bears its old time, which must not end the version there.
      rate(1000, '-U', 'EUR', 114),
      rate(1046, '+U', 'EUR', 119),
      order(1046, 4, 'EUR'),
      order(1100, 5, 'USD'),
      order(1200, 6, 'EUR'),
      rate(1150, '-D', 'EUR', 119),
      order(1100, 7, null),
      { watermark: 1100 },
      { end: true },
    ],
    expected: (
      [
        [1, null, 900],
        [2, 114, 1045],
        [3, 114, 1000],
        [4, 119, 1046],
        [5, null, 1100],
        [7, null, 1100],
        [6, null, 1200],
      ] as const
    ).map(([amount, at, time]) => ({ row: { amount, rate: at }, time })),
  });
});

test('inner leaves out orders without a version, and old versions are dropped', () => {
  const steps: DriveStep[] = [
    rate(1, '+I', 'EUR', 1),
    rate(2, '+U', 'EUR', 2),
    rate(3, '+U', 'EUR', 3),
    order(0, 0, 'EUR'),
    order(2, 2, 'EUR'),
    { watermark: 2 },
    rate(5, '-D', 'EUR', 3),
    { watermark: 4 },
  ];
  const { tasks } = verifyOperator({
    ...OPERATOR,
    config: { on: ON, select: SELECT },
    inputs: { left: ORDERS, right: RATES },
    steps,
    expected: [{ row: { amount: 2, rate: 2 } }],
  });
  // The version of 3 holds at 4, and the end at 5 is to come.
  assert.equal(tasks[0]?.operator.stateRows, 2);
  const after = drive({ ...OPERATOR, config: { on: ON }, inputs: { left: ORDERS, right: RATES } }, [
    ...steps,
    { watermark: 5 },
  ]);
  assert.equal(after.tasks[0]?.operator.stateRows, 0);
});

const STREAM = appendOnly([field('key', STRING), field('value', STRING)], true);

test('as of now: the truth table of stream–table joins (Kafka Streams)', () => {
  const at = (port: string, second: number, value: string | null): DriveStep => ({
    port,
    time: second * 1000,
    row: { key: 'k', value },
  });
  verifyOperator({
    ...OPERATOR,
    config: {
      join: 'left',
      time: 'processing',
      on: [{ left: 'key', right: 'key' }],
      deleteWhere: 'value IS NULL',
      select: [
        { from: 'left.value', as: 'left' },
        { from: 'right.value', as: 'right' },
      ],
    },
    inputs: { left: STREAM, right: STREAM },
    steps: [
      at('right', 2, null),
      at('left', 3, 'A'),
      at('right', 4, 'a'),
      at('left', 5, 'B'),
      at('right', 6, 'b'),
      at('right', 8, null),
      at('left', 9, 'C'),
      at('right', 10, 'c'),
      at('right', 11, null),
      at('right', 13, null),
      at('right', 14, 'd'),
      at('left', 15, 'D'),
      { end: true },
    ],
    expected: [
      { row: { left: 'A', right: null }, time: 3000 },
      { row: { left: 'B', right: 'a' }, time: 5000 },
      { row: { left: 'C', right: null }, time: 9000 },
      { row: { left: 'D', right: 'd' }, time: 15_000 },
    ],
    order: 'exact',
  });
});

test('as of now: updates and deletes of a table', () => {
  verifyOperator({
    ...OPERATOR,
    config: { time: 'processing', on: ON, select: SELECT, condition: 'rate > amount' },
    inputs: { left: appendOnly(ORDERS.fields, false), right: { ...RATES, eventTime: false } },
    steps: [
      rate(0, '+I', 'EUR', 5),
      order(0, 1, 'EUR'),
      order(0, 6, 'EUR'),
      rate(0, '-U', 'EUR', 5),
      rate(0, '+U', 'EUR', 7),
      order(0, 6, 'EUR'),
      rate(0, '-D', 'EUR', 7),
      order(0, 1, 'EUR'),
    ],
    expected: [
      { row: { amount: 1, rate: 5 }, time: null },
      { row: { amount: 6, rate: 7 }, time: null },
    ],
    order: 'exact',
  });
});

test('versions that the equal fields do not tell apart, and rows without event time, are refused', () => {
  const found = (right: EdgeSchema, config: Config = {}): string[] => {
    const problems: string[] = [];
    temporalJoinSpec.schemas({
      config: temporalJoinSpec.config.parse({ on: ON, ...config }),
      inputs: { left: [ORDERS], right: [right] },
      report: (p) => problems.push(`${p.code} ${p.path.join('.')}: ${p.expected}`),
    });
    return problems;
  };
  assert.deepEqual(found(RATES), []);
  assert.deepEqual(found(updating(RATES.fields, true, ['currency', 'rate'])), [
    'G-FIT on: equal fields with rate among them',
  ]);
  assert.deepEqual(found({ ...RATES, eventTime: false }), ['G-FIT time: a source with "time" set']);
  assert.deepEqual(found({ ...RATES, eventTime: false }, { time: 'processing' }), []);
  assert.deepEqual(found(RATES, { deleteWhere: 'rate' }), ['T-TYPE deleteWhere: BOOLEAN']);
});

/** What is left of a key's versions at a watermark is the newest up to it, and all that follow. */
function reference(steps: readonly DriveStep[], join: string, conditional: boolean): ExpectedRow[] {
  const out: ExpectedRow[] = [];
  const versions: ReferenceRow[] = [];
  let waiting: ReferenceRow[] = [];
  let merged = -Infinity;
  const newest = (key: string | null, until: number): ReferenceRow | null =>
    versions.reduce<ReferenceRow | null>(
      (best, v) => (v.key === key && v.time <= until && (best === null || v.time >= best.time) ? v : best),
      null,
    );
  const give = (left: ReferenceRow): void => {
    let found = left.key === null ? null : newest(left.key, left.time);
    // For a late row the versions before the one of the watermark are gone.
    if (left.time <= merged && left.key !== null) {
      const kept = newest(left.key, merged);
      found = kept !== null && kept.time <= left.time ? kept : null;
    }
    if (found?.value === 0) found = null;
    if (
      conditional &&
      found !== null &&
      !(left.value !== null && found.value !== null && left.value <= found.value)
    )
      found = null;
    if (found === null && join === 'inner') return;
    const { id, key, value } = left;
    const [right_id, right_key, right_value] = [found?.id ?? null, found?.key ?? null, found?.value ?? null];
    out.push({ row: { id, key, value, right_id, right_key, right_value }, time: left.time });
  };
  replay(steps, {
    row(row, watermark) {
      if (row.side === 'right') versions.push(row);
      else if (row.time > watermark) waiting.push(row);
      else give(row);
    },
    watermark(time) {
      for (const row of waiting) if (row.time <= time) give(row);
      waiting = waiting.filter((row) => row.time > time);
      merged = time;
    },
  });
  return out;
}

test('equals a naive search of all versions over random rows, NULLs, orders and watermarks', () => {
  fc.assert(
    fc.property(
      randomSteps(20),
      fc.constantFrom('inner', 'left'),
      fc.boolean(),
      (random, join, conditional) => {
        const steps = toSteps(random);
        verifyOperator({
          ...OPERATOR,
          config: {
            join,
            on: [{ left: 'key', right: 'key' }],
            deleteWhere: 'value = 0',
            ...(conditional ? { condition: 'left.value <= right.value' } : {}),
          },
          inputs: SIDES,
          steps,
          expected: reference(steps, join, conditional),
        });
      },
    ),
    { numRuns: 80 },
  );
});
