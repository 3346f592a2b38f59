import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'weir-diff-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const document = (condition: string, x: number) => ({
  weir: 1,
  // Nothing has to be there to compare what is written about it.
  nodes: {
    in: { type: 'file', config: { path: 'not-there.csv' } },
    some: { type: 'filter', config: { condition } },
  },
  edges: [{ from: 'in', to: 'some' }],
  layout: { nodes: { some: { x, y: 0 } } },
});
const write = (name: string, content: unknown): string => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
};
const weir = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'diff', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
};

const A = write('a.weir', document('n > 1', 0));

test('a moved node is the same logic, another setting is not', () => {
  const moved = weir(A, write('moved.weir', document('n > 1', 9)));
  assert.deepEqual(moved, { code: 0, out: '  moved 1 node\n', err: '' });
  const changed = weir(A, write('changed.weir', document('n > 2', 0)));
  assert.deepEqual(changed, { code: 1, out: '~ some: condition "n > 1" → "n > 2"\n', err: '' });
  assert.deepEqual(weir(A, A), { code: 0, out: '', err: '' });
});

test('as JSON it says the same', () => {
  const { code, out } = weir(A, write('other.weir', document('n > 3', 0)), '--json');
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(out), {
    sameLogic: false,
    changes: [{ kind: 'setting', node: 'some', path: ['condition'], before: 'n > 1', after: 'n > 3' }],
  });
});

test('what is no pipeline is trouble, and named', () => {
  const broken = weir(A, write('broken.weir', '{"weir": 1'));
  assert.equal(broken.code, 2);
  assert.match(broken.err, /^broken\.weir: error /);
  assert.equal(weir(A, 'nowhere.weir').code, 2);
  assert.equal(weir(A).code, 2);
  assert.match(weir('--help').out, /different logic/);
});
