import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { CheckpointStore } from '../checkpoints/store.ts';
import { RunFolders } from './run-folders.ts';

const OWNER = '/home/ada/orders.weir';
const DAY = 86_400_000;

describe('folders of the runs of studios', () => {
  let dataDir = '';
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'weir-folders-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const take = async (folder: string, name: string | null): Promise<void> => {
    const store = await CheckpointStore.open(folder, { keep: 3, warn: () => {} });
    const id = store.nextId();
    const part = { node: 'sum', type: 'window', origin: null, state: { rows: 7 } };
    await store.write({ id, takenAt: 1000 + id, name, graph: 'g' }, [part], Date.now());
    await store.close();
  };

  test('what a dead engine left is found by the next one, newest first', async () => {
    const folder = await new RunFolders(dataDir).begin(OWNER);
    assert.ok(folder.startsWith(dataDir), 'whatever the owner is called');
    await take(folder, null);
    await take(folder, 'before the change');

    const { state, checkpoints } = await new RunFolders(dataDir).list(OWNER);
    assert.equal(state, 'unfinished');
    assert.deepEqual(
      checkpoints.map(({ id, name, takenAt }) => [id, name, takenAt]),
      [
        [2, 'before the change', 1002],
        [1, null, 1001],
      ],
    );
    assert.equal(checkpoints[0]?.nodes[0]?.node, 'sum');
    assert.equal(checkpoints[0]?.bytes, checkpoints[0]?.nodes[0]?.bytes);
    assert.deepEqual(await new RunFolders(dataDir).list('/home/ada/other.weir'), {
      state: 'none',
      checkpoints: [],
      broken: [],
    });
  });

  test('a run that goes on is said to, and one that ended in order is not offered', async () => {
    const folders = new RunFolders(dataDir);
    await take(await folders.begin(OWNER), null);
    assert.equal((await folders.list(OWNER)).state, 'running');
    await folders.begin(OWNER); // of another window, and refused
    await folders.end(OWNER, 'never began');
    assert.equal((await folders.list(OWNER)).state, 'running');
    await folders.end(OWNER, 'in order');
    assert.equal((await folders.list(OWNER)).state, 'ended');
    assert.equal((await folders.list(OWNER)).checkpoints.length, 1, 'one can still go back to it');
    await folders.begin(OWNER);
    await folders.end(OWNER, 'never began');
    assert.equal((await folders.list(OWNER)).state, 'ended', 'one that was refused left all as it was');
    await folders.begin(OWNER);
    await folders.end(OWNER, 'died');
    assert.equal((await folders.list(OWNER)).state, 'unfinished');
  });

  test('a savepoint is removed by name, and what cannot be read is told', async () => {
    const folders = new RunFolders(dataDir);
    const folder = await folders.begin(OWNER);
    await take(folder, 'old');
    await take(folder, null);
    await folders.remove(OWNER, 'old');
    await assert.rejects(folders.remove(OWNER, 'old'), /no whole savepoint/);
    await writeFile(join(folder, 'chk-000002.json'), '{"torn');
    const { checkpoints, broken } = await folders.list(OWNER);
    assert.deepEqual([checkpoints.length, broken.length], [0, 1]);
  });

  test('a sweep removes what ended in order and what is forgotten, and nothing else', async () => {
    const folders = new RunFolders(dataDir);
    const made = async (owner: string, name: string | null, inOrder: boolean): Promise<void> => {
      await take(await folders.begin(owner), name);
      await folders.end(owner, inOrder ? 'in order' : 'died');
    };
    await made('ended', null, true);
    await made('ended with a savepoint', 'kept', true);
    await made('died', null, false);
    const left = async (): Promise<string[]> => (await readdir(join(dataDir, 'runs'))).sort();
    const folder = (owner: string): string => folders.folderOf(owner).split(/[\\/]/).at(-1) ?? '';

    await new RunFolders(dataDir).sweep(Date.now());
    assert.deepEqual(await left(), [folder('died'), folder('ended with a savepoint')].sort());
    await new RunFolders(dataDir).sweep(Date.now() + 31 * DAY);
    assert.deepEqual(await left(), []);
  });
});
