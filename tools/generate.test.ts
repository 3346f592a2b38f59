import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Generator, staleFiles, writeStaleFiles } from './generate.ts';

test('missing and changed files are stale, and writing them repairs that', async () => {
  const root = await mkdtemp(join(tmpdir(), 'weir-generate-'));
  const generators: readonly Generator[] = [
    { path: 'fresh.md', make: async () => 'fresh\n' },
    { path: 'changed.md', make: async () => 'new\n' },
    { path: 'deep/missing.md', make: async () => 'missing\n' },
  ];
  await writeFile(join(root, 'fresh.md'), 'fresh\n');
  await writeFile(join(root, 'changed.md'), 'old\n');

  assert.deepEqual(await staleFiles(generators, root), ['changed.md', 'deep/missing.md']);
  assert.deepEqual(await writeStaleFiles(generators, root), ['changed.md', 'deep/missing.md']);
  assert.equal(await readFile(join(root, 'deep/missing.md'), 'utf8'), 'missing\n');
  assert.deepEqual(await staleFiles(generators, root), []);
  await rm(root, { recursive: true });
});
