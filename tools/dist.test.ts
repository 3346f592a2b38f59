import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extractFile, listPackage } from '@electron/asar';
import { buildAll } from './build.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILDER = join(ROOT, 'node_modules/electron-builder/cli.js');
const run = promisify(execFile);

/** Where an Electron executable keeps its fuses: this text, a version, a count, and one character for each. */
const FUSE_WIRE = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES_BEFORE = '101100111';
const [OFF, ON] = ['0', '1'];

/** Packs a copy of the checkout with a stand-in for Electron's own files, which cannot be had offline. */
describe('the package for Linux', { skip: process.platform !== 'linux' && 'packs for Linux' }, () => {
  let folder: string;
  let resources: string;
  let archive: string;

  before(
    async () => {
      folder = await mkdtemp(join(tmpdir(), 'weir-dist-'));
      const project = join(folder, 'project');
      await mkdir(project);
      for (const name of ['package.json', 'electron-builder.yml', 'LICENSE', 'NOTICE', 'examples']) {
        await cp(join(ROOT, name), join(project, name), { recursive: true });
      }
      await symlink(join(ROOT, 'node_modules'), join(project, 'node_modules'));
      await buildAll(join(project, 'dist'));
      const electron = join(folder, 'electron');
      await standIn(electron);
      const args = [BUILDER, '--linux', 'dir', '--publish', 'never', `-c.electronDist=${electron}`];
      await run(process.execPath, args, { cwd: project, env: { ...process.env, CI: 'true' } });
      const unpacked = join(
        project,
        'dist-packages',
        `linux-${process.arch === 'arm64' ? 'arm64-' : ''}unpacked`,
      );
      resources = join(unpacked, 'resources');
      archive = join(resources, 'app.asar');
    },
    { timeout: 55_000 },
  );
  after(() => rm(folder, { recursive: true, force: true }));

  test('holds what runs, and neither packages nor sources', () => {
    const files = listPackage(archive, { isPack: false });
    for (const needed of [
      '/package.json',
      '/dist/electron/main.js',
      '/dist/electron/preload.cjs',
      '/dist/engine/host.js',
      '/dist/engine/worker.js',
      '/dist/engine/cli.js',
      '/dist/renderer/index.html',
      '/examples/flight-delays.weir',
      '/LICENSE',
    ]) {
      assert.ok(files.includes(needed), `${needed} is missing`);
    }
    const unwanted = files.filter((file) => /node_modules|\.tsx?$|\.map$|\.test\./.test(file));
    assert.deepEqual(unwanted, []);
    const main: unknown = JSON.parse(extractFile(archive, 'package.json').toString()).main;
    assert.equal(main, 'dist/electron/main.js');
  });

  test('brings the data of the examples beside the archive', async () => {
    for (const name of ['flights-20k.json', 'flights-3m.parquet', 'earthquakes.json']) {
      assert.ok((await stat(join(resources, 'node_modules/vega-datasets/data', name))).size > 100_000, name);
    }
  });

  test('turns the fuses that keep others from running it as Node or with other code', async () => {
    const binary = await readFile(join(dirname(resources), 'weir'));
    const at = binary.indexOf(FUSE_WIRE) + FUSE_WIRE.length + 2;
    const fuses = binary.subarray(at, at + FUSES_BEFORE.length).toString();
    const [runAsNode, cookies, nodeOptions, inspect, integrity, onlyAsar, , fileProtocol] = fuses;
    assert.deepEqual([runAsNode, nodeOptions, inspect, fileProtocol], [OFF, OFF, OFF, OFF], fuses);
    assert.deepEqual([cookies, integrity, onlyAsar], [ON, ON, ON], fuses);
  });
});

async function standIn(dist: string): Promise<void> {
  await mkdir(join(dist, 'resources'), { recursive: true });
  await mkdir(join(dist, 'locales'));
  const fuses = Buffer.concat([
    Buffer.from(`stand-in ${FUSE_WIRE}`),
    Buffer.of(1, FUSES_BEFORE.length),
    Buffer.from(`${FUSES_BEFORE} end`),
  ]);
  await writeFile(join(dist, 'electron'), fuses, { mode: 0o755 });
  for (const name of ['chrome-sandbox', 'chrome_crashpad_handler', 'LICENSE', 'LICENSES.chromium.html']) {
    await writeFile(join(dist, name), 'stand-in');
  }
  await writeFile(join(dist, 'version'), '45.4.1');
}
