/** What only shows when a run starts: files that are missing or broken, scripts that are none. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { WeirError } from '../../engine/contract/problems.ts';
import { column, figures, finished, type Node, run, source } from './pipeline.ts';

const ids = () => source('id INT', [{ id: 1 }, { id: 2 }]);

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-start-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const lookup = (path: string, more: object = {}): Node => ({
  type: 'lookup-join',
  config: {
    join: 'left',
    table: {
      kind: 'file',
      path,
      schema: [
        { name: 'code', type: 'INT' },
        { name: 'city', type: 'STRING' },
      ],
      ...more,
    },
    on: [{ left: 'id', right: 'code' }],
  },
});
const script = (code: string): Node => ({ type: 'script', config: { code } });

/** What the run says before its first record. */
async function refusal(node: Node, port: string): Promise<WeirError['problem']> {
  const error = await run(node, { [port]: ids() }).then(
    () => assert.fail('it ran'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof WeirError, String(error));
  return error.problem;
}

test('a lookup table that is not there', async () => {
  const found = await refusal(lookup('/no/such/cities.csv'), 'left');
  assert.deepEqual([found.code, found.path], ['C-MISSING', ['nodes', 'node', 'config', 'table', 'path']]);
  assert.match(found.value ?? '', /cities\.csv/);
});

test('a lookup table with more rows than it may have', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'cities.csv');
    writeFileSync(path, 'code,city\n1,Atlanta\n2,Boston\n3,Chicago\n');
    const found = await refusal(lookup(path, { rowsMax: 2 }), 'left');
    assert.equal(found.code, 'C-LIMIT');
  }));

test('records of a lookup table that cannot be read go to the errors port; an empty file is an empty table', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'cities.csv');
    writeFileSync(path, 'code,city\n1,Atlanta\nx,Nowhere\n2,Boston,more\n');
    const broken = await run(lookup(path), { left: ids() });
    finished(broken);
    assert.deepEqual(column(broken, 'out', 'city'), ['Atlanta', null]);
    assert.deepEqual(column(broken, 'errors', 'code'), ['R-DECODE', 'C-FORMAT']);
    assert.equal(figures(broken).deadLetters, 2);
    writeFileSync(path, '');
    const empty = await run(lookup(path), { left: ids() });
    finished(empty);
    assert.deepEqual(column(empty, 'out', 'city'), [null, null]);
  }));

const SCRIPTS: readonly (readonly [name: string, code: string, message: RegExp])[] = [
  ['without onRecord', 'const x = 1;', /no function onRecord/],
  ['that is not JavaScript', 'function onRecord(record {', /SyntaxError/],
  ['that fails at once', 'null.x;\nfunction onRecord(r) { return r; }', /TypeError/],
  [
    'that wants a file',
    'import fs from "node:fs";\nfunction onRecord(r) { return r; }',
    /SyntaxError|import/,
  ],
];

for (const [name, code, message] of SCRIPTS) {
  test(`a script ${name}`, async () => {
    const found = await refusal(script(code), 'in');
    assert.deepEqual([found.code, found.path], ['R-SCRIPT', ['nodes', 'node', 'config', 'code']]);
    assert.match(`${found.message} ${found.value}`, message);
  });
}

test('a script that reaches for what is not there fails its records, one by one', async () => {
  for (const name of [
    'process',
    'require',
    'fetch',
    'globalThis.process.env',
    'setTimeout',
    'WebAssembly.compile',
  ]) {
    const result = await run(script(`function onRecord(r) { ${name}.toString(); return r; }`), { in: ids() });
    finished(result);
    assert.deepEqual(
      [column(result, 'out', 'id'), column(result, 'errors', 'code')],
      [[], ['R-RECORD', 'R-RECORD']],
      name,
    );
  }
});
