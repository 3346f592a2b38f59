import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { electronBinary } from './electron-binary.ts';

const START = fileURLToPath(new URL('./start.ts', import.meta.url));

describe('npm start', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-start-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('finds Electron only where its binary is', async () => {
    const name = join(folder, 'electron');
    await mkdir(join(name, 'dist'), { recursive: true });
    assert.equal(electronBinary(name, {}), null, 'never installed');
    await writeFile(join(name, 'path.txt'), 'electron');
    assert.equal(electronBinary(name, {}), null, 'the download was cut short');
    await writeFile(join(name, 'dist', 'electron'), '');
    assert.equal(electronBinary(name, {}), join(name, 'dist', 'electron'));
    assert.equal(electronBinary(name, { ELECTRON_OVERRIDE_DIST_PATH: '/none' }), null);
  });

  test('prints the address, serves the page, and ends by a signal', async (t) => {
    const child = spawn(process.execPath, [START, '--browser', '--no-open'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, WEIR_HOME: folder },
    });
    t.after(() => void child.kill('SIGKILL'));
    let out = '';
    let err = '';
    child.stderr.on('data', (text) => {
      err += text;
    });
    const address = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(out)?.[0];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${out}${err}`)));
    });
    const entered = await fetch(address, { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await fetch(new URL('/', address), { headers: { cookie } });
    assert.equal(page.status, 200);
    const html = await page.text();
    const scripts = [...html.matchAll(/<script[^>]*src="([^"]+)"/g)].map(([, src]) => src ?? '');
    assert.ok(scripts.length > 0);
    for (const src of scripts) {
      assert.equal((await fetch(new URL(src, new URL('/', address)), { headers: { cookie } })).status, 200);
    }
    assert.ok(!/<script(?![^>]*src=)/.test(html), 'the policy allows no inline script');
    const examples = await fetch(new URL('/api/examples', address), {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', origin: new URL(address).origin },
      body: '[]',
    });
    const answer = (await examples.json()) as { ok: boolean; value: { fileName: string }[] };
    assert.equal(answer.value[0]?.fileName, 'flight-delays.weir');
    child.removeAllListeners('exit');
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });
});
