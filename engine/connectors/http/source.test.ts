import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Row, rowsOf } from '../../batch/batch.ts';
import { type Problem, WeirError } from '../../contract/problems.ts';
import { toFields } from '../../contract/settings.ts';
import { SystemClock } from '../../runtime/clock.ts';
import type { Source, SourceContext } from '../../runtime/contracts.ts';
import { httpSchema } from './plan.ts';
import { httpSource } from './source.ts';
import { type HttpConfig, httpSpec } from './spec.ts';

const SCHEMA = [
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'user', type: 'STRING' },
  { name: 'amount', type: 'DOUBLE' },
];
const TIME = { field: 'at', watermark: { kind: 'bounded', delay: '1 s' } };
const EVENT = { at: '2026-01-01T00:00:00Z', user: 'ann', amount: 2.5 };
const ROW = { at: Date.UTC(2026, 0, 1), user: 'ann', amount: 2.5 };

interface Running {
  readonly source: Source;
  readonly url: string;
  readonly stop: AbortController;
  readonly logs: string[];
  rows(): Row[];
}

const sources: Source[] = [];
after(() => Promise.all(sources.map((source) => source.close())));

async function start(settings: object = {}): Promise<Running> {
  const config = httpSpec.config.parse({ port: 0, schema: SCHEMA, time: TIME, ...settings });
  const stop = new AbortController();
  const logs: string[] = [];
  const context: SourceContext<HttpConfig> = {
    nodeId: 'events',
    config,
    clock: new SystemClock(),
    seed: 1,
    baseDir: '.',
    signal: stop.signal,
    batchRows: 1024,
    log: (_, text) => logs.push(text),
    fields: toFields(httpSchema(config)),
  };
  const source = httpSource.create(context);
  sources.push(source);
  await source.open(null);
  const url = /http:\S+/.exec(logs[0] ?? '')?.[0] ?? '';
  const rows = (): Row[] => {
    const found: Row[] = [];
    for (let output = source.poll(2); output?.batch != null; output = source.poll(2)) {
      found.push(...rowsOf(output.batch, context.fields));
    }
    return found;
  };
  return { source, url, stop, logs, rows };
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly accepted: number;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly records?: { index: number }[];
  };
}

async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: object = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const json = (await response.json()) as Pick<Answer, 'accepted' | 'error'>;
  return { ...json, status: response.status, headers: response.headers };
}

const NDJSON = { 'content-type': 'application/x-ndjson' };

test('takes one event, an array, and an event a line; polls them in order', async () => {
  const { url, rows, source } = await start();
  const ready = source.whenReady();
  const one = await post(url, JSON.stringify(EVENT));
  assert.deepEqual([one.status, one.accepted], [202, 1]);
  await ready;
  const many = await post(
    url,
    JSON.stringify([EVENT, { at: EVENT.at, user: null }, { ...EVENT, user: '日本' }]),
  );
  assert.deepEqual([many.status, many.accepted], [202, 3]);
  const lines = await post(url, `${JSON.stringify(EVENT)}\r\n\n${JSON.stringify(EVENT)}\n`, NDJSON);
  assert.deepEqual([lines.status, lines.accepted], [202, 2]);
  assert.equal(source.lag().records, 6);
  assert.deepEqual(rows(), [
    ROW,
    ROW,
    { ...ROW, user: null, amount: null },
    { ...ROW, user: '日本' },
    ROW,
    ROW,
  ]);
  assert.deepEqual(source.lag(), { records: 0, ms: 0 });
});

test('gzip, also a bomb', async () => {
  const { url, rows } = await start({ bodyMax: 10_000 });
  const packed = (text: string) => new Uint8Array(gzipSync(text));
  const gzip = { 'content-encoding': 'gzip' };
  assert.equal((await post(url, packed(JSON.stringify(EVENT)), gzip)).status, 202);
  assert.deepEqual(rows(), [ROW]);
  assert.equal((await post(url, packed(`[${' '.repeat(1_000_000)}]`), gzip)).status, 413);
  assert.equal((await post(url, JSON.stringify(EVENT), gzip)).status, 400);
  assert.equal((await post(url, packed(JSON.stringify(EVENT)).slice(0, 30), gzip)).status, 400);
  assert.equal((await post(url, 'x', { 'content-encoding': 'br' })).status, 415);
});

test('400 names every event that does not fit, and none of the request is taken', async () => {
  const { url, rows } = await start();
  const bad = await post(url, JSON.stringify([EVENT, { ...EVENT, amount: 'much' }, { user: 'no time' }, 7]));
  assert.equal(bad.status, 400);
  assert.equal(bad.accepted, 0);
  assert.equal(bad.error?.code, 'R-DECODE');
  assert.deepEqual(bad.error?.records, [
    { index: 1, field: 'amount', value: '"much"', expected: 'a number' },
    { index: 2, field: 'at', value: 'nothing', expected: 'a time such as "2001-01-31T23:05:00Z"' },
    { index: 3, value: '7', expected: 'a JSON object' },
  ]);
  const line = await post(url, `${JSON.stringify(EVENT)}\n{"at": \n`, NDJSON);
  assert.deepEqual([line.status, line.error?.records?.map((r) => r.index)], [400, [1]]);
  assert.deepEqual(rows(), []);
});

test('bodies that are no JSON, no UTF-8, nested without end, or reach for a prototype', async () => {
  const { url, rows } = await start();
  assert.equal((await post(url, '{"at": ')).error?.code, 'C-FORMAT');
  assert.equal((await post(url, '')).status, 400);
  assert.equal(
    (await post(url, new Uint8Array([0x22, 0xff, 0x22]))).error?.message,
    'The body is not UTF-8.',
  );
  const deep = 200_000;
  assert.equal((await post(url, '['.repeat(deep) + ']'.repeat(deep))).status, 400);
  const polluted = `{"__proto__": {"admin": true}, "at": "${EVENT.at}", "user": "ann", "amount": 2.5}`;
  assert.equal((await post(url, polluted)).status, 202);
  assert.equal(Object.hasOwn(Object.prototype, 'admin'), false);
  assert.deepEqual(rows(), [ROW]);
});

test('404, 405, 415 and a foreign Host say what would be right', async () => {
  const { url } = await start();
  assert.equal((await post(url.replace('/events', '/else'), '{}')).status, 404);
  const get = await fetch(url);
  assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
  assert.equal((await post(url, '{}', { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await post(url, '{}', { 'content-type': 'application/json; charset=latin1' })).status, 415);
  const foreign = await new Promise<number | undefined>((resolve, reject) => {
    request(url, { method: 'POST', headers: { host: 'weir.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end('{}');
  });
  assert.equal(foreign, 403);
});

test('413 for a body above the limit, said before or found while it streams; the answer reaches the caller', async () => {
  const { url, rows } = await start({ bodyMax: 50_000 });
  assert.equal((await post(url, `[${' '.repeat(60_000)}]`)).status, 413);
  const { port } = new URL(url);
  const answer = await endless(Number(port), 'x'.repeat(10_000), 50);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /larger than 50000 bytes/);
  assert.deepEqual(rows(), []);
});

test('a body that never ends is cut with 408', async () => {
  const { url } = await start({ bodyTimeout: '100 ms' });
  const answer = await endless(Number(new URL(url).port), ' ', 3);
  assert.match(answer, /^HTTP\/1\.1 408 /);
});

/** Sends `chunks` chunks of a body that has no end, and reads what comes back until the connection closes. */
function endless(port: number, chunk: string, chunks: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'POST /events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      for (let i = 0; i < chunks; i++) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    });
    socket.on('data', (data) => {
      answer += data.toString();
    });
    socket.once('close', () => resolve(answer));
    socket.once('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
  });
}

test('429 with Retry-After while the buffer is full; taken again when it was polled', async () => {
  const { url, rows } = await start({ bufferRows: 3 });
  const two = JSON.stringify([EVENT, EVENT]);
  assert.equal((await post(url, two)).status, 202);
  const busy = await post(url, two);
  assert.deepEqual([busy.status, busy.headers.get('retry-after')], [429, '1']);
  assert.equal(
    (await post(url, JSON.stringify([EVENT, EVENT, EVENT, EVENT]))).status,
    413,
    'it could never fit',
  );
  assert.equal(rows().length, 2);
  assert.equal((await post(url, two)).status, 202);
});

test('the arrival can be a field, and the event time', async () => {
  const time = { field: 'received', watermark: { kind: 'ascending' } };
  const { url, rows } = await start({ arrival: 'received', time });
  const before = Date.now() - 1;
  assert.equal((await post(url, '{"user": "ann"}')).status, 202);
  const received = Number(rows()[0]?.['received']);
  assert.ok(received >= before && received <= Date.now() + 1, `${before} ${received}`);
});

test('when the run stops: no further event, what was taken can be polled, then it ends; the port is free again', async () => {
  const { url, rows, stop, source } = await start();
  assert.equal((await post(url, JSON.stringify(EVENT))).status, 202);
  const { port } = new URL(url);
  stop.abort();
  assert.equal((await post(url, JSON.stringify(EVENT))).status, 503);
  assert.equal(source.ended, false);
  assert.equal(rows().length, 1);
  assert.equal(source.ended, true);
  await source.whenReady();
  await source.close();
  const next = await start({ port: Number(port) });
  await next.source.close();
});

test('events that were taken and never polled are not dropped in silence', async () => {
  const { url, source, logs } = await start();
  await post(url, JSON.stringify(EVENT));
  await source.close();
  assert.match(logs.at(-1) ?? '', /^1 events were taken and not processed/);
});

test('a port in use is an error that says what to do', async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  await assert.rejects(start({ port }), (error) => {
    assert.ok(error instanceof WeirError);
    assert.deepEqual(
      [error.problem.code, error.problem.path],
      ['C-ACCESS', ['nodes', 'events', 'config', 'port']],
    );
    assert.match(error.problem.next ?? '', /pick another port/);
    return true;
  });
});

test('the settings are checked: the event time must be a TIMESTAMP of the schema or the arrival', () => {
  const problems = (settings: object): Problem[] => {
    const found: Problem[] = [];
    const config = httpSpec.config.parse({ schema: SCHEMA, ...settings });
    httpSpec.schemas({ config, inputs: {}, report: (p) => found.push(p) });
    return found;
  };
  assert.deepEqual(problems({ time: TIME }), []);
  assert.equal(problems({ time: { ...TIME, field: 'user' } })[0]?.code, 'T-TYPE');
  assert.equal(problems({ time: { ...TIME, field: 'received' } })[0]?.code, 'T-FIELD');
  assert.deepEqual(problems({ arrival: 'received', time: { ...TIME, field: 'received' } }), []);
  assert.equal(problems({ arrival: 'user' })[0]?.code, 'S-VALUE');
  for (const { config } of httpSpec.examples) assert.deepEqual(problems(config), []);
});
