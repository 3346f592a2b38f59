import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, field, INT, STRING, TIMESTAMP } from '../../contract/types.ts';
import { mergeSessions } from '../../progress/windows.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { drive } from '../../testing/drive.ts';
import type { DriveStep } from '../../testing/steps.ts';
import { verifyOperator, waysToRun } from '../../testing/verify.ts';
import { assignWindowsRuntime } from './operator.ts';
import { assignWindowsSpec } from './spec.ts';

const NODE = {
  spec: assignWindowsSpec as NodeSpec,
  runtime: assignWindowsRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const FIELDS = [field('item', STRING), field('n', INT)];
const SECOND = 1000;
const MINUTE = 60 * SECOND;

const at = (time: number, item: string | null, n = 0): DriveStep => ({ time, row: { item, n } });
const inWindow = (start: number, end: number, item: string | null, n = 0) => ({
  row: { item, n, window_start: start, window_end: end, window_time: end - 1 },
  time: end - 1,
});

/** The rows of Flink's page on windowing table-valued functions, minutes after 08:00. */
const BIDS = (
  [
    [5, 'C'],
    [7, 'A'],
    [9, 'D'],
    [11, 'B'],
    [13, 'E'],
    [17, 'F'],
  ] as const
).map(([m, item]) => at(m * MINUTE, item));
const windows = (config: object, steps: readonly DriveStep[]): string[] =>
  drive({ ...NODE, config: { window: config }, inputs: FIELDS }, steps).rows.map(
    ({ row }) =>
      `${row['item']} ${Number(row['window_start']) / MINUTE} ${Number(row['window_end']) / MINUTE}`,
  );

test('hopping and cumulating windows of the Flink documentation', () => {
  assert.deepEqual(windows({ kind: 'hopping', size: '10 min', slide: '5 min' }, BIDS), [
    'C 0 10',
    'C 5 15',
    'A 0 10',
    'A 5 15',
    'D 0 10',
    'D 5 15',
    'B 5 15',
    'B 10 20',
    'E 5 15',
    'E 10 20',
    'F 10 20',
    'F 15 25',
  ]);
  assert.deepEqual(windows({ kind: 'cumulating', size: '10 min', step: '2 min' }, BIDS.slice(0, 3)), [
    'C 0 6',
    'C 0 8',
    'C 0 10',
    'A 0 8',
    'A 0 10',
    'D 0 10',
  ]);
});

test('offsets and times before the epoch', () => {
  const tumbling = { kind: 'tumbling', size: '30 min', offset: '13 min' };
  assert.deepEqual(windows(tumbling, [at(0, 'a'), at(13 * MINUTE, 'b'), at(-18 * MINUTE, 'c')]), [
    'a -17 13',
    'b 13 43',
    'c -47 -17',
  ]);
});

test('rows leave at once with the last instant of the window as their time, late ones too', () => {
  verifyOperator({
    ...NODE,
    config: { window: { kind: 'tumbling', size: '10 s' } },
    inputs: FIELDS,
    steps: [
      at(4 * SECOND, 'a'),
      { watermark: 20 * SECOND },
      at(5 * SECOND, 'late', 1),
      at(31 * SECOND, null, 2),
    ],
    expected: [inWindow(0, 10_000, 'a'), inWindow(0, 10_000, 'late', 1), inWindow(30_000, 40_000, null, 2)],
    order: 'exact',
  });
});

test('a record in more windows than a batch has rows', () => {
  const { rows } = drive(
    { ...NODE, config: { window: { kind: 'hopping', size: '10 s', slide: '1 ms' } }, inputs: FIELDS },
    [at(0, 'a'), at(1, 'b')],
  );
  assert.equal(rows.length, 20_000);
  assert.equal(new Set(rows.map((r) => `${r.row['item']} ${r.row['window_end']}`)).size, 20_000);
  assert.deepEqual([rows[0]?.row['window_end'], rows[9999]?.row['window_end']], [1, 10_000]);
});

test('records of a session leave together when it is over, and one that touches it is in it', () => {
  const result = verifyOperator({
    ...NODE,
    config: { window: { kind: 'session', gap: '10 ms', keys: ['item'] } },
    inputs: FIELDS,
    steps: [
      at(0, 'a', 1),
      at(10, 'a', 2),
      at(5, null, 3),
      at(40, 'a', 4),
      { watermark: 14 },
      { watermark: 19 },
      at(9, 'a', 5),
      at(12, null, 6),
      { end: true },
    ],
    expected: [
      inWindow(5, 15, null, 3),
      inWindow(0, 20, 'a', 1),
      inWindow(0, 20, 'a', 2),
      inWindow(40, 50, 'a', 4),
      { row: { item: 'a', n: 5 }, port: 'late', time: 9 },
      inWindow(12, 22, null, 6),
    ],
    order: 'bag',
  });
  const steps = result.rows.map((r) => [r.row['n'], r.step]);
  assert.deepEqual(steps.slice(0, 3), [
    [3, 4],
    [1, 5],
    [2, 5],
  ]);
});

test('a late record is taken where the session that it joins is still open', () => {
  verifyOperator({
    ...NODE,
    config: { window: { kind: 'session', gap: '10 ms' } },
    inputs: FIELDS,
    steps: [at(0, 'a'), at(15, 'c'), { watermark: 8 }, at(7, 'b'), { watermark: 30 }],
    expected: [inWindow(0, 25, 'a'), inWindow(0, 25, 'c'), inWindow(0, 25, 'b')],
    order: 'bag',
  });
});

test('sessions of any rows are those that merging them all at once gives', () => {
  const row = fc.record({ time: fc.integer({ min: 0, max: 200 }), item: fc.constantFrom('a', 'b', null) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 50 }), (made) => {
      const steps: DriveStep[] = made.map((r, n) => at(r.time, r.item, n));
      const wanted = made.map((r, n) => {
        const own = made.filter((o) => o.item === r.item).map((o) => ({ start: o.time, end: o.time + 10 }));
        const session = mergeSessions(own).find((s) => s.start <= r.time && r.time < s.end);
        return `${n} ${session?.start} ${session?.end}`;
      });
      for (const way of waysToRun()) {
        const { rows } = drive(
          { ...NODE, config: { window: { kind: 'session', gap: '10 ms', keys: ['item'] } }, inputs: FIELDS },
          [...steps, { end: true }],
          way,
        );
        const seen = rows.map(({ row: r }) => `${r['n']} ${r['window_start']} ${r['window_end']}`);
        assert.deepEqual(seen.sort(), wanted.sort(), way.name);
      }
    }),
    { numRuns: 50 },
  );
});

test('sessions that come and go leave nothing behind', () => {
  const steps: DriveStep[] = [];
  for (let n = 0; n < 70_000; n++) steps.push(at(n * 100, `k${n}`));
  steps.push({ watermark: 70_000 * 100 - 50 }, at(70_000 * 100, 'x'), { watermark: 70_000 * 100 + 50 });
  const { rows, tasks } = drive(
    { ...NODE, config: { window: { kind: 'session', gap: '10 ms', keys: ['item'] } }, inputs: FIELDS },
    steps,
  );
  assert.equal(rows.length, 70_001);
  const [task] = tasks;
  assert.deepEqual([task?.operator.stateRows, task?.operator.openWindows], [0, 0]);
});

test('wrong settings are refused with their place', () => {
  const problems = (window: object, fields = FIELDS, eventTime = true): string[] => {
    const found: string[] = [];
    assignWindowsSpec.schemas({
      config: assignWindowsSpec.config.parse({ window }),
      inputs: { in: [appendOnly(fields, eventTime)] },
      report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
    });
    return found;
  };
  assert.deepEqual(problems({ kind: 'hopping', size: '5 s', slide: '6 s' }), ['S-VALUE window.slide']);
  assert.deepEqual(problems({ kind: 'hopping', size: '1 d', slide: '1 ms' }), ['S-VALUE window.slide']);
  assert.deepEqual(problems({ kind: 'cumulating', size: '5 s', step: '2 s' }), ['S-VALUE window.step']);
  assert.deepEqual(problems({ kind: 'session', gap: '5 s', keys: ['no'] }), ['T-FIELD window.keys.0']);
  assert.deepEqual(problems({ kind: 'tumbling', size: '5 s' }, FIELDS, false), ['G-FIT window']);
  assert.deepEqual(problems({ kind: 'tumbling', size: '5 s' }, [field('window_end', TIMESTAMP)]), [
    'G-FIT window',
  ]);
});
