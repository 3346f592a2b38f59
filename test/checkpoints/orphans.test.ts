/** Temporary checkpoints of processes that were killed: the next run removes them, and none that is in use. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { lockFolder, thisProcess } from '../../engine/checkpoints/lock.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';

const CLI = join(import.meta.dirname, '..', '..', 'engine', 'cli.ts');

const documentOf = (count: number): GraphDocument => ({
  weir: 1,
  settings: { checkpoints: { every: '20 ms' } },
  nodes: {
    ids: {
      type: 'generator',
      config: {
        data: { kind: 'fields', count, fields: [{ name: 'id', value: { kind: 'sequence' } }] },
        rate: 1000,
      },
    },
    out: { type: 'nothing', config: {} },
  },
  edges: [{ from: 'ids', to: 'out' }],
});

describe('temporary checkpoints', () => {
  let folder = '';
  let children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-orphans-'));
    children = [];
    await writeFile(join(folder, 'long.weir'), JSON.stringify(documentOf(1_000_000)));
    await writeFile(join(folder, 'short.weir'), JSON.stringify(documentOf(100)));
  });
  afterEach(async () => {
    for (const child of children) await kill(child);
    await rm(folder, { recursive: true, force: true });
  });

  function weir(...args: string[]): ChildProcess {
    const env = { ...process.env, TMPDIR: folder };
    const child = spawn(process.execPath, [CLI, 'run', ...args], { cwd: folder, env, stdio: 'ignore' });
    children.push(child);
    return child;
  }
  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  const kept = async (): Promise<string[]> =>
    (await readdir(folder)).filter((name) => name.startsWith('weir-run-'));

  /** Runs for ever; resolves when it has written a checkpoint. */
  async function longRun(): Promise<{ readonly child: ChildProcess; readonly name: string }> {
    const before = await kept();
    const child = weir('long.weir');
    for (;;) {
      const name = (await kept()).find((own) => !before.includes(own));
      const files = name === undefined ? [] : await readdir(join(folder, name)).catch(() => []);
      if (name !== undefined && files.some((file) => file.endsWith('.json'))) return { child, name };
      assert.equal(child.exitCode, null, 'the run ended by itself');
      await wait(10);
    }
  }
  async function shortRun(...args: string[]): Promise<void> {
    assert.deepEqual(await once(weir('short.weir', ...args), 'exit'), [0, null]);
  }

  test('of a process that was killed go with the next run; those of a living one stay', async () => {
    const [dead, living] = [await longRun(), await longRun()];
    await kill(dead.child);
    assert.deepEqual((await kept()).sort(), [dead.name, living.name].sort());
    await shortRun();
    assert.deepEqual(await kept(), [living.name]);
    assert.equal(living.child.exitCode, null);
    await kill(living.child);
    assert.deepEqual(await kept(), [living.name]);
    // One that has a folder of its own cleans up too.
    await shortRun('--checkpoints', 'state');
    assert.deepEqual(await kept(), []);
  });

  test('what is named by a process alone counts from its first moment; a lock that is held counts whatever the name says', async () => {
    const { pid, started } = await thisProcess();
    const make = async (name: string): Promise<string> => {
      await mkdir(join(folder, name));
      return join(folder, name);
    };
    // No lock yet, or none any more.
    await make(`weir-run-${pid}-${started ?? ''}-living`);
    await make(`weir-run-${pid}-1-reused`);
    await make('weir-run-unknown');
    const release = await lockFolder(await make(`weir-run-${pid}-1-continued`));
    await writeFile(
      join(await make('weir-run-older'), 'lock'),
      JSON.stringify({ pid, started: '1', token: 'x' }),
    );
    await symlink(await make('elsewhere'), join(folder, `weir-run-${pid}-1-link`));
    await shortRun();
    assert.deepEqual(
      (await kept()).sort(),
      [
        `weir-run-${pid}-${started ?? ''}-living`,
        `weir-run-${pid}-1-continued`,
        `weir-run-${pid}-1-link`,
        'weir-run-unknown',
      ].sort(),
    );
    assert.deepEqual(await readdir(join(folder, 'elsewhere')), []);
    await release();
    await shortRun();
    assert.equal(existsSync(join(folder, `weir-run-${pid}-1-continued`)), false);
  });
});
