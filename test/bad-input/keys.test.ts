/** Keys that nobody wants: a megabyte long, NULL, NaN, −0, halves of surrogate pairs. Every operator with keys must take them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { column, figures, finished, type Node, type RunOptions, run, source } from './pipeline.ts';

const count = { function: 'count', as: 'n' };
const minute = { kind: 'tumbling', size: '1 min' };
const on = [{ left: 'k', right: 'k' }];

/** By operator: the node, with `k` as its key, and how many rows come out of `out` for a record each of the keys a, b, a. */
const keyed: readonly (readonly [name: string, node: Node, rows: number])[] = [
  ['window', { type: 'window', config: { window: minute, keys: ['k'], aggregates: [count] } }, 2],
  [
    'session',
    {
      type: 'window',
      config: { window: { kind: 'session', gap: '1 min' }, keys: ['k'], aggregates: [count] },
    },
    2,
  ],
  [
    'count window',
    { type: 'window', config: { window: { kind: 'count', size: 1 }, keys: ['k'], aggregates: [count] } },
    3,
  ],
  // +I, +I, and -U with +U.
  ['group aggregate', { type: 'group-aggregate', config: { keys: ['k'], aggregates: [count] } }, 4],
  ['over', { type: 'over-aggregate', config: { keys: ['k'], aggregates: [count] } }, 3],
  [
    'pattern',
    { type: 'pattern', config: { keys: ['k'], pattern: 'A', measures: [{ of: 'A.at', as: 'seen' }] } },
    3,
  ],
  ['top-n', { type: 'top-n', config: { n: 1, keys: ['k'], orderBy: [{ field: 'at' }] } }, 2],
  // A record between the two of one key, and the other key.
  ['gap-fill', { type: 'gap-fill', config: { every: '1 s', keys: ['k'] } }, 4],
  ['dedup', { type: 'dedup', config: { keys: ['k'], keep: 'first' } }, 2],
  ['distinct', { type: 'distinct', config: { fields: ['k'] } }, 2],
  [
    'session of records',
    { type: 'assign-windows', config: { window: { kind: 'session', gap: '1 min', keys: ['k'] } } },
    3,
  ],
];

const joins: readonly (readonly [name: string, node: Node])[] = [
  ['join', { type: 'join', config: { on } }],
  ['interval join', { type: 'interval-join', config: { on, lower: '-1 min', upper: '1 min' } }],
  ['window join', { type: 'window-join', config: { on, window: minute } }],
];

const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
const threeOf = (type: string, a: unknown, b: unknown) =>
  source(
    `at TIMESTAMP, k ${type}`,
    [a, b, a].map((k, i) => ({ at: at(i), k })),
  );

async function outOf(
  node: Node,
  type: string,
  a: unknown,
  b: unknown,
  options?: RunOptions,
): Promise<number> {
  const result = await run(node, { in: threeOf(type, a, b) }, {}, options);
  finished(result);
  const { recordsIn, late, deadLetters } = figures(result);
  assert.deepEqual([recordsIn, late, deadLetters], [3, 0, 0]);
  return result.rows['out']?.length ?? 0;
}

const LONG = 'x'.repeat(1_000_000);

for (const [name, node, rows] of keyed) {
  test(`keys of a megabyte: ${name}`, async () => {
    assert.equal(await outOf(node, 'STRING', `${LONG}a`, `${LONG}b`), rows);
  });

  test(`NULL is a key like any other: ${name}`, async () => {
    assert.equal(await outOf(node, 'STRING', null, ''), rows, 'other than an empty text');
    assert.equal(await outOf(node, 'INT', null, 0), rows, 'other than 0');
    assert.equal(await outOf(node, 'INT', 7, null), rows);
    assert.equal(
      await outOf(node, 'ROW<x INT, y STRING>', { x: null, y: 'a' }, null),
      rows,
      'other than a row of NULLs',
    );
  });

  test(`halves of surrogate pairs are kept apart: ${name}`, async () => {
    assert.equal(await outOf(node, 'STRING', '\ud83d\ude00', '\ud83d\ude01'), rows);
    assert.equal(await outOf(node, 'STRING', '\ud83d', '\ude00'), rows);
    // Two ways to write é: other texts, as in Flink.
    assert.equal(await outOf(node, 'STRING', '\u00e9', 'e\u0301'), rows);
  });

  test(`names of properties of objects are keys: ${name}`, async () => {
    assert.equal(await outOf(node, 'STRING', '__proto__', 'constructor'), rows);
  });
}

for (const [name, node] of joins) {
  test(`keys of a megabyte: ${name}`, async () => {
    const result = await run(node, {
      left: threeOf('STRING', `${LONG}a`, `${LONG}b`),
      right: threeOf('STRING', `${LONG}b`, `${LONG}c`),
    });
    finished(result);
    assert.deepEqual(
      column(result, 'out', 'k').map((k) => String(k).at(-1)),
      ['b', 'b'],
    );
  });

  test(`NULL meets nothing, or NULL where asked: ${name}`, async () => {
    for (const [nullKeys, expected] of [
      ['never', []],
      ['equal', [null, null]],
    ] as const) {
      const given = { type: node.type, config: { ...node.config, nullKeys } };
      const result = await run(given, {
        left: threeOf('STRING', '', null),
        right: threeOf('STRING', null, 'x'),
      });
      finished(result);
      assert.deepEqual(column(result, 'out', 'k'), expected, nullKeys);
    }
  });
}

/** Documents cannot write NaN or −0. */
const asDouble: RunOptions = { compute: { k: 'CAST(k AS DOUBLE)' } };

for (const [name, node, rows] of keyed) {
  test(`NaN is a key that equals itself, and nothing else: ${name}`, async () => {
    for (const [a, b] of [
      ['NaN', '0'],
      ['NaN', null],
      ['NaN', 'Infinity'],
      ['-0.0', 'NaN'],
      ['1e400', '-1e400'],
    ] as const)
      assert.equal(await outOf(node, 'STRING', a, b, asDouble), rows, `${a}, ${b}, ${a}`);
  });
}

test('a key comes out as it came in, but that −0 is 0', async () => {
  const node = { type: 'group-aggregate', config: { keys: ['k'], aggregates: [count] } };
  const texts = ['NaN', '-0.0', '0', null, 'NaN', 'Infinity', null];
  const input = source(
    'at TIMESTAMP, k STRING',
    texts.map((k, i) => ({ at: at(i), k })),
  );
  const result = await run(node, { in: input }, {}, asDouble);
  finished(result);
  const rows = (result.rows['out'] ?? []).filter((row) => row['__change'] !== '-U');
  assert.deepEqual(
    rows.map((row) => [row['k'], row['n']]),
    [
      [Number.NaN, 1],
      [0, 1],
      [0, 2],
      [null, 1],
      [Number.NaN, 2],
      [Infinity, 1],
      [null, 2],
    ],
  );
});

for (const [name, node] of joins) {
  test(`NaN meets NaN, and −0 meets 0: ${name}`, async () => {
    const sides = { left: threeOf('STRING', 'NaN', '-0.0'), right: threeOf('STRING', '0', null) };
    const zero = await run(node, sides, {}, asDouble);
    finished(zero);
    assert.equal(zero.rows['out']?.length, 2);
    const nan = await run(node, { ...sides, right: threeOf('STRING', 'NaN', '1') }, {}, asDouble);
    finished(nan);
    assert.equal(nan.rows['out']?.length, 4);
  });
}

test('aggregates of NaN: sums are NaN, the least and the largest pass over it unless there is nothing else', async () => {
  const functions = ['sum', 'avg', 'min', 'max', 'count', 'first', 'last', 'count-distinct'];
  const aggregates = functions.map((f) => ({ function: f, of: 'k', as: f.replaceAll('-', '_') }));
  const over = async (texts: readonly (string | null)[]) => {
    const input = source(
      'at TIMESTAMP, k STRING',
      texts.map((k, i) => ({ at: at(i), k })),
    );
    const node = { type: 'window', config: { window: minute, aggregates } };
    const result = await run(node, { in: input }, {}, asDouble);
    finished(result);
    const { window_start, window_end, ...row } = result.rows['out']?.[0] ?? {};
    return Object.values(row);
  };
  const nan = Number.NaN;
  assert.deepEqual(await over(['NaN', '2', '1', 'NaN', null]), [nan, nan, 1, 2, 4, nan, nan, 3]);
  assert.deepEqual(await over(['NaN', 'NaN']), [nan, nan, nan, nan, 2, nan, nan, 1]);
  assert.deepEqual(await over(['Infinity', '-Infinity']), [
    nan,
    nan,
    -Infinity,
    Infinity,
    2,
    Infinity,
    -Infinity,
    2,
  ]);
});
