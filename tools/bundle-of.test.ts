import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BUNDLES, bundledCli, CURRENT, freshBundle } from './bundle-of.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const temp = mkdtempSync(join(tmpdir(), 'weir-bundle-'));
after(() => rmSync(temp, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = join(temp, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('the bundle of the engine', () => {
  test('counts as long as its sources are as they were', () => {
    const source = write('engine/a.ts', 'one');
    const at = new Date(1_700_000_000_000);
    utimesSync(source, at, at);
    const folder = `${BUNDLES}/bundle-x`;
    const cli = write(`${folder}/cli.js`, '');
    const inputs = [['engine/a.ts', at.getTime(), 3]];
    write(CURRENT, JSON.stringify({ folder, inputs }));
    assert.equal(freshBundle(temp), cli);

    writeFileSync(source, 'four');
    assert.equal(freshBundle(temp), null);
    rmSync(source);
    assert.equal(freshBundle(temp), null);
  });

  test('runs a pipeline on its own thread, as the sources do', () => {
    const cli = bundledCli(ROOT, process.execPath);
    assert.ok(cli !== null, 'no bundle could be made');
    write('in.ndjson', '{"n":1}\n{"n":2}\n{"n":3}\n');
    const pipeline = write(
      'small.weir',
      JSON.stringify({
        weir: 1,
        name: 'small',
        nodes: {
          in: {
            type: 'file',
            config: {
              path: 'in.ndjson',
              format: { kind: 'ndjson' },
              schema: [{ name: 'n', type: 'BIGINT' }],
            },
          },
          keep: { type: 'filter', config: { condition: 'n > 1' } },
          out: { type: 'file-sink', config: { folder: 'out' } },
        },
        edges: [
          { from: 'in:out', to: 'keep' },
          { from: 'keep:out', to: 'out' },
        ],
      }),
    );
    const { status, stderr } = spawnSync(process.execPath, [cli, 'run', pipeline], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(join(temp, 'out', 'out-0001.ndjson'), 'utf8'), '{"n":2}\n{"n":3}\n');
  });
});
