/**
 * A record ten thousand years ahead moves the watermark over windows that nobody will ever fill: what is open fires, nothing is
 * looked at for each of the empty ones, and every record is in a result or late.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { column, figures, finished, type Node, run, source } from './pipeline.ts';

const FAR = '+012026-01-01T00:00:00Z';
const SECONDS_MAX = 5;
const count = { function: 'count', as: 'n' };
const on = [{ left: 'k', right: 'k' }];

/** Two records, then one in ten thousand years, then one that is late by then. */
const rows = () =>
  source('at TIMESTAMP, k INT', [
    { at: '2026-01-01T00:00:00.001Z', k: 1 },
    { at: '2026-01-01T00:00:00.002Z', k: 1 },
    { at: FAR, k: 1 },
    { at: '2026-01-01T00:00:00.003Z', k: 1 },
  ]);

const windowOf = (window: object, more: object = {}): Node => ({
  type: 'window',
  config: { window, keys: ['k'], aggregates: [count], ...more },
});
const trigger = (early: object, more: object = {}): object => ({ trigger: { early, ...more } });

/** What `n` says of each row, late records, by node. */
const windows: readonly (readonly [name: string, node: Node, n: readonly unknown[], late: number])[] = [
  ['tumbling, 1 ms', windowOf({ kind: 'tumbling', size: '1 ms' }), [1, 1, 1], 1],
  ['tumbling, a day', windowOf({ kind: 'tumbling', size: '1 d' }), [2, 1], 1],
  ['hopping', windowOf({ kind: 'hopping', size: '4 ms', slide: '2 ms' }), [1, 2, 1, 1, 1], 1],
  // Its last step but two has both; the far record is in the first step of its window, which is 4 ms long.
  ['cumulating', windowOf({ kind: 'cumulating', size: '4 ms', step: '2 ms' }), [1, 2, 1, 1], 1],
  [
    'cumulating, many steps',
    windowOf({ kind: 'cumulating', size: '1 s', step: '100 ms' }),
    Array.from({ length: 20 }, (_, i) => (i < 10 ? 2 : 1)),
    1,
  ],
  ['session', windowOf({ kind: 'session', gap: '5 ms' }), [2, 1], 1],
  // As long as it may be: the record after the jump is still in time.
  [
    'tumbling with lateness',
    windowOf({ kind: 'tumbling', size: '1 d' }, { lateness: '10000000 d' }),
    [2, 3, 1],
    0,
  ],
  [
    'hopping with lateness',
    windowOf({ kind: 'hopping', size: '4 ms', slide: '2 ms' }, { lateness: '1 h' }),
    [1, 2, 1, 1, 1],
    1,
  ],
  [
    'session with lateness',
    windowOf({ kind: 'session', gap: '5 ms' }, { lateness: '10000000 d' }),
    [2, 3, 1],
    0,
  ],
  ['global', windowOf({ kind: 'global' }), [4], 0],
  ['count', windowOf({ kind: 'count', size: 2 }), [2, 2], 0],
  [
    'early by event time',
    windowOf({ kind: 'tumbling', size: '10 ms' }, trigger({ kind: 'event-time', every: '2 ms' })),
    [2, 2, 1],
    1,
  ],
];

for (const [name, node, n, late] of windows) {
  for (const batchRows of [1, 1024]) {
    test(`a jump of ten thousand years: ${name}, batches of ${batchRows}`, async () => {
      const started = performance.now();
      const result = await run(node, { in: rows() }, {}, { batchRows });
      finished(result);
      assert.ok(performance.now() - started < SECONDS_MAX * 1000);
      assert.deepEqual([column(result, 'out', 'n'), figures(result).late], [n, late]);
      assert.equal(figures(result).recordsIn, 4);
    });
  }
}

const AT = {
  first: Date.UTC(2026, 0, 1, 0, 0, 0, 1),
  second: Date.UTC(2026, 0, 1, 0, 0, 0, 2),
  far: Date.parse(FAR),
};

/** By node: the times of the records that come out, and how many are late. */
const others: readonly (readonly [name: string, node: Node, at: readonly unknown[], late: number])[] = [
  // Ten thousand years of milliseconds would have to be filled: more than the longest gap.
  [
    'gap-fill',
    { type: 'gap-fill', config: { every: '1 ms', keys: ['k'], time: 'at' } },
    [AT.first, AT.second, AT.far],
    1,
  ],
  ['sort', { type: 'sort', config: {} }, [AT.first, AT.second, AT.far], 1],
  [
    'over, by time',
    {
      type: 'over-aggregate',
      config: { keys: ['k'], frame: { kind: 'range', preceding: '1 ms' }, aggregates: [count] },
    },
    [AT.first, AT.second, AT.far],
    1,
  ],
  [
    'over, by records',
    {
      type: 'over-aggregate',
      config: { keys: ['k'], frame: { kind: 'rows', preceding: 1 }, aggregates: [count] },
    },
    [AT.first, AT.second, AT.far],
    1,
  ],
  [
    'over, sessions',
    {
      type: 'over-aggregate',
      config: { keys: ['k'], frame: { kind: 'session', gap: '5 ms' }, aggregates: [count] },
    },
    [AT.first, AT.second, AT.far],
    1,
  ],
  [
    'pattern',
    {
      type: 'pattern',
      config: { keys: ['k'], pattern: 'A B', within: '1 s', measures: [{ of: 'B.at', as: 'at' }] },
    },
    [AT.second],
    1,
  ],
  [
    'dedup, when final',
    { type: 'dedup', config: { keys: ['k'], by: { kind: 'event-time' }, results: { kind: 'final' } } },
    [AT.first],
    0,
  ],
  [
    'windows of records, session',
    { type: 'assign-windows', config: { window: { kind: 'session', gap: '5 ms', keys: ['k'] } } },
    [AT.first, AT.second, AT.far],
    1,
  ],
  // Hopping and cumulating windows are a matter of the record alone: nothing is late here.
  [
    'windows of records, hopping',
    { type: 'assign-windows', config: { window: { kind: 'hopping', size: '2 ms', slide: '1 ms' } } },
    [AT.first, AT.first, AT.second, AT.second, AT.far, AT.far, AT.second + 1, AT.second + 1],
    0,
  ],
];

for (const [name, node, at, late] of others) {
  for (const batchRows of [1, 1024]) {
    test(`a jump of ten thousand years: ${name}, batches of ${batchRows}`, async () => {
      const started = performance.now();
      const result = await run(node, { in: rows() }, {}, { batchRows });
      finished(result);
      assert.ok(performance.now() - started < SECONDS_MAX * 1000);
      assert.deepEqual([column(result, 'out', 'at'), figures(result).late], [at, late]);
    });
  }
}

/** Per window, records bring their window along. */
const perWindow: readonly (readonly [name: string, node: Node])[] = [
  [
    'window top-n',
    { type: 'top-n', config: { n: 1, keys: ['k'], orderBy: [{ field: 'at' }], results: { kind: 'window' } } },
  ],
  [
    'window dedup',
    {
      type: 'dedup',
      config: { keys: ['k'], by: { kind: 'field', field: 'at' }, results: { kind: 'window' } },
    },
  ],
  ['assigned windows', windowOf({ kind: 'assigned' })],
];

for (const [name, node] of perWindow) {
  test(`a jump of ten thousand years: ${name}`, async () => {
    const input = source('at TIMESTAMP, k INT, window_start TIMESTAMP, window_end TIMESTAMP', [
      {
        at: '2026-01-01T00:00:00.001Z',
        k: 1,
        window_start: '2026-01-01T00:00:00Z',
        window_end: '2026-01-01T00:00:01Z',
      },
      { at: FAR, k: 1, window_start: FAR, window_end: '+012026-01-01T00:00:01Z' },
      {
        at: '2026-01-01T00:00:00.002Z',
        k: 1,
        window_start: '2026-01-01T00:00:00Z',
        window_end: '2026-01-01T00:00:01Z',
      },
    ]);
    const result = await run(node, { in: input });
    finished(result);
    assert.equal(result.rows['out']?.length, 2);
    assert.equal(figures(result).late, 1);
    assert.equal(result.rows['late']?.length, 1);
  });
}

const right = () =>
  source('at TIMESTAMP, k INT', [
    { at: '2026-01-01T00:00:00.001Z', k: 1 },
    { at: FAR, k: 1 },
  ]);

const full = (window: object): Node => ({ type: 'window-join', config: { on, join: 'full', window } });
const joins: readonly (readonly [name: string, node: Node])[] = [
  ['window join, tumbling', full({ kind: 'tumbling', size: '1 ms' })],
  ['window join, hopping', full({ kind: 'hopping', size: '4 ms', slide: '2 ms' })],
  ['window join, cumulating', full({ kind: 'cumulating', size: '4 ms', step: '2 ms' })],
  ['interval join', { type: 'interval-join', config: { on, join: 'full', lower: '-1 ms', upper: '1 ms' } }],
  ['temporal join', { type: 'temporal-join', config: { on, join: 'left' } }],
];

for (const [name, node] of joins) {
  test(`a jump of ten thousand years on both sides: ${name}`, async () => {
    const started = performance.now();
    const result = await run(node, { left: rows(), right: right() });
    finished(result);
    assert.ok(performance.now() - started < SECONDS_MAX * 1000);
    // Which of the inputs is read first is open, and with it what is late: but no record of the left is gone.
    const left = [...column(result, 'out', 'at'), ...column(result, 'late-left', 'at')];
    assert.deepEqual(
      [...new Set(left)].filter((time) => time !== null).sort(),
      [AT.far, AT.first, AT.second, AT.second + 1].sort(),
    );
    assert.ok(left.length < 20, `${left.length} rows`);
    const { late } = figures(result);
    assert.equal(late, column(result, 'late-left', 'at').length + column(result, 'late-right', 'at').length);
  });
}

test('one side jumps and ends while the other has not begun: what waits is bounded by the windows that have records', async () => {
  const node = full({ kind: 'hopping', size: '1 h', slide: '1 s' });
  const result = await run(node, { left: rows(), right: source('at TIMESTAMP, k INT', []) });
  finished(result);
  // An hour of windows for each of three or four records, none of them for the years between.
  const out = result.rows['out']?.length ?? 0;
  assert.ok(out === 3 * 3600 || out === 4 * 3600, `${out} rows`);
});
