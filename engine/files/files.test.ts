import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { blockingFiles } from './blocking.ts';
import { diskFiles } from './disk.ts';
import { errorCode, type Files } from './files.ts';
import { MemoryFiles } from './memory.ts';

const code = (expected: string) => (error: unknown) => errorCode(error) === expected;
const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function diskFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-files-'));
  folders.push(folder);
  return folder;
}

const KINDS: [string, () => Promise<{ files: Files; folder: string }>][] = [
  ['disk', async () => ({ files: diskFiles, folder: await diskFolder() })],
  ['disk, blocking', async () => ({ files: { ...diskFiles, ...blockingFiles }, folder: await diskFolder() })],
  ['memory', async () => ({ files: new MemoryFiles(), folder: '/f' })],
];

for (const [name, make] of KINDS) {
  describe(`files of the ${name}`, () => {
    it('write, read, cut and sync, at any position', async () => {
      const { files, folder } = await make();
      const path = join(folder, 'a', 'b');
      assert.equal(await files.info(path), null);
      assert.deepEqual(await files.list(join(folder, 'a')), []);
      await files.makeFolder(join(folder, 'a'));
      await assert.rejects(files.open(path, 'edit'), code('ENOENT'));
      const file = await files.open(path, 'create');
      await assert.rejects(files.open(path, 'create'), code('EEXIST'));
      await file.write(Buffer.from('hello world'), 0);
      await file.write(Buffer.from('W'), 6);
      await file.truncate(8);
      await file.sync();
      const into = Buffer.alloc(5);
      assert.equal(await file.read(into, 6), 2);
      assert.equal(into.subarray(0, 2).toString(), 'Wo');
      await file.close();
      assert.deepEqual(await files.list(join(folder, 'a')), ['b']);
    });

    it('link, rename and remove; a link never replaces', async () => {
      const { files, folder } = await make();
      const [a, b, c] = ['a', 'b', 'c'].map((n) => join(folder, n)) as [string, string, string];
      for (const [path, text] of [
        [a, 'one'],
        [b, 'other'],
      ] as const) {
        const file = await files.open(path, 'create');
        await file.write(Buffer.from(text), 0);
        await file.close();
      }
      await assert.rejects(files.link(a, b), code('EEXIST'));
      await files.link(a, c);
      const [first, second] = [await files.info(a), await files.info(c)];
      assert.equal(first?.id, second?.id);
      assert.deepEqual([first?.links, first?.size], [2, 3]);
      assert.notEqual(first?.id, (await files.info(b))?.id);
      await files.remove(a);
      await files.remove(a);
      assert.equal((await files.info(c))?.links, 1);
      await files.rename(c, b);
      await files.syncFolder(folder);
      assert.deepEqual(await files.list(folder), ['b']);
      assert.equal((await files.info(b))?.size, 3);
      await assert.rejects(files.rename(a, b), code('ENOENT'));
    });
  });
}

describe('files in memory', () => {
  it('forget at a power cut what was not synced, and nothing else', async () => {
    const files = new MemoryFiles();
    const file = await files.open('/f/a', 'create');
    await file.write(Buffer.from('kept'), 0);
    await file.sync();
    await files.syncFolder('/f');
    await file.write(Buffer.from(' lost'), 4);
    await files.link('/f/a', '/f/b');
    files.cutPower(() => 0.99);
    assert.deepEqual(files.names('/f'), ['a']);
    assert.match(files.text('/f/a'), /^kept/);
    await (await files.open('/f/c', 'create')).sync();
    await files.syncFolder('/f');
    await files.rename('/f/c', '/f/d');
    files.cutPower(() => 0);
    assert.deepEqual(files.names('/f'), ['a', 'd']);
  });
});
