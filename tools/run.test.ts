import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SHIM = fileURLToPath(new URL('./run.mjs', import.meta.url));

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [SHIM, ...args]);
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  const ended = once(child, 'close').then(([code]) => ({ code, ...output }));
  return { child, ended };
}

describe('the shim', () => {
  test('runs tasks under the pinned Node and says nothing itself', async () => {
    const { ended } = start('node', '-p', 'process.version');
    assert.deepEqual(await ended, { code: 0, out: `${process.version}\n`, err: '' });
  });

  test('forwards arguments and the exit code', async () => {
    const { ended } = start('node', '-e', 'console.log(process.argv[1]); process.exit(7)', 'a b');
    assert.deepEqual(await ended, { code: 7, out: 'a b\n', err: '' });
  });

  test('names the tasks when one is unknown', async () => {
    const { code, err } = await start('strat').ended;
    assert.equal(code, 1);
    assert.match(err, /unknown task 'strat'\. Tasks: start, test,/);
  });

  test('forwards a signal, and lets the task end in its own way', {
    skip: process.platform === 'win32' && 'no signals',
  }, async () => {
    const script = `process.on('SIGTERM', () => process.exit(6)); setInterval(() => {}, 1000); console.log('up')`;
    const { child, ended } = start('node', '-e', script);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    assert.equal((await ended).code, 6);
  });

  test('ends as a killed task would in a shell', {
    skip: process.platform === 'win32' && 'no signals',
  }, async () => {
    const { ended } = start('node', '-e', `process.kill(process.pid, 'SIGKILL')`);
    assert.equal((await ended).code, 128 + 9);
  });
});
