import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import type { HostServices } from '../contract/host-calls.ts';
import { EngineChild } from './engine-child.ts';
import { commandFor } from './open-browser.ts';
import { StudioServer } from './server.ts';

/** An engine that gives every frame back, and dies when told to. */
const ECHO = `process.on('message', (m) => {
  if (m.kind !== 'frame') return;
  if (m.frame[0] === 13) process.exit(3);
  process.send(m.frame[0] === 7 ? { ...m, frame: Uint8Array.from(Buffer.from(String(process.pid))) } : m);
});
process.on('disconnect', () => process.exit());`;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

describe('the browser host', () => {
  let folder: string;
  let server: StudioServer;
  let engine: EngineChild;
  let port = 0;
  let token = '';
  let cookie = '';
  const saved: unknown[][] = [];

  function ask(
    path: string,
    options: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { port, host: '127.0.0.1', path, method: options.method ?? 'GET', headers: options.headers ?? {} },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
          );
        },
      );
      request.on('error', reject);
      request.end(options.body);
    });
  }
  const origin = () => `http://127.0.0.1:${port}`;
  const call = (name: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(`/api/${name}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', origin: origin(), cookie, ...headers },
    });
  const dial = (headers: Record<string, string>, path = '/engine'): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
      socket.on('open', () => resolve(socket));
      socket.on('error', reject);
    });
  const echo = (socket: WebSocket, bytes: Uint8Array): Promise<Buffer> =>
    new Promise((resolve) => {
      socket.once('message', (data) => resolve(data as Buffer));
      socket.send(bytes);
    });
  const closeCode = (socket: WebSocket): Promise<number> =>
    new Promise((resolve) => socket.once('close', resolve));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-serve-'));
    await mkdir(join(folder, 'page', 'assets'), { recursive: true });
    await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><title>Weir</title>');
    await writeFile(join(folder, 'page', 'assets', 'a.js'), '1');
    await writeFile(join(folder, 'secret.html'), 'secret');
    await writeFile(join(folder, 'echo.cjs'), ECHO);
    engine = new EngineChild(join(folder, 'echo.cjs'));
    const services = {
      save: async (...args: unknown[]) => {
        saved.push(args);
        return { ok: true, value: null };
      },
      restartEngine: async () => {
        await engine.restart();
        return { ok: true, value: null };
      },
    } as unknown as HostServices;
    server = new StudioServer({
      port: 0,
      pageDir: join(folder, 'page'),
      services,
      engine,
      requestTimeoutMs: 400,
      bodyBytesMax: 100_000,
    });
    const address = new URL(await server.listen());
    port = Number(address.port);
    token = address.searchParams.get('token') ?? '';
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('gives nothing away without a session, and enters once by the token', async () => {
    for (const path of ['/', '/assets/a.js', '/?token=wrong', '/?token=']) {
      assert.equal((await ask(path)).status, 403, path);
    }
    const entered = await ask(`/?token=${token}`);
    assert.equal(entered.status, 303);
    assert.equal(entered.headers['location'], '/');
    const setCookie = String(entered.headers['set-cookie']);
    assert.match(setCookie, /^weir-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    cookie = setCookie.split(';')[0] ?? '';
    assert.equal((await ask(`/?token=${token}`)).status, 403, 'the token works once');
    assert.equal(
      (await ask(`/?token=${token}`, { headers: { cookie } })).status,
      303,
      'a reload still works',
    );
    const page = await ask('/', { headers: { cookie } });
    assert.equal(page.status, 200);
    assert.match(page.text, /<title>Weir/);
    assert.equal((await ask('/', { headers: { cookie: `${cookie}x` } })).status, 403);
  });

  test('pages run under a policy without inline script and foreign connections', async () => {
    const { headers } = await ask('/', { headers: { cookie } });
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, new RegExp(`connect-src 'self' ws://127\\.0\\.0\\.1:${port};`));
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  test('serves files of the page only', async () => {
    const get = async (path: string): Promise<number> => (await ask(path, { headers: { cookie } })).status;
    assert.equal(await get('/assets/a.js'), 200);
    for (const path of [
      '/../secret.html',
      '/%2e%2e/secret.html',
      '/..%2fsecret.html',
      '/assets',
      '/none.js',
      '/%',
    ]) {
      assert.equal(await get(path), 404, path);
    }
    assert.equal((await ask('/', { method: 'DELETE', headers: { cookie } })).status, 405);
  });

  test('refuses other host names, also with the cookie', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${port}`,
    ]) {
      assert.equal((await ask('/', { headers: { cookie, host } })).status, 421, host);
      const made = call('save', '["/a.weir","x"]', { host, origin: `http://${host}` });
      assert.equal((await made).status, 421, host);
    }
    const local = { cookie, host: `localhost:${port}` };
    assert.equal((await ask('/', { headers: local })).status, 200);
    assert.deepEqual(saved, []);
  });

  test('calls need cookie and origin', async () => {
    const body = '["/a.weir","x"]';
    assert.equal((await call('save', body, { cookie: '' })).status, 403);
    for (const foreign of ['http://evil.example', 'null', `https://127.0.0.1:${port}`, '']) {
      assert.equal((await call('save', body, { origin: foreign })).status, 403, foreign);
    }
    assert.deepEqual(saved, []);
    const done = await call('save', body);
    assert.deepEqual([done.status, JSON.parse(done.text)], [200, { ok: true, value: null }]);
    assert.deepEqual(saved, [['/a.weir', 'x']]);
  });

  test('answers bad calls with their reason', async () => {
    assert.equal((await call('nonsense', '[]')).status, 404);
    assert.equal((await call('__proto__', '[]')).status, 404);
    assert.equal((await call('save', '[', {})).status, 400);
    assert.equal((await call('save', '[]', { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await ask('/api/save', { headers: { cookie, origin: origin() } })).status, 405);
    const wrong = await call('save', '{"length":2}');
    assert.equal(wrong.status, 200);
    assert.equal(JSON.parse(wrong.text).problem.code, 'L-MESSAGE');
  });

  test('a body above the limit is cut, whatever length it states', async () => {
    const large = JSON.stringify(['/a.weir', 'x'.repeat(200_000)]);
    assert.equal((await call('save', large)).status, 413);
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', origin: origin(), cookie };
      const request = httpRequest(
        { port, host: '127.0.0.1', path: '/api/save', method: 'POST', headers },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      request.on('error', reject);
      request.write(large.slice(0, 150_000)); // chunked, without an end
    });
    assert.equal(status, 413);
  });

  test('a body that never ends is cut by time', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let received = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk;
      });
      socket.on('close', () => resolve(received));
      socket.on('error', reject);
      socket.write(
        `POST /api/save HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\norigin: ${origin()}\r\ncookie: ${cookie}\r\n` +
          'content-type: application/json\r\ncontent-length: 100\r\n\r\n["/a',
      );
    });
    assert.match(text, /^HTTP\/1\.1 40[08] /);
  });

  test('the socket needs host, origin, cookie and path', async () => {
    const good = { origin: origin(), cookie };
    await assert.rejects(dial({ cookie }), /403/);
    await assert.rejects(dial({ origin: 'http://evil.example', cookie }), /403/);
    await assert.rejects(dial({ origin: origin() }), /403/);
    await assert.rejects(
      dial({ ...good, host: `evil.example:${port}`, origin: `http://evil.example:${port}` }),
      /421/,
    );
    await assert.rejects(dial(good, '/other'), /404/);
    assert.equal(engine.pid, null, 'no stranger starts an engine');
  });

  test('frames pass to the engine and back, and each window has its own link', async () => {
    const good = { origin: origin(), cookie };
    const [one, two] = [await dial(good), await dial(good)];
    const large = new Uint8Array(3_000_000).fill(5);
    const [a, b] = await Promise.all([echo(one, Uint8Array.of(1, 2)), echo(two, large)]);
    assert.deepEqual([...a], [1, 2]);
    assert.equal(b.length, large.length);
    const closed = closeCode(one);
    one.send('text is no frame');
    assert.equal(await closed, 1003);
    assert.deepEqual([...(await echo(two, Uint8Array.of(9)))], [9]);
    two.close();
  });

  test('an engine that dies closes the links, and the next connection starts another', async () => {
    const good = { origin: origin(), cookie };
    const socket = await dial(good);
    const first = String(await echo(socket, Uint8Array.of(7)));
    const closed = closeCode(socket);
    socket.send(Uint8Array.of(13));
    await closed;
    const again = await dial(good);
    const second = String(await echo(again, Uint8Array.of(7)));
    assert.notEqual(second, first);
    const cut = closeCode(again);
    assert.equal((await call('restartEngine', '[]')).status, 200);
    await cut;
    assert.notEqual(String(engine.pid), second);
  });

  test('the address is handed to the browser without a shell', () => {
    const url = 'http://127.0.0.1:1/?token=a&b';
    for (const platform of ['linux', 'darwin', 'win32'])
      assert.equal(commandFor(url, platform)[1].at(-1), url);
  });
});
