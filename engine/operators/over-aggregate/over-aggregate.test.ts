import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, BIGINT, DOUBLE, field, INT, STRING } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import { checkGraph } from '../../plan/check.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { overAggregateRuntime } from './operator.ts';
import { overAggregateSpec } from './spec.ts';

const OPERATOR = {
  spec: overAggregateSpec as unknown as NodeSpec,
  runtime: overAggregateRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const FIELDS = [field('k', STRING), field('v', INT), field('d', DOUBLE)];
const IN = { in: appendOnly(FIELDS, true) };

const at = (time: number, k: string | null, v: number | null): DriveStep => ({ time, row: { k, v, d: v } });
const wm = (watermark: number): DriveStep => ({ watermark });
const END: DriveStep = { end: true };

/** Rows out as `time k v: results`. */
function verify(config: object, steps: readonly DriveStep[], expected: readonly string[], port = 'out') {
  const wanted = expected.map((line): string => line);
  const functions = (config as { aggregates: { as: string }[] }).aggregates.map((a) => a.as);
  const show = (row: Readonly<Record<string, Value>>, time: number | null): string =>
    `${time} ${row['k']} ${row['v']}: ${functions.map((name) => String(row[name])).join(' ')}`;
  const operatorCase = { ...OPERATOR, config: { keys: ['k'], ...config }, inputs: IN, steps };
  const plain = drive(operatorCase, steps).rows.filter((r) => r.port === port);
  assert.deepEqual(
    plain.map((r) => show(r.row, r.time)),
    wanted,
  );
  // Every other way of running gives the same rows, in the same order.
  const all = drive(operatorCase, steps).rows;
  return verifyOperator({
    ...operatorCase,
    order: 'exact',
    expected: all.map((r): ExpectedRow => ({ row: r.row, port: r.port, time: r.time })),
  });
}

const SUM = { function: 'sum', of: 'v', as: 's' };

/** OverWindowHarnessTest (Flink): the same input for ROWS and RANGE. */
const HARNESS = [
  ...(
    [
      [800],
      [801, 'aaa', 1],
      [2500],
      [2501, 'bbb', 10],
      [4000],
      [4001, 'aaa', 2],
      [4001, 'aaa', 3],
      [4001, 'bbb', 20],
      [4800],
      [4801, 'aaa', 4],
      [6500],
      [6501, 'aaa', 5],
      [6501, 'aaa', 6],
      [6501, 'bbb', 30],
      [7000],
      [7001, 'aaa', 7],
      [8000],
      [8001, 'aaa', 8],
      [12000],
      [12001, 'aaa', 9],
      [12001, 'aaa', 10],
      [12001, 'bbb', 40],
      [19000],
    ] as const
  ).map(([time, k, v]): DriveStep => (k === undefined ? wm(time) : at(time, k, v))),
];
const MIN_MAX = [
  { function: 'min', of: 'v', as: 'lo' },
  { function: 'max', of: 'v', as: 'hi' },
];

test('RANGE UNBOUNDED: rows of one time share a result (OverWindowHarnessTest)', () => {
  verify({ aggregates: MIN_MAX }, HARNESS, [
    '801 aaa 1: 1 1',
    '2501 bbb 10: 10 10',
    '4001 aaa 2: 1 3',
    '4001 aaa 3: 1 3',
    '4001 bbb 20: 10 20',
    '4801 aaa 4: 1 4',
    '6501 aaa 5: 1 6',
    '6501 aaa 6: 1 6',
    '6501 bbb 30: 10 30',
    '7001 aaa 7: 1 7',
    '8001 aaa 8: 1 8',
    '12001 aaa 9: 1 10',
    '12001 aaa 10: 1 10',
    '12001 bbb 40: 10 40',
  ]);
});

test('ROWS UNBOUNDED: each row ends its own frame (OverWindowHarnessTest)', () => {
  verify({ frame: { kind: 'rows' }, aggregates: MIN_MAX }, HARNESS.slice(0, 9), [
    '801 aaa 1: 1 1',
    '2501 bbb 10: 10 10',
    '4001 aaa 2: 1 2',
    '4001 aaa 3: 1 3',
    '4001 bbb 20: 10 20',
  ]);
});

test('frames that slide: by records and by time', () => {
  const steps = [at(10, 'a', 1), at(20, 'a', 2), at(20, 'a', 4), at(30, 'a', 8), at(45, 'a', 16), END];
  verify({ frame: { kind: 'rows', preceding: 1 }, aggregates: [SUM, ...MIN_MAX] }, steps, [
    '10 a 1: 1 1 1',
    '20 a 2: 3 1 2',
    '20 a 4: 6 2 4',
    '30 a 8: 12 4 8',
    '45 a 16: 24 8 16',
  ]);
  verify({ frame: { kind: 'rows', preceding: 0 }, aggregates: [SUM] }, steps.slice(0, 2).concat(END), [
    '10 a 1: 1',
    '20 a 2: 2',
  ]);
  // The bound is included: 10 is in the frame of 20, and 20 in that of 30.
  verify({ frame: { kind: 'range', preceding: '10 ms' }, aggregates: [SUM, ...MIN_MAX] }, steps, [
    '10 a 1: 1 1 1',
    '20 a 2: 7 1 4',
    '20 a 4: 7 1 4',
    '30 a 8: 14 2 8',
    '45 a 16: 16 16 16',
  ]);
});

test('rows leave in the order of their times when the watermark has reached them', () => {
  const steps = [at(30, 'a', 3), at(10, 'a', 1), at(20, 'b', 2), wm(19), wm(30), at(31, 'a', 4)];
  const result = verify({ aggregates: [SUM] }, steps, ['10 a 1: 1', '20 b 2: 2', '30 a 3: 4']);
  assert.deepEqual(
    result.rows.map((r) => r.step),
    [3, 4, 4],
  );
});

test('a row at or before the watermark is late', () => {
  const steps = [at(10, 'a', 1), wm(20), at(20, 'a', 2), at(21, 'a', 4), END];
  const config = { aggregates: [SUM] };
  verify(config, steps, ['10 a 1: 1', '21 a 4: 5']);
  const late = drive({ ...OPERATOR, config: { keys: ['k'], ...config }, inputs: IN }, steps);
  assert.deepEqual(
    late.rows.filter((r) => r.port === 'late').map((r) => r.row),
    [{ k: 'a', v: 2, d: 2 }],
  );
  assert.equal(late.tasks[0]?.operator.late, 1);
});

test('places: row number, rank, dense rank, lag with its default', () => {
  verify(
    {
      aggregates: [
        { function: 'row-number', as: 'n' },
        { function: 'rank', as: 'r' },
        { function: 'dense-rank', as: 'dr' },
        { function: 'lag', of: 'v * 10', as: 'l' },
        { function: 'lag', of: 'v', offset: 2, default: '-v', as: 'l2' },
      ],
    },
    [at(1, 'a', 5), at(2, 'a', 6), at(2, 'b', 9), at(2, 'a', null), at(3, 'a', 8), END],
    [
      '1 a 5: 1 1 1 null -5',
      '2 a 6: 2 2 2 50 -6',
      '2 b 9: 1 1 1 null -9',
      '2 a null: 3 2 2 60 5',
      '3 a 8: 4 4 3 null 6',
    ],
  );
});

/** risingwave eowc_over_window.slt: seconds after 16:51, watermark five minutes behind. */
const EOWC = [
  [0, 1, 100],
  [300, 8, 100],
  [2340, 3, 200],
  [2640, 5, 100],
  [4080, 4, 100],
  [4200, 6, 200],
] as const;
const EOWC_STEPS = [
  ...EOWC.map(([s, v, bar]) => at(s * 1000, String(bar), v)),
  wm((4200 - 300) * 1000),
  at(4740_000, '100', 7),
  at(4800_000, '200', 9),
  wm((4800 - 300) * 1000),
];

test('LEAD waits until the watermark has reached the later record; the output watermark waits with it (risingwave mv2)', () => {
  const aggregates = [
    { function: 'lead', of: 'v', as: 'one' },
    { function: 'lead', of: 'v', offset: 3, as: 'three' },
  ];
  const result = verify({ aggregates }, EOWC_STEPS, ['0 100 1: 8 4']);
  assert.deepEqual(
    result.rows.map((r) => r.step),
    [9],
  );
  // 100's second record and 200's first are still there.
  assert.deepEqual(result.watermarks.at(-1)?.time, 299_999);
  const ended = verify(
    { aggregates },
    [...EOWC_STEPS, END],
    [
      '0 100 1: 8 4',
      '300000 100 8: 5 7',
      '2340000 200 3: 6 null',
      '4200000 200 6: 9 null',
      '4800000 200 9: null null',
      '2640000 100 5: 4 null',
      '4080000 100 4: 7 null',
      '4740000 100 7: null null',
    ],
  );
  assert.equal(ended.watermarks.at(-1)?.time, Infinity);
});

test('session frames end with the next record, as in risingwave mv4, or by the watermark', () => {
  const aggregates = [
    { function: 'count', as: 'n' },
    { function: 'first', of: 'v', as: 'f' },
    { function: 'last', of: 'v', as: 'l' },
  ];
  const frame = { kind: 'session', gap: '10 min' };
  const late = verify({ frame: { ...frame, closes: 'next-record' }, aggregates }, EOWC_STEPS, [
    '0 100 1: 2 1 8',
    '300000 100 8: 2 1 8',
    '2640000 100 5: 1 5 5',
    '2340000 200 3: 1 3 3',
  ]);
  assert.deepEqual(
    late.rows.map((r) => r.step),
    [6, 6, 9, 9],
  );
  const early = verify({ frame, aggregates }, EOWC_STEPS, [
    '0 100 1: 2 1 8',
    '300000 100 8: 2 1 8',
    '2340000 200 3: 1 3 3',
    '2640000 100 5: 1 5 5',
  ]);
  assert.deepEqual(
    early.rows.map((r) => r.step),
    [6, 6, 6, 6],
  );
  assert.equal(early.watermarks.at(-1)?.time, 4079_999);
});

test('a session ends where the gap is reached, and the watermark ends it a ms before', () => {
  const frame = { kind: 'session', gap: '10 ms' };
  const steps = [at(0, 'a', 1), at(9, 'a', 2), at(19, 'a', 4), wm(27), wm(28), at(29, 'a', 8), END];
  const result = verify({ frame, aggregates: [SUM] }, steps, [
    '0 a 1: 3',
    '9 a 2: 3',
    '19 a 4: 4',
    '29 a 8: 8',
  ]);
  assert.deepEqual(
    result.rows.map((r) => r.step),
    [3, 3, 4, 6],
  );
});

test('by processing time rows leave at once, in the order in which they come', () => {
  verify(
    {
      time: 'processing',
      frame: { kind: 'range', preceding: '10 ms' },
      aggregates: [SUM, { function: 'row-number', as: 'n' }],
    },
    [
      { clock: 100 },
      at(5, 'a', 1),
      at(3, 'a', 2),
      { clock: 110 },
      at(4, 'a', 4),
      { clock: 111 },
      at(4, 'a', 8),
      END,
    ],
    ['5 a 1: 1 1', '3 a 2: 3 2', '4 a 4: 7 3', '4 a 8: 12 4'],
  );
});

test('partitions of a frame of time are forgotten when it is over, and all by the ttl', () => {
  const one = (config: object, steps: readonly DriveStep[]) =>
    drive({ ...OPERATOR, config: { keys: ['k'], aggregates: [SUM], ...config }, inputs: IN }, steps);
  const range = { frame: { kind: 'range', preceding: '1 s' } };
  const many = Array.from({ length: 30_000 }, (_, n) => [at(n, `k${n}`, n), wm(n)]).flat();
  const sliding = one(range, many);
  assert.equal(sliding.rows.length, 30_000);
  assert.equal(sliding.tasks[0]?.operator.stateRows, 2 * 1000);
  assert.ok((sliding.tasks[0]?.operator.stateBytes ?? 0) < 4e6);
  const session = one({ frame: { kind: 'session', gap: '5 ms' } }, [at(1, 'a', 1), at(2, 'b', 1), wm(6)]);
  assert.equal(session.tasks[0]?.operator.stateRows, 0);
  const steps = [
    at(1, 'a', 1),
    wm(1),
    { clock: 10 },
    at(2, 'a', 2),
    at(3, 'b', 3),
    wm(3),
    at(9, 'b', 1),
    { clock: 30 },
    at(5, 'a', 5),
    wm(9),
  ];
  verify({ aggregates: [SUM], ttl: '20 ms' }, steps, [
    '1 a 1: 1',
    '2 a 2: 3',
    '3 b 3: 3',
    '5 a 5: 5',
    '9 b 1: 4',
  ]);
});

test('FILTER and DISTINCT in frames; NULLs, and strings', () => {
  verify(
    {
      keys: [],
      frame: { kind: 'rows', preceding: 2 },
      aggregates: [
        { function: 'count', of: 'v', distinct: true, as: 'n' },
        { function: 'listagg', of: 'k', separator: '', filter: 'v > 1', as: 'l' },
        { function: 'first', of: 'v', as: 'f' },
      ],
    },
    [at(1, 'a', 1), at(2, 'b', 2), at(3, 'c', 2), at(4, 'd', null), at(5, 'e', 3), END],
    ['1 a 1: 1 null 1', '2 b 2: 2 b 1', '3 c 2: 2 bc 1', '4 d null: 1 bc 2', '5 e 3: 2 ce 2'],
  );
});

test('a watermark that jumps ten thousand years, and a frame of as many', () => {
  const far = 10_000 * 365 * 86_400_000;
  verify(
    { frame: { kind: 'range', preceding: '3650000 d' }, aggregates: [SUM] },
    [at(0, 'a', 1), at(far, 'a', 2), at(far * 2, 'a', 4), wm(far), END],
    ['0 a 1: 1', `${far} a 2: 3`, `${far * 2} a 4: 6`],
  );
});

test('what is wrong is refused with its path', () => {
  const refused = (config: object, input = IN.in): string[] => {
    const found: string[] = [];
    overAggregateSpec.schemas({
      config: overAggregateSpec.config.parse({ keys: ['k'], aggregates: [SUM], ...config }),
      inputs: { in: [input] },
      report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
    });
    return found;
  };
  const one = (a: object): object => ({ aggregates: [{ as: 'x', ...a }] });
  assert.deepEqual(refused({}), []);
  assert.deepEqual(refused({ keys: ['z'] }), ['T-FIELD keys.0']);
  assert.deepEqual(refused({}, appendOnly(FIELDS, false)), ['G-FIT time']);
  assert.deepEqual(refused(one({ function: 'lag' })), ['S-VALUE aggregates.0.of']);
  assert.deepEqual(refused(one({ function: 'rank', of: 'v' })), ['S-VALUE aggregates.0.of']);
  assert.deepEqual(refused(one({ function: 'sum', of: 'v', offset: 2 })), ['S-VALUE aggregates.0.offset']);
  assert.deepEqual(refused(one({ function: 'lag', of: 'v', distinct: true })), [
    'S-VALUE aggregates.0.distinct',
  ]);
  assert.deepEqual(refused(one({ function: 'lag', of: 'v', default: "'x'" })), [
    'T-TYPE aggregates.0.default',
  ]);
  assert.deepEqual(refused(one({ function: 'lag', of: 'v', default: 'NULL' })), []);
  assert.deepEqual(refused({ aggregates: [{ ...SUM, as: 'v' }] }), ['S-VALUE aggregates.0.as']);
  assert.deepEqual(refused({ ...one({ function: 'lead', of: 'v' }), time: 'processing' }), [
    'S-VALUE aggregates.0.function',
  ]);
  assert.deepEqual(refused({ frame: { kind: 'session', gap: '1 s' }, time: 'processing' }), [
    'S-VALUE frame',
  ]);
  const approximate = one({ function: 'approx-count-distinct', of: 'v' });
  assert.deepEqual(refused(approximate), []);
  assert.deepEqual(refused({ ...approximate, frame: { kind: 'rows', preceding: 2 } }), [
    'S-VALUE aggregates.0.function',
  ]);
  for (const wrong of [
    { frame: { kind: 'rows', preceding: -1 } },
    { frame: { kind: 'range', preceding: '0 s' } },
    { frame: { kind: 'range', preceding: '-1 s' } },
    { frame: { kind: 'session' } },
    { frame: { kind: 'groups' } },
    { aggregates: [] },
    one({ function: 'lag', of: 'v', offset: 0 }),
    one({ function: 'ntile' }),
    { ttl: 'soon' },
  ])
    assert.throws(
      () => overAggregateSpec.config.parse({ aggregates: [SUM], ...wrong }),
      JSON.stringify(wrong),
    );
});

test('an updating input is refused, with what to do', () => {
  const data = { kind: 'rows', schema: [{ name: 'v', type: 'INT' }], rows: [] };
  const { problems } = checkGraph({
    weir: 1,
    nodes: {
      source: { type: 'generator', config: { data } },
      totals: { type: 'group-aggregate', config: { aggregates: [{ function: 'count', as: 'n' }] } },
      over: {
        type: 'over-aggregate',
        config: { time: 'processing', aggregates: [{ function: 'sum', of: 'n', as: 's' }] },
      },
      out: { type: 'table', config: {} },
    },
    edges: [
      { from: 'source:out', to: 'totals' },
      { from: 'totals:out', to: 'over' },
      { from: 'over:out', to: 'out' },
    ],
  });
  assert.deepEqual(
    problems.map((p) => [p.code, p.path.join('.')]),
    [['G-CHANGELOG', 'edges.1.to']],
  );
  assert.match(problems[0]?.next ?? '', /^Put Over before the node that updates/);
});

test('BIGINT beyond 2^53 goes through whole', () => {
  verifyOperator({
    ...OPERATOR,
    config: {
      frame: { kind: 'rows', preceding: 1 },
      aggregates: [
        { function: 'sum', of: 'b', as: 's' },
        { function: 'lag', of: 'b', as: 'l' },
      ],
    },
    inputs: { in: appendOnly([field('b', BIGINT)], true) },
    steps: [2n ** 60n, 1, 2].map((b, n): DriveStep => ({ time: n, row: { b } })).concat(END),
    expected: [
      { row: { b: 2n ** 60n, s: 2n ** 60n, l: null } },
      { row: { b: 1, s: 2n ** 60n + 1n, l: 2n ** 60n } },
      { row: { b: 2, s: 3, l: 1 } },
    ],
    order: 'exact',
  });
});
