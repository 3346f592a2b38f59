/** A 202 means kept: `weir run` with an HTTP source is killed with SIGKILL while it takes events, and every accepted one is there once. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const CLI = join(import.meta.dirname, '..', '..', 'engine', 'cli.ts');
const KILLS = 3;
const BETWEEN_KILLS = 150;

describe('kill -9 while events come in', () => {
  let folder = '';
  let port = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-http-kill-'));
    port = await freePort();
    const document = {
      weir: 1,
      nodes: {
        events: {
          type: 'http',
          config: { port, schema: [{ name: 'id', type: 'INT' }] },
        },
        kept: { type: 'file-sink', config: { folder: 'out', name: 'kept' } },
      },
      edges: [{ from: 'events', to: 'kept' }],
    };
    await writeFile(join(folder, 'http.weir'), JSON.stringify(document));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const start = (...args: string[]) => {
    const child = spawn(
      process.execPath,
      [CLI, 'run', 'http.weir', '--json', '--checkpoints', 'state', '--checkpoint-every', '40ms', ...args],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, err })) };
  };

  test(`${KILLS} times, and every accepted event is there once`, async () => {
    const accepted: number[] = [];
    let next = 0;
    const send = async (child: ChildProcess, count: number): Promise<void> => {
      for (let sent = 0; sent < count && child.exitCode === null && child.signalCode === null; ) {
        const id = next++;
        const answer = await post(port, id);
        assert.ok(answer === 202 || answer === 0 || answer === 429, `answered with ${answer}`);
        if (answer !== 202) await pause(20);
        else {
          accepted.push(id);
          sent++;
        }
      }
    };
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, ended } = start(...(kill === 0 ? [] : ['--restore', 'latest']));
      await send(child, BETWEEN_KILLS + kill * 37);
      const more = send(child, 1_000_000);
      await pause(30 + kill * 25);
      child.kill('SIGKILL');
      await Promise.all([more, ended]);
    }
    const last = start('--restore', 'latest');
    await send(last.child, 10);
    last.child.kill('SIGINT');
    const { err } = await last.ended;

    const files = await readdir(join(folder, 'out'));
    const texts = await Promise.all(
      files
        .filter((name) => name.startsWith('kept-'))
        .map((name) => readFile(join(folder, 'out', name), 'utf8')),
    );
    const ids = texts
      .join('')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Number((JSON.parse(line) as { id: number }).id));
    const found = new Set(ids);
    assert.equal(found.size, ids.length, `none twice\n${err}`);
    assert.deepEqual(
      accepted.filter((id) => !found.has(id)),
      [],
      `none lost\n${err}`,
    );
    assert.ok(accepted.length >= KILLS * BETWEEN_KILLS);
  });
});

/** The status, or 0 where nobody answered. */
const post = async (port: number, id: number): Promise<number> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id }),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  server.close();
  await once(server, 'close');
  return address.port;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
