/** Few things that are very large: a session of a million records, an array of a million elements, ten thousand columns. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { validateDocument } from '../../engine/contract/parse.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { column, figures, finished, generated, type Node, run, source } from './pipeline.ts';

const MILLION = 1_000_000;
const START = Date.UTC(2026, 0, 1);
const count = { function: 'count', as: 'n' };

test('a session of a million records, every thousandth of them out of order', async () => {
  const input = generated(MILLION, [{ name: 'k', value: { kind: 'constant', value: 'one' } }]);
  const { data } = input.config as { data: object };
  const node = {
    type: 'window',
    config: { window: { kind: 'session', gap: '1 s' }, keys: ['k'], aggregates: [count] },
  };
  const disorder = { share: 0.001, delay: '900 ms' };
  const time = { field: 'at', watermark: { kind: 'bounded', delay: '1 s' } };
  const result = await run(node, {
    in: { ...input, config: { data: { ...data, disorder }, time } },
  });
  finished(result);
  assert.deepEqual(
    result.rows['out']?.map((row) => [row['n'], Number(row['window_end']) - START]),
    [[MILLION, MILLION - 1 + 1000]],
  );
  assert.equal(figures(result).late, 0);
});

/** Runs with a folder for files. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-large-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const file = (path: string, schema?: readonly object[]): Node => ({
  type: 'file',
  config: { path, ...(schema && { schema }) },
});

test('an array of a million elements is flattened', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'wide.ndjson');
    const values = Array.from({ length: MILLION }, (_, i) => i % 10);
    writeFileSync(
      path,
      `{"id":1,"list":[7]}\n{"id":2,"list":${JSON.stringify(values)}}\n{"id":3,"list":[]}\n`,
    );
    const schema = [
      { name: 'id', type: 'INT' },
      { name: 'list', type: 'ARRAY<INT>' },
    ];
    const node = { type: 'flatten', config: { array: 'list', as: 'v', position: 'place' } };
    const result = await run(node, { in: file(path, schema) });
    finished(result);
    const out = result.rows['out'] ?? [];
    assert.equal(out.length, MILLION + 1);
    assert.deepEqual(
      [out[0], out[7], out.at(-1)],
      [
        { id: 1, v: 7, place: 1 },
        { id: 2, v: 6, place: 7 },
        { id: 2, v: 9, place: MILLION },
      ],
    );
  }));

test('a session whose records came backwards, and one whose parts were joined last', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'backwards.ndjson');
    const back = Array.from({ length: 200_000 }, (_, i) => [START - i, 'back']);
    // Ten thousand sessions of their own, two seconds apart; then those in the middle between each two of them.
    const apart = Array.from({ length: 10_000 }, (_, i) => [START + i * 2000, 'apart']);
    const between = apart.slice(1).map(([at, k]) => [Number(at) - 1000, k]);
    const lines = [...back, ...apart, ...between].map(([at, k]) => `{"at":${at},"k":"${k}"}`);
    writeFileSync(path, lines.join('\n'));
    const schema = [
      { name: 'at', type: 'TIMESTAMP', format: 'epoch-ms' },
      { name: 'k', type: 'STRING' },
    ];
    const time = { field: 'at', watermark: { kind: 'bounded', delay: '10 d' } };
    for (const joined of [
      {
        type: 'window',
        config: { window: { kind: 'session', gap: '1 s' }, keys: ['k'], aggregates: [count] },
      },
      { type: 'assign-windows', config: { window: { kind: 'session', gap: '1 s', keys: ['k'] } } },
    ]) {
      const result = await run(joined, { in: { type: 'file', config: { path, schema, time } } });
      finished(result);
      const windows = new Set((result.rows['out'] ?? []).map((row) => `${row['k']} ${row['window_end']}`));
      // A gap of exactly a second is closed: sessions that touch are one.
      assert.deepEqual(
        [...windows].sort(),
        [`apart ${START + 9999 * 2000 + 1000}`, `back ${START + 1000}`],
        joined.type,
      );
      const records = joined.type === 'window' ? column(result, 'out', 'n') : [result.rows['out']?.length];
      assert.equal(
        records.reduce<number>((sum, n) => sum + Number(n), 0),
        219_999,
      );
    }
  }));

test('a document with ten thousand fields is refused with the limit', () => {
  const schema = Array.from({ length: 10_000 }, (_, i) => ({ name: `f${i}`, type: 'INT' }));
  const parsed = validateDocument({
    weir: 1,
    nodes: {
      rows: { type: 'generator', config: { data: { kind: 'rows', schema, rows: [] } } },
      out: { type: 'table', config: {} },
    },
    edges: [{ from: 'rows', to: 'out' }],
  });
  assert.ok(parsed.ok);
  assert.deepEqual(
    checkGraph(parsed.value).problems.map((p) => [p.code, p.path.slice(-1), p.expected]),
    [['S-VALUE', ['schema'], 'at most 2000 entries']],
  );
});

test('records with ten thousand values, of which two thousand are read', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'columns.ndjson');
    const line = JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, i])));
    writeFileSync(path, `${line}\n`.repeat(50));
    const schema = Array.from({ length: 2000 }, (_, i) => ({ name: `f${i * 5}`, type: 'INT' }));
    const sum = schema
      .slice(0, 200)
      .map((f) => f.name)
      .join(' + ');
    const node = {
      type: 'map',
      config: { compute: [{ name: 'total', expression: sum }], keep: ['f5', 'f9995'] },
    };
    const result = await run(node, { in: file(path, schema) });
    finished(result);
    assert.equal(result.rows['out']?.length, 50);
    // 0 + 5 + … + 995
    assert.deepEqual(result.rows['out']?.[49], { f5: 5, f9995: 9995, total: 99_500 });
  }));

test('two thousand fields go through operators that keep rows', async () => {
  const names = Array.from({ length: 1998 }, (_, i) => `f${i}`);
  const input = source(
    ['at TIMESTAMP', 'k INT', ...names.map((name) => `${name} INT`)].join(', '),
    [1, 2, 1].map((k, i) => ({
      at: `2026-01-01T00:00:0${i}Z`,
      k,
      ...Object.fromEntries(names.map((name, n) => [name, n + i])),
    })),
  );
  const nodes: readonly (readonly [node: Node, rows: number])[] = [
    [{ type: 'sort', config: {} }, 3],
    [{ type: 'dedup', config: { keys: ['k'], keep: 'first' } }, 2],
    [{ type: 'top-n', config: { n: 5, orderBy: [{ field: 'f1997', direction: 'desc' }] } }, 3],
    [
      {
        type: 'over-aggregate',
        config: { keys: ['k'], aggregates: [{ function: 'sum', of: 'f1997', as: 's' }] },
      },
      3,
    ],
    [{ type: 'distinct', config: {} }, 3],
  ];
  for (const [node, rows] of nodes) {
    const result = await run(node, { in: input });
    finished(result);
    assert.equal(result.rows['out']?.length, rows, node.type);
    assert.equal(column(result, 'out', 'f1997').length, rows);
    assert.ok(column(result, 'out', 'f1997').every((v) => typeof v === 'number'));
  }
  const joined = await run(
    { type: 'join', config: { on: [{ left: 'k', right: 'k' }] } },
    { left: input, right: input },
  );
  finished(joined);
  // 2 × 2 of the key 1, and one of the key 2.
  assert.equal(joined.rows['out']?.length, 5);
  assert.equal(Object.keys(joined.rows['out']?.[0] ?? {}).length, 4000);
});

test('a text of 16 MB is a record of its own size', async () => {
  const node = {
    type: 'map',
    config: { compute: [{ name: 'n', expression: 'CHAR_LENGTH(text)' }], keep: ['id'] },
  };
  const result = await run(node, {
    in: source('id INT, text STRING', [{ id: 1, text: 'é'.repeat(8_000_000) }]),
  });
  finished(result);
  assert.deepEqual(column(result, 'out', 'n'), [8_000_000]);
});
