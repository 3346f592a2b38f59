/** Savepoints by hand from the command line, each command as a process of its own: one runs, others ask, list, compare and remove. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('checkpoints on the command line', { timeout: 120_000 }, () => {
  let folder = '';
  const children = new Set<ReturnType<typeof spawn>>();
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-cli-checkpoints-'));
    await writeFile(join(folder, 'a.weir'), pipeline([]));
    await writeFile(join(folder, 'b.weir'), pipeline(['n']));
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Endless records into a total by `keys`. */
  const pipeline = (keys: readonly string[]): string =>
    JSON.stringify({
      weir: 1,
      nodes: {
        ids: {
          type: 'generator',
          config: {
            data: { kind: 'fields', interval: '1 ms', fields: [{ name: 'n', value: { kind: 'sequence' } }] },
            rate: 500,
          },
        },
        total: { type: 'group-aggregate', config: { keys, aggregates: [{ function: 'count', as: 'c' }] } },
        out: { type: 'nothing', config: {} },
      },
      edges: [
        { from: 'ids', to: 'total' },
        { from: 'total:out', to: 'out' },
      ],
    });

  function start(...args: readonly string[]) {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    const output = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
    const ended = once(child, 'close').then(([code]): Ended => {
      children.delete(child);
      return { code, ...output };
    });
    return { child, ended, output };
  }
  const weir = (...args: readonly string[]): Promise<Ended> => start(...args).ended;

  test('a run that goes on takes a savepoint when asked, ends with one, and its folder says what it holds', async () => {
    const running = start('run', 'a.weir', '--checkpoints', 'ck', '--for', '1h', '--stop-savepoint', 'end');
    while (!running.output.out.includes('records read')) await new Promise((r) => setTimeout(r, 50));
    const asked = await weir('savepoint', 'ck', 'mid');
    assert.deepEqual([asked.code, asked.err], [0, '']);
    assert.match(asked.out, /^checkpoint \d+ is kept as mid: [\d.]+ k?B\n$/);
    const taken = await weir('savepoint', 'ck', 'mid');
    assert.equal(taken.code, 1);
    assert.match(taken.err, /K-NAME: There is a savepoint with this name/);
    const held = await weir('checkpoints', 'ck', '--remove', 'mid');
    assert.equal(held.code, 1);
    assert.match(held.err, /K-LOCKED/);
    running.child.kill('SIGINT');
    const { code } = await running.ended;
    assert.equal(code, 130);

    const listed = JSON.parse((await weir('checkpoints', 'ck', '--json')).out);
    assert.deepEqual(
      listed.checkpoints
        .map((one: { name: string }) => one.name)
        .filter((name: string | null) => name !== null),
      ['end', 'mid'],
    );
    assert.deepEqual(
      listed.checkpoints[0].nodes.map((one: { node: string }) => one.node),
      ['ids', 'total', 'out'],
    );
    const again = await weir(
      'run',
      'a.weir',
      '--checkpoints',
      'ck',
      '--for',
      '1s',
      '--stop-savepoint',
      'mid',
    );
    assert.equal(again.code, 2);
    assert.match(again.err, /--stop-savepoint mid: checkpoint \d+ has this name already/);
  });

  test('what a pipeline would take over is told before, refused when tried, and goes on when it is given up', async () => {
    const same = await weir('checkpoints', 'ck', '--against', 'a.weir', '--restore', 'mid');
    assert.equal(same.code, 0, same.err);
    assert.match(same.out, /^total +group-aggregate +goes on/m);
    const other = await weir('checkpoints', 'ck', '--against', 'b.weir');
    assert.equal(other.code, 3);
    assert.match(other.out, /^total +group-aggregate +REFUSED .* keys was \[\] and is \["n"\]$/m);
    const tried = await weir('run', 'b.weir', '--checkpoints', 'ck', '--restore', 'mid');
    assert.equal(tried.code, 1);
    assert.match(tried.err, /K-STATE at nodes\.total\.config\.keys/);
    const misspelt = await weir(
      'run',
      'a.weir',
      '--checkpoints',
      'ck',
      '--restore',
      'mid',
      '--drop-state',
      'totl',
    );
    assert.equal(misspelt.code, 2);
    assert.match(misspelt.err, /Did you mean total\?/);
    const args = ['--checkpoints', 'ck', '--restore', 'mid', '--drop-state', 'total', '--for', '500ms'];
    const dropped = await weir('run', 'b.weir', ...args);
    assert.equal(dropped.code, 0, dropped.err);
    assert.match(dropped.out + dropped.err, /given up .* begins empty/);
  });

  test('names and numbers: unknown ones, those that cannot be, and one that is removed', async () => {
    const near = await weir('run', 'a.weir', '--checkpoints', 'ck', '--restore', 'mit');
    assert.equal(near.code, 1);
    assert.match(near.err, /no whole savepoint of this name[\s\S]*Did you mean mid\?/);
    for (const name of ['latest', '12', '../x']) {
      const bad = await weir('savepoint', 'ck', name);
      assert.equal(bad.code, 2, name);
      assert.match(bad.err, /a savepoint cannot be called/);
    }
    assert.equal((await weir('run', 'a.weir', '--drop-state', 'total')).code, 2);
    assert.equal((await weir('run', 'a.weir', '--checkpoints', 'ck', '--drop-state', 'total')).code, 2);
    const removed = await weir('checkpoints', 'ck', '--remove', 'mid');
    assert.deepEqual([removed.code, removed.err], [0, '']);
    const gone = await weir('checkpoints', 'ck', '--remove', 'mid');
    assert.match(gone.err, /K-BROKEN/);
    const left = await weir('run', 'a.weir', '--checkpoints', 'ck', '--restore', 'end', '--for', '300ms');
    assert.equal(left.code, 0, left.err);
  });

  test('nobody holds the folder: said at once; broken ones are named', async () => {
    const nobody = await weir('savepoint', 'ck', 'late');
    assert.equal(nobody.code, 1);
    assert.match(nobody.err, /No run holds the checkpoints/);
    assert.ok(!(await readdir(join(folder, 'ck'))).some((name) => name.startsWith('savepoint-')));
    await writeFile(join(folder, 'ck', 'chk-000999.json'), '{"weirCheckpoint":1}');
    const listed = await weir('checkpoints', 'ck');
    assert.equal(listed.code, 3);
    assert.match(listed.out, /^broken: The checkpoint .*chk-000999\.json cannot be used/m);
    const missing = await weir('checkpoints', 'nowhere');
    assert.match(missing.err, /K-FOLDER/);
  });
});
