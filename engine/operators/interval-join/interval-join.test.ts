import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, BIGINT, DOUBLE, field, INT, STRING } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { type ReferenceRow, randomSteps, replay, SIDES, toSteps } from '../joins/testing.ts';
import { intervalJoinRuntime } from './operator.ts';
import { intervalJoinSpec } from './spec.ts';

type Config = Readonly<Record<string, unknown>>;
const OPERATOR = {
  spec: intervalJoinSpec as unknown as NodeSpec,
  runtime: intervalJoinRuntime as StatefulRuntime<Config>,
};
const ON = [{ left: 'key', right: 'key' }];
const TIMED = appendOnly([field('key', STRING), field('ts', BIGINT, false)], true);
const TIMES = [
  { from: 'left.ts', as: 'l' },
  { from: 'right.ts', as: 'r' },
];

const at = (port: string, ts: number, key: string | null = 'key'): DriveStep => ({
  port,
  time: ts,
  row: { key, ts },
});
const wm = (watermark: number, port?: string): DriveStep => ({
  watermark,
  ...(port === undefined ? {} : { port }),
});

function verify(
  config: Config,
  steps: readonly DriveStep[],
  expected: readonly [number | null, number | null][],
) {
  return verifyOperator({
    ...OPERATOR,
    config: { on: ON, select: TIMES, ...config },
    inputs: { left: TIMED, right: TIMED },
    steps,
    expected: expected.map(([l, r]) => ({ row: { l, r } })),
  });
}

/** IntervalJoinOperatorTest: each side gets 1 to 4, with a watermark after each. */
const FOUR = (['left', 'right'] as const).flatMap((port) =>
  [1, 2, 3, 4].flatMap((ts) => [at(port, ts), wm(ts, port)]),
);

test('bounds are included or not, each by itself (IntervalJoinOperatorTest)', () => {
  const exclusive = { lowerBound: 'exclusive', upperBound: 'exclusive' };
  // left + 1 < right < left + 3
  verify({ lower: '-3 ms', upper: '-1 ms', ...exclusive }, FOUR, [
    [1, 3],
    [2, 4],
  ]);
  verify({ lower: '1 ms', upper: '3 ms', ...exclusive }, FOUR, [
    [3, 1],
    [4, 2],
  ]);
  verify({ lower: '1 ms', upper: '2 ms' }, FOUR, [
    [2, 1],
    [3, 1],
    [3, 2],
    [4, 2],
    [4, 3],
  ]);
  verify({ lower: '1 ms', upper: '2 ms', lowerBound: 'exclusive' }, FOUR, [
    [3, 1],
    [4, 2],
  ]);
  verify({ lower: '1 ms', upper: '2 ms', upperBound: 'exclusive' }, FOUR, [
    [2, 1],
    [3, 2],
    [4, 3],
  ]);
});

test('a pair carries the later time, or the one that is chosen', () => {
  const run = (time: string): (number | null)[] =>
    drive(
      {
        ...OPERATOR,
        config: { on: ON, lower: '-5 ms', upper: '5 ms', time },
        inputs: { left: TIMED, right: TIMED },
      },
      [at('left', 3), at('right', 5), at('left', 9), { end: true }],
    ).rows.map((r) => r.time);
  assert.deepEqual(run('later'), [5, 9]);
  assert.deepEqual(run('left'), [3, 9]);
  assert.deepEqual(run('right'), [5, 5]);
});

/** JoinHarnessTest.testRowTime…OuterJoin: left − right from −5 to 9. */
const OUTER: DriveStep[] = [
  at('left', 1, 'k1'),
  at('right', 1, 'k2'),
  wm(14, 'left'),
  wm(14, 'right'),
  wm(18, 'left'),
  wm(18, 'right'),
  at('left', 2, 'k1'),
  at('right', 2, 'k2'),
  at('left', 19, 'k1'),
  at('left', 20, 'k1'),
  at('right', 26, 'k1'),
  at('right', 25, 'k1'),
  at('left', 21, 'k1'),
  at('right', 39, 'k2'),
  at('right', 40, 'k2'),
  at('left', 50, 'k2'),
  at('left', 49, 'k2'),
  at('right', 41, 'k2'),
  wm(100, 'left'),
  wm(100, 'right'),
];
const MET: [number, number][] = [
  [20, 25],
  [21, 25],
  [21, 26],
  [49, 40],
  [49, 41],
  [50, 41],
];

test('outer joins pad a row when no partner can come; late rows at once (JoinHarnessTest)', () => {
  const bounds = { lower: '-5 ms', upper: '9 ms' };
  verify({ join: 'inner', ...bounds }, OUTER, MET);
  const left: [number, null][] = [1, 2, 19].map((l) => [l, null]);
  const right: [null, number][] = [1, 2, 39].map((r) => [null, r]);
  verify({ join: 'left', ...bounds }, OUTER, [...MET, ...left]);
  verify({ join: 'right', ...bounds }, OUTER, [...MET, ...right]);
  const full = verify({ join: 'full', ...bounds }, OUTER, [...MET, ...left, ...right]);
  // Held back by the larger of 5 and 9.
  assert.deepEqual(
    full.watermarks.map((w) => w.time),
    [5, 9, 91],
  );
  assert.equal(full.tasks[0]?.operator.stateRows, 0, 'nothing is kept that no partner can reach');
});

test('both bounds below zero (JoinHarnessTest.testRowTimeInnerJoinWithNegativeBounds)', () => {
  const steps = [
    wm(1),
    at('right', 2),
    wm(2),
    at('left', 3),
    at('right', 3),
    at('right', 13),
    at('left', 6),
    wm(10),
    wm(18),
  ];
  const result = verify({ lower: '-10 ms', upper: '-7 ms' }, steps, [
    [3, 13],
    [6, 13],
  ]);
  assert.deepEqual(
    result.watermarks.map((w) => w.time),
    [-9, -8, 0, 8],
  );
});

test('with a grace, padded rows wait and late partners are still met (Kafka Streams)', () => {
  const config = { join: 'full', lower: '-15 s', upper: '15 s', lateness: '5 s' };
  const s = (port: string, second: number): DriveStep[] => [at(port, second * 1000), wm(second * 1000)];
  // E at 40 waits for 40 + 15 + 5; F meets nothing either.
  const steps = [...s('left', 40), ...s('right', 59), ...s('left', 80), ...s('right', 84), ...s('left', 130)];
  const result = verify(config, steps, [
    [40_000, null],
    [null, 59_000],
    [80_000, 84_000],
  ]);
  assert.deepEqual(
    result.rows.filter((r) => r.row['r'] === null).map((r) => r.step),
    [5],
  );
  // A watermark of 60 s leaves no place for a partner of the row at 40 s (60 ≥ 40 + 15 + 5), one of 59,999 ms does.
  verify(
    { ...config, join: 'inner' },
    [at('left', 40_000), wm(59_999), at('right', 55_000)],
    [[40_000, 55_000]],
  );
  verify({ ...config, join: 'inner' }, [at('left', 40_000), wm(60_000), at('right', 55_000)], []);
});

test('late rows go to the late port where they are to be dropped (IntervalJoinOperatorTest.testDiscardsLateData)', () => {
  const steps = [at('left', 1), at('right', 2), wm(3), at('left', 2), at('right', 3), at('right', 2)];
  verifyOperator({
    ...OPERATOR,
    config: { on: ON, select: TIMES, lower: '-5 ms', upper: '5 ms', late: 'drop' },
    inputs: { left: TIMED, right: TIMED },
    steps,
    expected: [
      { row: { l: 1, r: 2 } },
      // At the watermark is not behind it.
      { row: { l: 1, r: 3 } },
      { port: 'late-left', row: { key: 'key', ts: 2 } },
      { port: 'late-right', row: { key: 'key', ts: 2 } },
    ],
  });
});

test('pairs for which the condition fails are told, and do not meet', () => {
  const sides = {
    left: appendOnly([field('key', STRING), field('a', STRING)], true),
    right: appendOnly([field('key', STRING), field('b', INT)], true),
  };
  verifyOperator({
    ...OPERATOR,
    config: {
      join: 'left',
      on: ON,
      lower: '0 s',
      upper: '0 s',
      condition: 'CAST(a AS INT) = right.b',
    },
    inputs: sides,
    steps: [
      { port: 'left', time: 1, row: { key: 'k', a: '7' } },
      { port: 'left', time: 1, row: { key: 'k', a: 'x' } },
      { port: 'right', time: 1, row: { key: 'k', b: 7 } },
      { end: true },
    ],
    expected: [
      { row: { key: 'k', a: '7', right_key: 'k', b: 7 } },
      { row: { key: 'k', a: 'x', right_key: null, b: null } },
    ],
    deadLetters: ['R-RECORD'],
  });
});

test('rows without partner at once: given as they come, and again with each later partner', () => {
  verify(
    { join: 'left', lower: '-5 ms', upper: '0 ms', unmatched: 'at-once' },
    [
      at('left', 1),
      at('right', 2),
      at('right', 3),
      at('left', 3),
      at('left', 9, null),
      wm(100),
      { end: true },
    ],
    [
      [1, null],
      [1, 2],
      [1, 3],
      [3, 3],
      [9, null],
    ],
  );
});

test('an empty interval, keys of different types, unknown fields and names that clash are refused', () => {
  const left = appendOnly([field('id', INT), field('key', STRING), field('t', DOUBLE)], true);
  const found = (config: Config, eventTime = true): string[] => {
    const problems: string[] = [];
    const parsed = intervalJoinSpec.config.parse({ lower: '0 s', upper: '0 s', ...config });
    intervalJoinSpec.schemas({
      config: parsed,
      inputs: { left: [left], right: [{ ...left, eventTime }] },
      report: (p) => problems.push(`${p.code} ${p.path.join('.')}: ${p.value}`),
    });
    return problems;
  };
  assert.deepEqual(found({ on: ON }), []);
  assert.deepEqual(found({ lower: '1 s' }), ['S-VALUE upper: "0 s"']);
  assert.deepEqual(found({ upperBound: 'exclusive' }), ['S-VALUE upper: "0 s"']);
  assert.deepEqual(found({ on: [{ left: 'id', right: 'key' }] }), ['T-TYPE on.0.right: "key", STRING']);
  assert.deepEqual(found({ on: [{ left: 'id', right: 't' }] }), ['T-TYPE on.0.right: "t", DOUBLE']);
  assert.deepEqual(found({ on: [{ left: 'nope', right: 'id' }] }), ['T-FIELD on.0.left: "nope"']);
  assert.deepEqual(found({ select: [{ from: 'id' }] }), ['T-FIELD select.0.from: "id"']);
  assert.deepEqual(found({ select: [{ from: 'left.id' }, { from: 'right.id' }] }), [
    'S-VALUE select.1.as: "id"',
  ]);
  assert.deepEqual(found({ condition: 'left.id + 1' }), ['T-TYPE condition: "left.id + 1"']);
  assert.deepEqual(found({}, false), ['G-FIT : no event time on right']);
});

interface Kept extends ReferenceRow {
  met: boolean;
  readonly until: number;
}

/** The same by the book: every row against every row. */
function reference(
  steps: readonly DriveStep[],
  {
    lower,
    upper,
    lateness,
    join,
    atOnce,
  }: { lower: number; upper: number; lateness: number; join: string; atOnce: boolean },
): ExpectedRow[] {
  const out: ExpectedRow[] = [];
  let kept: Kept[] = [];
  const pad = (row: Kept): void => {
    if (row.met || (join !== 'full' && join !== row.side)) return;
    row.met = true;
    const own = { id: row.id, key: row.key, value: row.value };
    const none = { id: null, key: null, value: null };
    const [l, r] = row.side === 'left' ? [own, none] : [none, own];
    out.push({ row: beside(l, r), time: row.time });
  };
  replay(steps, {
    row(row, watermark) {
      const until = row.side === 'left' ? row.time - lower + lateness : row.time + upper + lateness;
      const own: Kept = { ...row, met: false, until };
      for (const other of kept) {
        if (other.side === row.side) continue;
        const [l, r] = row.side === 'left' ? [own, other] : [other, own];
        const apart = l.time - r.time;
        if (l.key === null || l.key !== r.key || apart < lower || apart > upper) continue;
        if (l.value === null || r.value === null || !(l.value <= r.value)) continue;
        own.met = true;
        other.met = true;
        out.push({ row: beside(l, r), time: Math.max(l.time, r.time) });
      }
      if (atOnce || watermark >= until) pad(own);
      if (watermark >= until) return;
      kept.push(own);
    },
    watermark(time) {
      for (const row of kept) if (row.until <= time) pad(row);
      kept = kept.filter((row) => row.until > time);
    },
  });
  return out;
}

type Half = Pick<ReferenceRow, 'id' | 'key' | 'value'> | { id: null; key: null; value: null };
const beside = (l: Half, r: Half): ExpectedRow['row'] => ({
  id: l.id,
  key: l.key,
  value: l.value,
  right_id: r.id,
  right_key: r.key,
  right_value: r.value,
});

test('equals a naive join over random rows, NULLs, orders and watermarks', () => {
  const bound = fc.integer({ min: -12, max: 12 });
  fc.assert(
    fc.property(
      randomSteps(),
      fc.tuple(bound, bound),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom('inner', 'left', 'right', 'full'),
      fc.boolean(),
      (random, [a, b], lateness, join, atOnce) => {
        const [lower, upper] = [Math.min(a, b), Math.max(a, b)];
        const steps = toSteps(random);
        verifyOperator({
          ...OPERATOR,
          config: {
            join,
            on: ON,
            lower: `${lower} ms`,
            upper: `${upper} ms`,
            lateness: `${lateness} ms`,
            condition: 'left.value <= right.value',
            ...(atOnce ? { unmatched: 'at-once' } : {}),
          },
          inputs: SIDES,
          steps,
          expected: reference(steps, { lower, upper, lateness, join, atOnce }),
        });
      },
    ),
    { numRuns: 60 },
  );
});
