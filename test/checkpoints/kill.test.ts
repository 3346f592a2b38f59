/** The real thing: `weir run` is killed with SIGKILL, started again from its checkpoints, and its files hold every row once. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const CLI = join(import.meta.dirname, '..', '..', 'engine', 'cli.ts');
const COUNT = 60_000;

/** Counted ids into ten sums per second of event time, and every id as it is. */
const DOCUMENT = {
  weir: 1,
  nodes: {
    ids: {
      type: 'generator',
      config: {
        data: {
          kind: 'fields',
          count: COUNT,
          fields: [
            { name: 'at', value: { kind: 'time' } },
            { name: 'id', value: { kind: 'sequence' } },
            { name: 'key', value: { kind: 'key', distinct: 10, prefix: 'k' } },
          ],
        },
        rate: 30_000,
        time: { field: 'at', watermark: { kind: 'ascending' } },
      },
    },
    sums: {
      type: 'window',
      config: {
        window: { kind: 'tumbling', size: '250 ms' },
        keys: ['key'],
        aggregates: [
          { function: 'count', as: 'n' },
          { function: 'sum', of: 'id', as: 'sum' },
        ],
      },
    },
    each: { type: 'file-sink', config: { folder: 'out', name: 'each' } },
    windows: { type: 'file-sink', config: { folder: 'out', name: 'windows' } },
  },
  edges: [
    { from: 'ids', to: 'each' },
    { from: 'ids', to: 'sums' },
    { from: 'sums', to: 'windows' },
  ],
};

describe('kill -9', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-kill-'));
    await writeFile(join(folder, 'ids.weir'), JSON.stringify(DOCUMENT));
    const { count: _, ...endless } = DOCUMENT.nodes.ids.config.data;
    const ids = { ...DOCUMENT.nodes.ids, config: { ...DOCUMENT.nodes.ids.config, data: endless } };
    const document = { ...DOCUMENT, nodes: { ...DOCUMENT.nodes, ids } };
    await writeFile(join(folder, 'endless.weir'), JSON.stringify(document));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const start = (file: string, ...args: string[]) => {
    const child = spawn(
      process.execPath,
      [CLI, 'run', file, '--json', '--checkpoints', 'state', '--checkpoint-every', '50ms', ...args],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, err })) };
  };
  const rowsOf = async (name: string): Promise<Record<string, unknown>[]> => {
    const files = (await readdir(join(folder, 'out'))).filter((f) => f.startsWith(`${name}-`)).sort();
    const texts = await Promise.all(files.map((f) => readFile(join(folder, 'out', f), 'utf8')));
    return texts
      .join('')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const hasCheckpoint = async (): Promise<boolean> => {
    const found = await readdir(join(folder, 'state')).catch((): string[] => []);
    return found.some((name) => /^chk-.*\.json$/.test(name));
  };

  const killedThrice = async (threads: readonly number[]): Promise<void> => {
    await rm(join(folder, 'state'), { recursive: true, force: true });
    await rm(join(folder, 'out'), { recursive: true, force: true });
    const on = (kill: number): string[] => [
      ...(kill === 0 ? [] : ['--restore', 'latest']),
      ...['--parallelism', String(threads[kill]), ...(kill === 0 ? ['--max-parallelism', '8'] : [])],
    ];
    for (let kill = 0; kill < 3; kill++) {
      const { child, ended } = start('ids.weir', ...on(kill));
      const until = performance.now() + 30_000;
      while (!(await hasCheckpoint()) && performance.now() < until) await pause(20);
      // At another instant of its work each time.
      await pause(350 + kill * 170);
      child.kill('SIGKILL');
      await ended;
    }
    const { code, err } = await start('ids.weir', ...on(3)).ended;
    assert.equal(code, 0, err);
    const ids = (await rowsOf('each')).map((row) => Number(row['id']));
    assert.equal(ids.length, COUNT, 'rows');
    assert.equal(new Set(ids).size, COUNT, 'different ids');
    const windows = await rowsOf('windows');
    const sum = (name: string): number => windows.reduce((total, row) => total + Number(row[name]), 0);
    assert.equal(sum('n'), COUNT);
    assert.equal(
      sum('sum'),
      ids.reduce((a, b) => a + b, 0),
    );
    const names = windows.map((row) => `${String(row['key'])} ${String(row['window_start'])}`);
    assert.equal(new Set(names).size, names.length, 'each window once');
  };

  test('three times, and every row is there once', () => killedThrice([1, 1, 1, 1]));
  test('three times, on other numbers of threads', () => killedThrice([2, 1, 3, 2]));

  test('a second run on the same folder is refused, and the first goes on', async () => {
    const first = start('endless.weir');
    const until = performance.now() + 30_000;
    while (
      !(await readdir(join(folder, 'state')).catch((): string[] => [])).includes('lock') &&
      performance.now() < until
    )
      await pause(10);
    const second = await start('endless.weir').ended;
    first.child.kill('SIGKILL');
    await first.ended;
    assert.equal(second.code, 1);
    assert.match(second.err, /K-LOCKED/);
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
