/** Triggers and accumulation: the worked examples of *Streaming Systems*, chapter 2, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangeName } from '../../batch/changes.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, field, INT, STRING, TIMESTAMP } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { windowRuntime } from './operator.ts';
import { windowSpec } from './spec.ts';

const OPERATOR = {
  spec: windowSpec as unknown as NodeSpec,
  runtime: windowRuntime as unknown as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const FIELDS = [field('k', STRING), field('v', INT)];
const SUM = { function: 'sum', of: 'v', as: 's' };

const row = (time: number, v: number, k: string | null = 'a'): DriveStep => ({ time, row: { k, v } });
const wm = (watermark: number): DriveStep => ({ watermark });
const END: DriveStep = { end: true };
const out = (
  change: ChangeName,
  [start, end]: readonly [number, number],
  s: Value,
  more: Readonly<Record<string, Value>> = {},
  k: string | null = 'a',
): ExpectedRow => ({ change, row: { k, window_start: start, window_end: end, s, ...more } });

function verify(config: object, steps: readonly DriveStep[], expected: readonly ExpectedRow[]): void {
  verifyOperator({
    ...OPERATOR,
    config: { keys: ['k'], aggregates: [SUM], ...config },
    inputs: FIELDS,
    steps,
    expected,
    order: 'exact',
  });
}

const tumbling = { window: { kind: 'tumbling', size: '10 ms' } };
const W = [0, 10] as const;

/** Two records early, one more before the end, one late. */
const STEPS = [row(1, 3), row(2, 4), row(3, 8), wm(9), row(4, 1), END];
const EARLY_LATE = { ...tumbling, lateness: '5 ms', trigger: { early: { kind: 'rows', every: 2 } } };

test('accumulating: each firing has all', () => {
  verify(EARLY_LATE, STEPS, [out('+I', W, 7), out('+I', W, 15), out('+I', W, 16)]);
});

test('discarding: each firing has what came since', () => {
  const expected = [out('+I', W, 7), out('+I', W, 8), out('+I', W, 1)];
  verify({ ...EARLY_LATE, accumulation: 'discarding' }, STEPS, expected);
});

test('retracting: each firing takes the one before back', () => {
  verify({ ...EARLY_LATE, accumulation: 'retracting' }, STEPS, [
    out('+I', W, 7),
    out('-U', W, 7),
    out('+U', W, 15),
    out('-U', W, 15),
    out('+U', W, 16),
  ]);
});

test('at the end: always, or only where something came', () => {
  const two = [row(1, 3), row(2, 4), wm(9), END];
  const early = { early: { kind: 'rows', every: 2 } };
  verify({ ...tumbling, trigger: early }, two, [out('+I', W, 7), out('+I', W, 7)]);
  verify({ ...tumbling, trigger: { ...early, onTime: 'changed' } }, two, [out('+I', W, 7)]);
  verify({ ...tumbling, trigger: early, accumulation: 'discarding' }, two, [out('+I', W, 7)]);
  const always = { ...early, onTime: 'always' };
  verify({ ...tumbling, trigger: always, accumulation: 'discarding' }, two, [
    out('+I', W, 7),
    out('+I', W, null),
  ]);
  // Unchanged, so there is nothing to take back.
  verify({ ...tumbling, trigger: early, accumulation: 'retracting' }, two, [out('+I', W, 7)]);
});

test('what is left is fired when the window is given up, or not', () => {
  const three = [row(1, 3), row(2, 4), row(3, 8), wm(9), END];
  const count = { early: { kind: 'rows', every: 2 }, onTime: 'never' };
  verify({ ...tumbling, trigger: count }, three, [out('+I', W, 7), out('+I', W, 15)]);
  verify({ ...tumbling, trigger: { ...count, closing: false } }, three, [out('+I', W, 7)]);
});

test('panes say which firing they are', () => {
  const pane = (timing: string, index: number, last = false): Record<string, Value> => ({
    pane_timing: timing,
    pane_index: index,
    pane_first: index === 0,
    pane_last: last,
  });
  verify(
    { ...EARLY_LATE, pane: true },
    [...STEPS.slice(0, -1), wm(14), row(5, 1), END],
    [
      out('+I', W, 7, pane('EARLY', 0)),
      out('+I', W, 15, pane('ON_TIME', 1)),
      out('+I', W, 16, pane('LATE', 2)),
      { port: 'late', row: { k: 'a', v: 1 } },
    ],
  );
  verify({ ...tumbling, pane: true }, [row(1, 3), END], [out('+I', W, 3, pane('ON_TIME', 0, true))]);
});

test('a delay runs from the first record of a pane; a clock fires at its multiples', () => {
  const steps = [
    { clock: 2 },
    row(1, 3),
    { clock: 4 },
    row(2, 4),
    { clock: 5 },
    { clock: 6 },
    row(3, 8),
    { clock: 9 },
    { clock: 12 },
  ];
  verify({ ...tumbling, trigger: { early: { kind: 'delay', after: '4 ms' } } }, steps, [
    out('+I', W, 7),
    out('+I', W, 15),
  ]);
  verify({ ...tumbling, trigger: { early: { kind: 'clock', every: '5 ms' } } }, steps, [
    out('+I', W, 7),
    out('+I', W, 15),
  ]);
});

test('by event time: every multiple that the watermark passes, once however many', () => {
  const global = { window: { kind: 'global' }, trigger: { early: { kind: 'event-time', every: '3 ms' } } };
  const far = 10_000 * 365 * 86_400_000;
  const steps = [row(1, 3), wm(2), wm(3), wm(5), wm(6), wm(far), row(far + 1, 4), END];
  const rows = [3, 3, 3, 7].map((s): ExpectedRow => ({ row: { k: 'a', s } }));
  verify(global, steps, rows);
});

test('sessions: merged ones are taken back as one, and a longer one is another window', () => {
  const config = {
    window: { kind: 'session', gap: '10 ms' },
    trigger: { early: { kind: 'rows', every: 1 } },
    accumulation: 'retracting',
  };
  verify(
    config,
    [row(0, 1), row(5, 2), row(30, 4), row(20, 8), row(12, 16), row(100, 1, null), END],
    [
      out('+I', [0, 10], 1),
      out('-D', [0, 10], 1),
      out('+I', [0, 15], 3),
      out('+I', [30, 40], 4),
      out('-D', [30, 40], 4),
      out('+I', [20, 40], 12),
      out('-D', [0, 15], 3),
      out('-D', [20, 40], 12),
      out('+I', [0, 40], 31),
      out('+I', [100, 110], 1, {}, null),
    ],
  );
});

test('a global window fires at the end of the input; late does not exist there', () => {
  const steps = [row(5, 1), wm(100), row(1, 2), row(1, 4, 'b'), END];
  verify({ window: { kind: 'global' } }, steps, [{ row: { k: 'a', s: 3 } }, { row: { k: 'b', s: 4 } }]);
  const untimed = appendOnly(FIELDS, false);
  verifyOperator({
    ...OPERATOR,
    config: { window: { kind: 'global' }, aggregates: [SUM] },
    inputs: { in: untimed },
    steps: [row(Number.NaN, 1), row(Number.NaN, 2), END],
    expected: [{ row: { s: 3 } }],
  });
});

test('count windows: the last ones, every so many of a key', () => {
  const steps = [1, 2, 3, 4, 5, 6, 7].map((v) => row(0, v));
  const sums = (...all: number[]): ExpectedRow[] => all.map((s) => ({ row: { k: 'a', s } }));
  verify({ window: { kind: 'count', size: 3 } }, [...steps, END], sums(6, 15));
  verify({ window: { kind: 'count', size: 4, slide: 2 } }, [...steps, END], sums(3, 10, 18));
  verify({ window: { kind: 'count', size: 3, slide: 2 } }, [...steps, END], sums(3, 9, 15));
  verify(
    { window: { kind: 'count', size: 2, slide: 1 } },
    [row(0, 1), row(0, 2, null), row(0, 4), END],
    [...sums(1), { row: { k: null, s: 2 } }, ...sums(5)],
  );
});

test('count windows keep the order of first, last and collect', () => {
  const aggregates = [
    { function: 'first', of: 'v', as: 'f' },
    { function: 'last', of: 'v', as: 'l' },
    { function: 'collect', of: 'v', as: 'c' },
  ];
  verify(
    { window: { kind: 'count', size: 4, slide: 2 }, aggregates },
    [1, 2, 3, 4, 5, 6].map((v) => row(0, v)),
    [
      { row: { k: 'a', f: 1, l: 2, c: [1, 2] } },
      { row: { k: 'a', f: 1, l: 4, c: [1, 2, 3, 4] } },
      { row: { k: 'a', f: 3, l: 6, c: [3, 4, 5, 6] } },
    ],
  );
});

test('records that bring their windows; without bounds they are dead letters', () => {
  const input = [field('window_start', TIMESTAMP), field('window_end', TIMESTAMP), field('v', INT)];
  const bound = (time: number, window_start: number | null, window_end: number, v: number): DriveStep => ({
    time,
    row: { window_start, window_end, v },
  });
  verifyOperator({
    ...OPERATOR,
    config: { window: { kind: 'assigned' }, aggregates: [SUM] },
    inputs: input,
    steps: [
      bound(9, 0, 10, 1),
      bound(9, 0, 10, 2),
      bound(19, 0, 20, 4),
      bound(9, null, 10, 8),
      wm(9),
      bound(9, 0, 10, 16),
      END,
    ],
    expected: [
      { row: { window_start: 0, window_end: 10, s: 3 }, time: 9 },
      { row: { window_start: 0, window_end: 20, s: 4 }, time: 19 },
      { port: 'late', row: { window_start: 0, window_end: 10, v: 16 }, time: 9 },
    ],
    deadLetters: ['R-RECORD'],
  });
});

test('ingestion time: windows of when the source took a record in', () => {
  verify(
    { ...tumbling, time: 'ingestion' },
    [row(99, 1), { clock: 5 }, row(99, 2), { clock: 10 }, row(99, 4), END],
    [out('+I', W, 3), out('+I', [10, 20], 4)],
  );
});

test('grouping sets and window time', () => {
  verifyOperator({
    ...OPERATOR,
    config: {
      ...tumbling,
      keys: ['k'],
      groupingSets: [{ keys: ['k'] }, { keys: [] }],
      groupingId: 'g',
      aggregates: [SUM],
      startAs: 'from',
      endAs: 'to',
      timeAs: 't',
    },
    inputs: FIELDS,
    steps: [row(1, 3), row(2, 4, null), row(3, 8, 'b'), END],
    expected: [
      { row: { k: 'a', g: 0, from: 0, to: 10, t: 9, s: 3 } },
      { row: { k: null, g: 0, from: 0, to: 10, t: 9, s: 4 } },
      { row: { k: 'b', g: 0, from: 0, to: 10, t: 9, s: 8 } },
      { row: { k: null, g: 1, from: 0, to: 10, t: 9, s: 15 } },
    ],
  });
});

test('a session of a million records, a million sessions of a key, and a key of 1 MB', () => {
  const long = 'x'.repeat(1_000_000);
  const config = {
    window: { kind: 'session', gap: '10 ms' },
    keys: ['k'],
    aggregates: [{ function: 'count', as: 'n' }],
  };
  const run = (steps: readonly DriveStep[]): number[] =>
    drive({ ...OPERATOR, config, inputs: FIELDS }, steps).rows.map((r) => Number(r.row['n']));
  const many = (gap: number, k: string | null): DriveStep[] =>
    Array.from({ length: 1_000_000 }, (_, n) => row(n * gap, 1, k));
  assert.deepEqual(run([...many(5, null), END]), [1_000_000]);
  assert.equal(run([...many(20, 'a'), END]).length, 1_000_000);
  assert.deepEqual(run([row(0, 1, long), row(1, 1, long), END]), [2]);
});

test('cumulating and hopping windows pass over 10,000 years without records', () => {
  const far = 10_000 * 365 * 86_400_000;
  for (const trigger of [undefined, { early: { kind: 'event-time', every: '1 ms' } }]) {
    const window = { kind: 'cumulating', size: '10 ms', step: '5 ms' };
    const config = { window, keys: ['k'], aggregates: [SUM], trigger };
    const { rows } = drive({ ...OPERATOR, config, inputs: FIELDS }, [
      row(1, 3),
      wm(far),
      row(far + 1, 4),
      END,
    ]);
    assert.deepEqual(
      rows.map((r) => r.row['s']),
      [3, 3, 4, 4],
    );
  }
});

test('what is wrong is refused with its path', () => {
  const problems = (
    config: object,
    input = appendOnly([...FIELDS, field('t', TIMESTAMP)], true),
  ): string[] => {
    const found: string[] = [];
    const parsed = windowSpec.config.parse({ ...tumbling, keys: ['k'], aggregates: [SUM], ...config });
    windowSpec.schemas({
      config: parsed,
      inputs: { in: [input] },
      report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
    });
    return found;
  };
  const untimed = appendOnly(FIELDS, false);
  const session = { kind: 'session', gap: '1 s' };
  const count = { kind: 'count', size: 10 };
  const refused: [object, string[]][] = [
    [{}, []],
    [{ window: { kind: 'hopping', size: '1 s', slide: '2 s' } }, ['S-VALUE window.slide']],
    [{ window: { kind: 'hopping', size: '1 d', slide: '1 ms' } }, ['S-VALUE window.slide']],
    [{ window: { kind: 'cumulating', size: '10 s', step: '3 s' } }, ['S-VALUE window.step']],
    [{ window: { kind: 'cumulating', size: '10 s', step: '20 s' } }, ['S-VALUE window.step']],
    [{ window: { kind: 'cumulating', size: '1 d', step: '1 ms' } }, ['S-VALUE window.step']],
    [{ window: { kind: 'count', size: 2, slide: 3 } }, ['S-VALUE window.slide']],
    [{ window: { kind: 'count', size: 20_001, slide: 1 } }, ['S-VALUE window.slide']],
    [{ window: count, trigger: {}, pane: true }, ['S-VALUE trigger', 'S-VALUE pane']],
    [{ window: count, accumulation: 'retracting' }, ['S-VALUE accumulation']],
    [
      { window: { kind: 'sliding', size: '1 s' }, lateness: '1 s', trigger: {} },
      ['S-VALUE trigger', 'S-VALUE lateness'],
    ],
    [{ window: count, lateness: '1 s' }, ['S-VALUE lateness']],
    [{ window: count, startAs: 'x', timeAs: 'y' }, ['S-VALUE startAs', 'S-VALUE timeAs']],
    [{ window: { kind: 'global' }, lateness: '1 s' }, ['S-VALUE lateness']],
    [{ window: { kind: 'assigned' } }, ['T-FIELD window.start']],
    [{ window: { kind: 'assigned', start: 't', end: 'v' } }, ['T-TYPE window.end']],
    [{ time: 'processing', lateness: '1 s' }, ['S-VALUE lateness']],
    [
      { time: 'ingestion', trigger: { early: { kind: 'event-time', every: '1 s' } } },
      ['S-VALUE trigger.early'],
    ],
    [{ trigger: { late: { kind: 'rows', every: 1 } } }, ['S-VALUE trigger.late']],
    [{ trigger: { onTime: 'never', closing: false } }, ['S-VALUE trigger.onTime']],
    [{ keys: ['nope'] }, ['T-FIELD keys.0']],
    [{ keys: ['k', 'k'] }, ['S-VALUE keys.1']],
    [{ groupingSets: [{ keys: ['v'] }] }, ['S-VALUE groupingSets.0.keys.0']],
    [{ startAs: 'k' }, ['S-VALUE keys.0', 'S-VALUE startAs']],
    [{ aggregates: [{ ...SUM, as: 'window_end' }] }, ['S-VALUE aggregates.0.as']],
    [{ aggregates: [{ ...SUM, as: 'pane_index' }], pane: true }, ['S-VALUE pane', 'S-VALUE aggregates.0.as']],
  ];
  for (const [config, expected] of refused)
    assert.deepEqual(problems(config), expected, JSON.stringify(config));
  assert.deepEqual(problems({ window: session }, untimed), ['G-FIT time']);
  assert.deepEqual(problems({ window: count }, untimed), []);
  const byTime = { window: { kind: 'global' }, trigger: { early: { kind: 'event-time', every: '1 s' } } };
  assert.deepEqual(problems(byTime, untimed), ['G-FIT time']);
  for (const window of [
    { kind: 'session', gap: '-1 s' },
    { kind: 'session', gap: '0 s' },
    { kind: 'count', size: 0 },
    { kind: 'count', size: 1.5 },
    { kind: 'tumbling' },
    { kind: 'spiral', size: '1 s' },
    { kind: 'sliding' },
  ])
    assert.throws(() => problems({ window }), JSON.stringify(window));
  assert.throws(() => problems({ trigger: { early: { kind: 'rows', every: 0 } } }));
  assert.throws(() => problems({ trigger: { early: { kind: 'delay', after: '0 s' } } }));
  assert.throws(() => problems({ accumulation: 'both' }));
});

test('rows of a window that is given up unfired do not come to the next one', () => {
  const config = {
    ...tumbling,
    trigger: { early: { kind: 'rows', every: 3 }, onTime: 'never', closing: false },
  };
  const timed = (time: number, v: number, watermark: number): DriveStep[] => [row(time, v), wm(watermark)];
  const steps = [...timed(1, 100, 9), ...timed(11, 1, 12), ...timed(12, 2, 13), ...timed(13, 4, 14), END];
  verify(config, steps, [out('+I', [10, 20], 7)]);
});
