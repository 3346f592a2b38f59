import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Connection, plainBrokers, plainKinesis } from '../contract/connections.ts';
import { WeirError } from '../contract/problems.ts';
import { type ConnectionPlace, envName, knownConnection, noConnection } from './find.ts';
import { connectionsOf } from './of-person.ts';
import { anyConnection } from './resolve.ts';

const SECRET = 'correct-horse';
const ORDERS: Connection = {
  kind: 'kafka',
  brokers: ['b1:9093', 'b2:9093'],
  tls: {},
  sasl: { mechanism: 'plain', username: 'weir', password: SECRET },
  registry: { url: 'https://schemas:8081', username: 'weir', password: SECRET },
};

describe('connections', () => {
  let folder = '';
  let place: ConnectionPlace;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-connections-'));
    place = { env: {}, file: join(folder, 'home', 'connections.json') };
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const problemOf = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => null,
      (e: unknown) => e,
    );
    assert.ok(error instanceof WeirError, String(error));
    assert.ok(!JSON.stringify(error.problem).includes(SECRET), 'no problem says a secret');
    return error.problem;
  };

  test('are kept for the person alone, and listed without what is secret', async () => {
    const connections = connectionsOf(place);
    assert.deepEqual(await connections.list(), []);
    await connections.save('orders', ORDERS);
    await connections.save('local', { kind: 'kafka', brokers: ['localhost:9092'] });
    assert.deepEqual(await connections.list(), [
      { name: 'local', text: 'kafka at localhost:9092' },
      {
        name: 'orders',
        text: 'kafka at b1:9093, b2:9093, TLS, plain as weir, schemas at https://schemas:8081',
      },
    ]);
    assert.equal((await stat(place.file)).mode & 0o777, 0o600);
    assert.deepEqual(await knownConnection('orders', [], place), ORDERS);
    await connections.remove('local');
    assert.deepEqual(Object.keys(JSON.parse(await readFile(place.file, 'utf8'))), ['orders']);
  });

  test('the environment comes before the file', async () => {
    const own = { kind: 'kafka', brokers: ['elsewhere:9092'] };
    const env = { [envName('orders')]: JSON.stringify(own) };
    assert.deepEqual(await knownConnection('orders', [], { ...place, env }), own);
    assert.equal(envName('orders-eu'), 'WEIR_CONNECTION_ORDERS_EU');
  });

  test('an unknown name is told with the nearest', async () => {
    const { problem: found } = await noConnection('order', ['config', 'connection'], place);
    assert.deepEqual([found.code, found.path], ['C-MISSING', ['config', 'connection']]);
    assert.match(found.expected ?? '', /"orders"/);
  });

  test('what cannot be read says so, and never shows what stands there', async () => {
    const broken = { env: {}, file: join(folder, 'broken.json') };
    await writeFile(broken.file, `{"orders": {"password": "${SECRET}"`);
    assert.equal((await problemOf(knownConnection('orders', [], broken))).code, 'C-FORMAT');
    await writeFile(broken.file, JSON.stringify({ orders: { kind: 'kafka', password: SECRET } }));
    assert.equal((await problemOf(knownConnection('orders', [], broken))).code, 'C-FORMAT');
    assert.deepEqual(await connectionsOf(broken).list(), [{ name: 'orders', text: null }]);
  });

  test('a name that looks like a region is that of who knows it', async () => {
    const here = { env: {}, file: join(folder, 'regions.json') };
    const own: Connection = { kind: 'kafka', brokers: ['b:1'] };
    await connectionsOf(here).save('eu-orders-1', own);
    assert.deepEqual(await anyConnection('eu-orders-1', here), own);
    assert.deepEqual(await anyConnection('eu-central-1', here), { kind: 'kinesis', region: 'eu-central-1' });
    assert.equal((await problemOf(anyConnection('tls-scram-sha-256', here))).code, 'C-MISSING');
    assert.equal(plainKinesis('http://localhost:4568')?.endpoint, 'http://localhost:4568');
    for (const text of ['us-gov-west-1', 'ap-southeast-2', 'eusc-de-east-1'])
      assert.equal(plainKinesis(text)?.region, text);
    for (const text of ['orders', 'eu', 'http://example.com', 'sha-256'])
      assert.equal(plainKinesis(text), null);
  });

  test('brokers need no connection', () => {
    assert.deepEqual(plainBrokers('a:1, b.c:2'), { kind: 'kafka', brokers: ['a:1', 'b.c:2'] });
    for (const text of ['orders', 'a', 'a:b', 'a:1,', '']) assert.equal(plainBrokers(text), null, text);
  });
});
