import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, BIGINT, field, INT, STRING, TIMESTAMP } from '../../contract/types.ts';
import { assignWindows, type WindowAssigner } from '../../progress/windows.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { type ReferenceRow, randomSteps, replay, SIDES, toSteps } from '../joins/testing.ts';
import { windowJoinRuntime } from './operator.ts';
import { windowJoinSpec } from './spec.ts';

type Config = Readonly<Record<string, unknown>>;
const OPERATOR = {
  spec: windowJoinSpec as unknown as NodeSpec,
  runtime: windowJoinRuntime as StatefulRuntime<Config>,
};

const MINUTE = 60_000;
const NOON = Date.UTC(2020, 3, 15, 12);

test('the tables of Flink’s page on window joins', () => {
  const side = appendOnly([field('num', INT), field('id', STRING)], true);
  const row = (port: string, minute: number, num: number, id: string): DriveStep => ({
    port,
    time: NOON + minute * MINUTE,
    row: { num, id },
  });
  const steps: DriveStep[] = [
    row('left', 2, 1, 'L1'),
    row('left', 6, 2, 'L2'),
    row('left', 3, 3, 'L3'),
    row('right', 1, 2, 'R2'),
    row('right', 4, 3, 'R3'),
    row('right', 5, 4, 'R4'),
    { end: true },
  ];
  const inWindow = (first: boolean, l: [number, string] | null, r: [number, string] | null): ExpectedRow => ({
    row: {
      num: l?.[0] ?? null,
      id: l?.[1] ?? null,
      right_num: r?.[0] ?? null,
      right_id: r?.[1] ?? null,
      window_start: NOON + (first ? 0 : 5 * MINUTE),
      window_end: NOON + (first ? 5 : 10) * MINUTE,
    },
    time: NOON + (first ? 5 : 10) * MINUTE - 1,
  });
  const met = [inWindow(true, [3, 'L3'], [3, 'R3'])];
  const left = [inWindow(true, [1, 'L1'], null), inWindow(false, [2, 'L2'], null)];
  const right = [inWindow(true, null, [2, 'R2']), inWindow(false, null, [4, 'R4'])];
  const verify = (join: string, expected: readonly ExpectedRow[]): void => {
    verifyOperator({
      ...OPERATOR,
      config: { join, window: { kind: 'tumbling', size: '5 min' }, on: [{ left: 'num', right: 'num' }] },
      inputs: { left: side, right: side },
      steps,
      expected,
    });
  };
  verify('inner', met);
  verify('left', [...met, ...left]);
  verify('right', [...met, ...right]);
  verify('full', [...met, ...left, ...right]);
  const only = ({ row, time }: ExpectedRow): ExpectedRow => {
    const { right_num, right_id, ...rest } = row;
    return { row: rest, ...(time === undefined ? {} : { time }) };
  };
  verify('semi', met.map(only));
  verify('anti', left.map(only));
});

/** Counts per name and window, as two window aggregates give them (WindowJoinITCase). */
const COUNTS = appendOnly(
  [
    field('name', STRING),
    field('window_start', TIMESTAMP, false),
    field('window_end', TIMESTAMP, false),
    field('uv', BIGINT, false),
  ],
  true,
);
const count = (port: string, start: number, name: string | null, uv: number): DriveStep => ({
  port,
  time: start + 4999,
  row: { name, window_start: start, window_end: start + 5000, uv },
});
const AGGREGATED: DriveStep[] = [
  count('left', 0, 'a', 2),
  count('left', 5000, 'b', 2),
  count('left', 5000, 'a', 1),
  count('left', 15_000, 'b', 1),
  count('left', 30_000, null, 0),
  count('left', 30_000, 'b', 1),
  count('left', 40_000, null, 7),
  count('right', 0, 'a1', 2),
  count('right', 5000, 'b', 2),
  count('right', 5000, 'a1', 1),
  count('right', 15_000, 'b', 1),
  count('right', 30_000, null, 0),
  count('right', 30_000, 'b', 1),
  { end: true },
];

function joined(config: Config): string[] {
  const full = {
    window: { kind: 'assigned' },
    on: [{ left: 'name', right: 'name' }],
    ...config,
  };
  const rows = drive({ ...OPERATOR, config: full, inputs: { left: COUNTS, right: COUNTS } }, AGGREGATED).rows;
  const expected = rows.map(({ row }) => ({ row }));
  // Every other way of running it gives the same.
  verifyOperator({
    ...OPERATOR,
    config: full,
    inputs: { left: COUNTS, right: COUNTS },
    steps: AGGREGATED,
    expected,
  });
  return rows
    .map(({ row }) => `${row['window_start']} ${row['name']} ${row['uv']} ${row['right_uv']}`)
    .sort();
}

test('windows that the rows bring along; NULL keys by each rule (WindowJoinITCase)', () => {
  assert.deepEqual(joined({ join: 'inner' }), ['15000 b 1 1', '30000 b 1 1', '5000 b 2 2']);
  assert.deepEqual(joined({ join: 'inner', nullKeys: 'equal' }), [
    '15000 b 1 1',
    '30000 b 1 1',
    '30000 null 0 0',
    '5000 b 2 2',
  ]);
  assert.deepEqual(joined({ join: 'left' }), [
    '0 a 2 null',
    '15000 b 1 1',
    '30000 b 1 1',
    '30000 null 0 null',
    '40000 null 7 null',
    '5000 a 1 null',
    '5000 b 2 2',
  ]);
  assert.deepEqual(joined({ join: 'semi' }), [
    '15000 b 1 undefined',
    '30000 b 1 undefined',
    '5000 b 2 undefined',
  ]);
  assert.deepEqual(joined({ join: 'anti' }), [
    '0 a 2 undefined',
    '30000 null 0 undefined',
    '40000 null 7 undefined',
    '5000 a 1 undefined',
  ]);
  // A NULL may equal anything of its window; where that has no right row, NOT IN is true.
  assert.deepEqual(joined({ join: 'anti', anti: 'not-in' }), [
    '0 a 2 undefined',
    '40000 null 7 undefined',
    '5000 a 1 undefined',
  ]);
});

test('the result has the window once, and no clash', () => {
  const out = windowJoinSpec.schemas({
    config: windowJoinSpec.config.parse({ window: { kind: 'assigned' }, on: [] }),
    inputs: { left: [COUNTS], right: [COUNTS] },
    report: (p) => assert.fail(p.message),
  })['out'];
  assert.deepEqual(
    out?.fields.map((f) => f.name),
    ['name', 'uv', 'right_name', 'right_uv', 'window_start', 'window_end'],
  );
});

test('a row is late when all its windows are over; in those that are not it still meets', () => {
  const row = (port: string, time: number, id: number): DriveStep => ({
    port,
    time,
    row: { id, key: 'a', value: 1 },
  });
  verifyOperator({
    ...OPERATOR,
    config: {
      window: { kind: 'hopping', size: '10 ms', slide: '5 ms' },
      on: [{ left: 'key', right: 'key' }],
      select: [
        { from: 'left.id', as: 'l' },
        { from: 'right.id', as: 'r' },
      ],
    },
    inputs: SIDES,
    steps: [
      row('left', 7, 1),
      row('right', 12, 2),
      { watermark: 9 },
      row('right', 8, 3),
      row('left', 4, 4),
      { end: true },
    ],
    expected: [
      { row: { l: 1, r: 2, window_start: 5, window_end: 15 }, time: 14 },
      { row: { l: 1, r: 3, window_start: 5, window_end: 15 }, time: 14 },
      { port: 'late-left', row: { id: 4, key: 'a', value: 1 }, time: 4 },
    ],
  });
});

test('equal event times, released when both watermarks have passed: windows of 1 ms without keys (RisingWave)', () => {
  const steps = (
    [
      ['right', 0, 100],
      ['left', 0, 1],
      ['left', 10, 2],
      ['right', 10, 200],
      // Behind the watermark of 5 s.
      ['left', 4, 3],
      ['left', 10, 3],
      ['left', 20, 4],
      ['right', 20, 400],
    ] as const
  ).flatMap(([port, second, id]): DriveStep[] => [
    { port, time: second * 1000, row: { id, key: null, value: null } },
    { port, watermark: second * 1000 - 5000 },
  ]);
  const { rows } = verifyOperator({
    ...OPERATOR,
    config: {
      join: 'left',
      window: { kind: 'tumbling', size: '1 ms' },
      on: [],
      select: [
        { from: 'left.id', as: 'l' },
        { from: 'right.id', as: 'r' },
      ],
    },
    inputs: SIDES,
    steps,
    expected: [
      { row: { l: 1, r: 100, window_start: 0, window_end: 1 } },
      { row: { l: 2, r: 200, window_start: 10_000, window_end: 10_001 } },
      { row: { l: 3, r: 200, window_start: 10_000, window_end: 10_001 } },
      { port: 'late-left', row: { id: 3, key: null, value: null } },
    ],
  });
  // With the watermark that follows the fourth and the last record.
  assert.deepEqual(
    rows.filter((r) => r.port === 'out').map((r) => r.step),
    [7, 15, 15],
  );
});

test('wrong windows are refused with their path', () => {
  const found = (window: Config, more: Config = {}): string[] => {
    const problems: string[] = [];
    windowJoinSpec.schemas({
      config: windowJoinSpec.config.parse({ window, ...more }),
      inputs: { left: [COUNTS], right: [COUNTS] },
      report: (p) => problems.push(`${p.code} ${p.path.join('.')}: ${p.expected}`),
    });
    return problems;
  };
  assert.deepEqual(
    found({ kind: 'hopping', size: '1 min', slide: '2 min' }, { select: [{ from: 'left.uv' }] }),
    ['S-VALUE window.slide: at most the size, 1 min'],
  );
  assert.deepEqual(
    found({ kind: 'cumulating', size: '1 min', step: '40 s' }, { select: [{ from: 'left.uv' }] }),
    ['S-VALUE window.step: a part of 1 min'],
  );
  assert.deepEqual(found({ kind: 'tumbling', size: '1 min' }), [
    'S-VALUE window: every field name once',
    'S-VALUE window: every field name once',
  ]);
  assert.deepEqual(found({ kind: 'assigned', start: 'name' }, { select: [{ from: 'left.uv' }] }), [
    'T-TYPE window.start: a TIMESTAMP field',
    'T-TYPE window.start: a TIMESTAMP field',
  ]);
  assert.deepEqual(found({ kind: 'assigned' }, { join: 'anti', anti: 'not-in', nullKeys: 'equal' }), [
    'S-VALUE nullKeys: "never"',
  ]);
});

const WINDOWS: readonly { config: Config; assigner: WindowAssigner }[] = [
  { config: { kind: 'tumbling', size: '7 ms' }, assigner: { kind: 'tumbling', size: 7 } },
  {
    config: { kind: 'hopping', size: '9 ms', slide: '4 ms', offset: '1 ms' },
    assigner: { kind: 'hopping', size: 9, slide: 4, offset: 1 },
  },
  {
    config: { kind: 'cumulating', size: '12 ms', step: '4 ms' },
    assigner: { kind: 'cumulating', size: 12, step: 4 },
  },
];

interface Rule {
  readonly join: string;
  readonly nullKeys: string;
  readonly anti: string;
  readonly conditional: boolean;
}

/** Every window by itself: all rows of one side against all of the other. */
function reference(steps: readonly DriveStep[], assigner: WindowAssigner, rule: Rule): ExpectedRow[] {
  const out: ExpectedRow[] = [];
  const open = new Map<string, { start: number; end: number; rows: ReferenceRow[] }>();
  const holds = (l: ReferenceRow, r: ReferenceRow): boolean =>
    !rule.conditional || (l.value !== null && r.value !== null && l.value <= r.value);
  const equal = (l: ReferenceRow, r: ReferenceRow): boolean =>
    l.key === null || r.key === null ? rule.nullKeys === 'equal' && l.key === r.key : l.key === r.key;
  const unsure = (l: ReferenceRow, r: ReferenceRow): boolean => l.key === null || r.key === null;
  replay(steps, {
    row(row, watermark) {
      const windows = assignWindows(assigner, row.time).filter((w) => w.end - 1 > watermark);
      for (const { start, end } of windows) {
        const name = `${start} ${end}`;
        const window = open.get(name) ?? { start, end, rows: [] };
        open.set(name, window);
        window.rows.push(row);
      }
      if (windows.length === 0) {
        const { id, key, value } = row;
        out.push({ port: `late-${row.side}`, row: { id, key, value }, time: row.time });
      }
    },
    watermark(time) {
      for (const [name, { start, end, rows }] of open) {
        if (end - 1 > time) continue;
        open.delete(name);
        const emit = (l: ReferenceRow | null, r: ReferenceRow | null): void => {
          const leftOnly = rule.join === 'semi' || rule.join === 'anti';
          out.push({
            row: {
              id: l?.id ?? null,
              key: l?.key ?? null,
              value: l?.value ?? null,
              ...(leftOnly
                ? {}
                : { right_id: r?.id ?? null, right_key: r?.key ?? null, right_value: r?.value ?? null }),
              window_start: start,
              window_end: end,
            },
            time: end - 1,
          });
        };
        const lefts = rows.filter((r) => r.side === 'left');
        const rights = rows.filter((r) => r.side === 'right');
        const meet = (l: ReferenceRow, r: ReferenceRow): boolean => equal(l, r) && holds(l, r);
        for (const l of lefts) {
          const partners = rights.filter((r) => meet(l, r));
          if (['inner', 'left', 'right', 'full'].includes(rule.join)) for (const r of partners) emit(l, r);
          if ((rule.join === 'left' || rule.join === 'full') && partners.length === 0) emit(l, null);
          if (rule.join === 'semi' && partners.length > 0) emit(l, null);
          const excluded =
            rule.anti === 'not-in'
              ? rights.some((r) => (unsure(l, r) || equal(l, r)) && holds(l, r))
              : partners.length > 0;
          if (rule.join === 'anti' && !excluded) emit(l, null);
        }
        if (rule.join === 'right' || rule.join === 'full')
          for (const r of rights) if (!lefts.some((l) => meet(l, r))) emit(null, r);
      }
    },
  });
  return out;
}

test('equals a naive join of every window over random rows, NULLs, orders and watermarks', () => {
  fc.assert(
    fc.property(
      randomSteps(),
      fc.constantFrom(...WINDOWS),
      fc.constantFrom('inner', 'left', 'right', 'full', 'semi', 'anti'),
      fc.boolean(),
      fc.constantFrom(['never', 'not-exists'], ['equal', 'not-exists'], ['never', 'not-in']),
      (random, { config, assigner }, join, conditional, [nullKeys = '', anti = '']) => {
        const steps = toSteps(random);
        verifyOperator({
          ...OPERATOR,
          config: {
            join,
            window: config,
            on: [{ left: 'key', right: 'key' }],
            nullKeys,
            anti,
            ...(conditional ? { condition: 'left.value <= right.value' } : {}),
          },
          inputs: SIDES,
          steps,
          expected: reference(steps, assigner, { join, nullKeys, anti, conditional }),
        });
      },
    ),
    { numRuns: 60 },
  );
});
