/** The client of schema registries, against a stand-in. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { registryOf, SchemaRegistry } from '../../engine/connectors/kafka/registry.ts';
import { WeirError } from '../../engine/contract/problems.ts';
import type { AvroType } from '../../engine/formats/avro/schema.ts';
import type { BadRecord } from '../../engine/formats/codec.ts';
import { RegistryServer } from '../services/registry.ts';

const PATH = ['nodes', 'in', 'config', 'connection'];
const SECRET = 'correct-horse';

describe('schema registry', () => {
  let server: RegistryServer;
  before(async () => {
    server = await RegistryServer.start(`weir:${SECRET}`);
  });
  after(() => server.stop());

  const known = new Map<number, AvroType | BadRecord>();
  const clientOf = (password: string, signal = new AbortController().signal): SchemaRegistry =>
    new SchemaRegistry({ url: `${server.address}/`, username: 'weir', password }, PATH, signal, known);

  test('each schema is asked for once; what is none says so, by id', async () => {
    const good = server.register('a-value', { type: 'record', name: 'A', fields: [] });
    const broken = server.register('b-value', '{"type": "record"}');
    const other = server.register('c-value', 'syntax = "proto3";', { schemaType: 'PROTOBUF' });
    const client = clientOf(SECRET);
    await client.load([good, broken, other, 99]);
    const { calls } = server;
    await client.load([good, broken, other, 99]);
    assert.equal(server.calls, calls);
    assert.deepEqual(known.get(good), { kind: 'record', name: 'A', fields: [] });
    const messageOf = (id: number): string => (known.get(id) as BadRecord).message;
    assert.match(messageOf(broken), /cannot be read: a type record has no name/);
    assert.match(messageOf(other), /is one of PROTOBUF/);
    assert.match(messageOf(99), /The schema 99 that the value names is not in the registry/);
  });

  test('a schema that refers to others', async () => {
    const address = { type: 'record', name: 'shop.Address', fields: [{ name: 'zip', type: 'int' }] };
    server.register('address', address);
    const order = { type: 'record', name: 'Order', fields: [{ name: 'to', type: 'shop.Address' }] };
    const references = [{ name: 'shop.Address', subject: 'address', version: 1 }];
    const id = server.register('order-value', order, { references });
    await clientOf(SECRET).load([id]);
    const found = known.get(id) as AvroType & { kind: 'record' };
    assert.equal(found.fields[0]?.type.kind, 'record');
  });

  test('a wrong password, and something that is no registry, are told without the password', async () => {
    const problemOf = async (work: Promise<unknown>) => {
      const error = await work.then(
        () => null,
        (e: unknown) => e,
      );
      assert.ok(error instanceof WeirError, String(error));
      assert.ok(!JSON.stringify(error.problem).includes('-horse'));
      assert.deepEqual(error.problem.path, PATH);
      return error.problem;
    };
    assert.equal((await problemOf(clientOf('wrong-horse').load([1000]))).code, 'C-ACCESS');
    server.instead = { status: 200, body: '<html>' };
    assert.equal((await problemOf(clientOf(SECRET).load([1000]))).code, 'C-FORMAT');
    server.instead = null;
    await clientOf(SECRET).test();
    assert.equal((await problemOf(clientOf('wrong-horse').test())).code, 'C-ACCESS');
    server.instead = { status: 404, body: 'Not Found' };
    assert.equal((await problemOf(clientOf(SECRET).test())).code, 'C-FORMAT');
    server.instead = null;
    const none = (async () => registryOf({ kind: 'kafka', brokers: ['b:1'] }, PATH))();
    assert.match((await problemOf(none)).message, /names no schema registry/);
  });

  test('trouble that may pass is no answer: the id is asked for again', async () => {
    const id = server.register('d-value', '"string"');
    server.instead = { status: 503, body: '' };
    await assert.rejects(clientOf(SECRET).load([id]), /it answers with 503/);
    server.instead = null;
    await clientOf(SECRET).load([id]);
    assert.deepEqual(known.get(id), { kind: 'string', logical: null });
  });
});
