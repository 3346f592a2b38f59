/** Numbers at their limits: INT and BIGINT wrap as in Flink, DECIMAL gives NULL, a cast that does not fit is an error of its record. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateDocument } from '../../engine/contract/parse.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { column, figures, finished, run, source } from './pipeline.ts';

const INT_MAX = 2 ** 31 - 1;
const BIGINT_MAX = '9223372036854775807';
const BIGINT_MIN = '-9223372036854775808';

const values = (name: string, type: string, list: readonly unknown[]) =>
  source(
    `id INT, ${name} ${type}`,
    list.map((value, id) => ({ id, [name]: value })),
  );

async function computed(type: string, list: readonly unknown[], expression: string): Promise<unknown[]> {
  const node = { type: 'map', config: { compute: [{ name: 'r', expression }] } };
  const result = await run(node, { in: values('v', type, list) });
  finished(result);
  assert.deepEqual(column(result, 'errors', 'code'), []);
  return column(result, 'out', 'r');
}

test('INT wraps at 32 bits', async () => {
  const list = [INT_MAX, -INT_MAX - 1, 65_536];
  assert.deepEqual(await computed('INT', list, 'v + 1'), [-(2 ** 31), -INT_MAX, 65_537]);
  assert.deepEqual(await computed('INT', list, 'v - 1'), [INT_MAX - 1, INT_MAX, 65_535]);
  assert.deepEqual(await computed('INT', list, 'v * v'), [1, 0, 0]);
  assert.deepEqual(await computed('INT', list, '-v'), [-INT_MAX, -(2 ** 31), -65_536]);
  assert.deepEqual(await computed('INT', list, 'ABS(v)'), [INT_MAX, -(2 ** 31), 65_536]);
  assert.deepEqual(await computed('INT', list, 'v / -1'), [-INT_MAX, -(2 ** 31), -65_536]);
});

test('BIGINT wraps at 64 bits, and is exact up to there', async () => {
  const list = [BIGINT_MAX, BIGINT_MIN, '9007199254740993'];
  const text = (expression: string) => computed('BIGINT', list, `CAST(${expression} AS STRING)`);
  assert.deepEqual(await text('v + 1'), [BIGINT_MIN, '-9223372036854775807', '9007199254740994']);
  assert.deepEqual(await text('v - 1'), ['9223372036854775806', BIGINT_MAX, '9007199254740992']);
  // (2^53 + 1)² = 2^106 + 2^54 + 1
  assert.deepEqual(await text('v * v'), ['1', '0', '18014398509481985']);
  assert.deepEqual(await text('-v'), ['-9223372036854775807', BIGINT_MIN, '-9007199254740993']);
  assert.deepEqual(await text('v / -1'), ['-9223372036854775807', BIGINT_MIN, '-9007199254740993']);
});

test('DECIMAL that needs more than 38 digits is NULL', async () => {
  const most = '9'.repeat(38);
  assert.deepEqual(await computed('DECIMAL(38, 0)', [most, '5'], 'v + 1'), [null, '6']);
  assert.deepEqual(await computed('DECIMAL(38, 0)', [most, '5'], 'v * 10'), [null, '50']);
});

test('a CAST that does not fit fails its record, TRY_CAST gives NULL', async () => {
  const cases: readonly (readonly [type: string, value: unknown, target: string])[] = [
    ['BIGINT', 2_147_483_648, 'INT'],
    ['DOUBLE', 1e300, 'BIGINT'],
    ['STRING', '9223372036854775808', 'BIGINT'],
    ['STRING', '1e999999', 'INT'],
    ['STRING', '', 'INT'],
    ['DOUBLE', 1e300, 'DECIMAL(38, 2)'],
  ];
  for (const [type, value, target] of cases) {
    const at = `${type} ${String(value)} to ${target}`;
    const node = {
      type: 'map',
      config: { compute: [{ name: 'r', expression: `CAST(v AS ${target})` }], keep: ['id'] },
    };
    const result = await run(node, { in: values('v', type, [value, null]) });
    finished(result);
    assert.deepEqual(
      [column(result, 'out', 'id'), column(result, 'errors', 'code')],
      [[1], ['R-RECORD']],
      at,
    );
    assert.deepEqual(await computed(type, [value, null], `TRY_CAST(v AS ${target})`), [null, null], at);
  }
});

test('sums beyond their type: INT and BIGINT wrap, DECIMAL is NULL, DOUBLE is infinite', async () => {
  const sum = { function: 'sum', of: 'v', as: 'total' };
  const cases: readonly (readonly [type: string, list: readonly unknown[], total: unknown])[] = [
    ['INT', [INT_MAX, 1], -(2 ** 31)],
    ['INT', [INT_MAX, INT_MAX, 2], 0],
    ['BIGINT', [BIGINT_MAX, 1], BIGINT_MIN],
    ['BIGINT', [9_007_199_254_740_991, 2, '-9007199254740992'], 1],
    ['DECIMAL(38, 0)', ['9'.repeat(38), '1'], null],
    ['DOUBLE', [1.7e308, 1.7e308], 'Infinity'],
  ];
  const window = { kind: 'tumbling', size: '1 d' };
  for (const [type, list, total] of cases) {
    const rows = list.map((v, i) => ({ at: `2026-01-01T00:00:0${i}Z`, v }));
    const result = await run(
      { type: 'window', config: { window, aggregates: [sum] } },
      { in: source(`at TIMESTAMP, v ${type}`, rows) },
    );
    finished(result);
    assert.deepEqual(column(result, 'out', 'total').map(shown), [shown(total)], `${type} ${list.join(', ')}`);
    const grouped = await run(
      { type: 'group-aggregate', config: { aggregates: [sum] } },
      { in: values('v', type, list) },
    );
    finished(grouped);
    assert.deepEqual(shown(column(grouped, 'out', 'total').at(-1)), shown(total), `group: ${type}`);
  }
});

test('a DECIMAL sum comes back from beyond when what was too much is taken back', async () => {
  const rows = [
    { id: 1, v: '9'.repeat(38) },
    { id: 2, v: '5' },
    { id: 1, v: '7' },
  ];
  const last = { function: 'last', of: 'v', as: 'v' };
  const sum = { function: 'sum', of: 'v', as: 'total' };
  const parsed = validateDocument({
    weir: 1,
    nodes: {
      rows: source('id INT, v DECIMAL(38, 0)', rows),
      newest: { type: 'group-aggregate', config: { keys: ['id'], aggregates: [last] } },
      total: { type: 'group-aggregate', config: { aggregates: [sum] } },
      out: { type: 'table', config: {} },
    },
    edges: [
      { from: 'rows', to: 'newest' },
      { from: 'newest', to: 'total' },
      { from: 'total', to: 'out' },
    ],
  });
  assert.ok(parsed.ok);
  const result = await runLocally(parsed.value, { clock: new VirtualClock(0) });
  finished(result);
  const totals = (result.rows['out'] ?? [])
    .filter((row) => row['__change'] !== '-U')
    .map((row) => row['total']);
  // After the second row the sum needs 39 digits; the third takes the first back and comes in its place.
  assert.deepEqual([totals[0], totals[1], totals.at(-1)], ['9'.repeat(38), null, '12']);
});

test('times beyond the years that a TIMESTAMP holds are refused where they come in, and wrap nowhere', async () => {
  const rows = [
    { at: '2026-01-01T00:00:00Z', n: 1 },
    { at: '+275760-09-13T00:00:00.001Z', n: 2 },
    { at: 8.64e15 + 1, n: 3 },
  ];
  await assert.rejects(
    run({ type: 'filter', config: { condition: 'TRUE' } }, { in: source('at TIMESTAMP, n INT', rows) }),
    /rows\[1\]\.at.*rows\[2\]\.at/s,
  );
});

test('adding years to the last of times fails that record only', async () => {
  const node = {
    type: 'map',
    config: { compute: [{ name: 'r', expression: 'TIMESTAMPADD(YEAR, v, at)' }], keep: ['v'] },
  };
  const rows = [1, 2_000_000_000, -2_000_000_000, 0].map((v) => ({ at: '2026-01-01T00:00:00Z', v }));
  const result = await run(node, { in: source('at TIMESTAMP, v INT', rows) });
  finished(result);
  const { recordsIn, recordsOut, deadLetters } = figures(result);
  assert.deepEqual([recordsIn, recordsOut + deadLetters], [4, 4]);
  assert.deepEqual(
    column(result, 'out', 'v').filter((v) => Math.abs(Number(v)) < 2),
    [1, 0],
  );
  for (const at of column(result, 'out', 'r')) assert.ok(at === null || Number.isSafeInteger(at), String(at));
});

/** BIGINT comes as a number where that is exact, else as text. */
const shown = (value: unknown): string => (value === null ? 'NULL' : String(value));
