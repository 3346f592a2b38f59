/** Settings that specs declare to leave state alone (`NodeSpec.keeps`), operator by operator and source by source: changed at a savepoint, the run gives what it would have given. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { WeirError } from '../../engine/contract/problems.ts';
import { standing } from '../../engine/runtime/captured.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { rowKey } from '../../engine/testing/rows.ts';
import { runEdited } from './edited-run.ts';

type Config = Readonly<Record<string, unknown>>;

const ROWS = 60;
const rows = Array.from({ length: ROWS }, (_, n) => ({
  at: new Date(n * 1000).toISOString(),
  n: n % 7,
  k: n % 2 === 0 ? 'even' : 'odd',
}));
const source = {
  type: 'generator',
  config: {
    data: {
      kind: 'rows',
      schema: [
        { name: 'at', type: 'TIMESTAMP' },
        { name: 'n', type: 'INT' },
        { name: 'k', type: 'STRING' },
      ],
      rows,
    },
    time: { field: 'at', watermark: { kind: 'bounded', delay: '2 s' } },
  },
};

function documentOf(nodes: object, edges: readonly (readonly [string, string])[]): GraphDocument {
  const text = JSON.stringify({ weir: 1, nodes, edges: edges.map(([from, to]) => ({ from, to })) });
  const parsed = parseDocument(text);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

/** The operator between a source and a table; both inputs of a join get the same rows. */
const graph = (type: string, config: Config, ports = ['op']): GraphDocument =>
  documentOf({ in: source, op: { type, config }, out: { type: 'table', config: {} } }, [
    ...ports.map((port) => ['in', port] as const),
    ['op:out', 'out'],
  ]);

const count = [{ function: 'count', as: 'c' }];
const JOINED = ['op:left', 'op:right'];
const on = [{ left: 'k', right: 'k' }];

interface Case {
  readonly type: string;
  readonly config: Config;
  /** Changes that change nothing in these rows. */
  readonly kept: Config;
  /** And such as would. */
  readonly refused: Config;
  readonly ports?: string[];
}

const CASES: readonly Case[] = [
  {
    type: 'group-aggregate',
    config: { keys: ['k'], aggregates: count, ttl: '1 h' },
    kept: { ttl: '2 h' },
    refused: { ttl: undefined },
  },
  {
    type: 'distinct',
    config: { fields: ['n'], ttl: '1 h' },
    kept: { ttl: '2 h' },
    refused: { fields: ['k'] },
  },
  {
    type: 'dedup',
    config: { keys: ['n'], results: { kind: 'changes', ttl: '1 h' } },
    kept: { results: { kind: 'changes', ttl: '3 h' } },
    refused: { results: { kind: 'changes' } },
  },
  {
    type: 'dedup',
    config: { keys: ['n'], keep: 'last', results: { kind: 'changes', ttl: '1 h' } },
    kept: { results: { kind: 'changes', ttl: '3 h' } },
    refused: { keep: 'first' },
  },
  {
    type: 'top-n',
    config: { n: 2, keys: ['k'], orderBy: [{ field: 'n' }], results: { kind: 'changes', ttl: '1 h' } },
    kept: { results: { kind: 'changes', ttl: '3 h' } },
    refused: { n: 3 },
  },
  {
    type: 'over-aggregate',
    config: { keys: ['k'], frame: { kind: 'rows', preceding: 2 }, aggregates: count, ttl: '1 h' },
    kept: { ttl: '2 h' },
    refused: { frame: { kind: 'rows', preceding: 3 } },
  },
  {
    type: 'join',
    config: { on, leftTtl: '1 h', rightTtl: '1 h' },
    kept: { leftTtl: '2 h', rightTtl: '3 h' },
    refused: { join: 'left' },
    ports: JOINED,
  },
  {
    type: 'interval-join',
    config: { on, lower: '-3 s', upper: '3 s' },
    kept: { late: 'drop' },
    refused: { upper: '4 s' },
    ports: JOINED,
  },
  {
    type: 'gap-fill',
    config: { every: '500 ms', keys: ['k'], longest: 100 },
    kept: { longest: 50 },
    refused: { longest: 200 },
  },
  {
    type: 'pattern',
    config: {
      keys: ['k'],
      pattern: 'A B',
      define: [{ variable: 'B', when: 'B.n > A.n' }],
      measures: [{ of: 'B.n', as: 'top' }],
    },
    kept: { partialMatchesMax: 500 },
    refused: { within: '9 s' },
  },
  {
    type: 'window',
    config: { window: { kind: 'hopping', size: '10 s', slide: '5 s' }, aggregates: count, lateness: '20 s' },
    kept: { lateness: '5 s' },
    refused: { lateness: '30 s' },
  },
  {
    type: 'window',
    config: { window: { kind: 'session', gap: '3 s' }, keys: ['k'], aggregates: count, lateness: '20 s' },
    kept: { lateness: '5 s' },
    refused: { lateness: undefined },
  },
];

async function outOf(document: GraphDocument): Promise<string[]> {
  const run = await runLocally(document, { batchRows: 3, clock: new VirtualClock(0) });
  assert.deepEqual([run.summary.outcome, run.problems], ['finished', []]);
  return standing(run.rows['out'] ?? [])
    .map(rowKey)
    .sort();
}

describe('settings that may change while state is kept', () => {
  for (const [at, { type, config, kept, refused, ports }] of CASES.entries()) {
    test(`${type}: ${JSON.stringify(kept)} (${at})`, async () => {
      const before = graph(type, config, ports);
      const expected = await outOf(before);
      assert.ok(expected.length > 0);
      const edited = graph(type, { ...config, ...kept }, ports);
      for (const polls of [3, 11]) {
        const { rows: given } = await runEdited({ before, after: edited, polls });
        assert.deepEqual(
          standing(given['out'] ?? [])
            .map(rowKey)
            .sort(),
          expected,
          `after ${polls} polls`,
        );
      }
      const other = graph(type, { ...config, ...refused }, ports);
      await assert.rejects(runEdited({ before, after: other, polls: 5 }), (error) => {
        assert.ok(error instanceof WeirError, String(error));
        assert.deepEqual(
          error.problems.map((p) => [p.code, p.path[1]]),
          [['K-STATE', 'op']],
        );
        assert.match(error.problem.message, new RegExp(`${Object.keys(refused)[0]}.* was .* and is`));
        return true;
      });
    });
  }
});

describe('sources', () => {
  let base = '';
  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'weir-edited-settings-'));
    const cells = rows.map(({ at, n, k }) => `${at},${n},${k}`);
    await writeFile(join(base, 'rows.csv'), `at,n,k\n${cells.join('\n')}\n`);
    await writeFile(join(base, 'rows.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });
  after(() => rm(base, { recursive: true, force: true }));

  const file = (name: string, fields: readonly string[], more: Config = {}): GraphDocument =>
    documentOf(
      {
        in: {
          type: 'file',
          config: {
            path: join(base, name),
            schema: [
              { name: 'at', type: 'TIMESTAMP' },
              ...fields.map((field) => ({ name: field, type: field === 'n' ? 'INT' : 'STRING' })),
            ],
            time: { field: 'at', watermark: { kind: 'ascending' } },
            ...more,
          },
        },
        out: { type: 'table', config: {} },
      },
      [['in', 'out']],
    );

  for (const name of ['rows.csv', 'rows.ndjson'])
    test(`${name} goes on in its middle with another schema`, async () => {
      const run = await runEdited({ before: file(name, ['n']), after: file(name, ['k', 'n']), polls: 4 });
      const cut = run.cut['in'] ?? 0;
      assert.ok(cut > 0 && cut < ROWS);
      const given = run.rows['out'] ?? [];
      assert.deepEqual(
        given.map((row) => row['n']),
        rows.map((row) => row.n),
      );
      assert.deepEqual(
        given.map((row) => row['k']),
        rows.map((row, n) => (n < cut ? undefined : row.k)),
      );
    });

  test('a file in the order of a field, and another path, do not', async () => {
    const sorted = { order: { by: 'at' } };
    const change = (a: GraphDocument, b: GraphDocument) => runEdited({ before: a, after: b, polls: 4 });
    await assert.rejects(
      change(file('rows.csv', ['n'], sorted), file('rows.csv', ['k', 'n'], sorted)),
      /schema was/,
    );
    await assert.rejects(change(file('rows.csv', ['n']), file('rows.ndjson', ['n'])), /path was/);
  });
});
