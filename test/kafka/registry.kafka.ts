/** Values with schemas of a registry, from a real broker; the registry is a stand-in. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import avsc from 'avsc';
import { envName } from '../../engine/connections/find.ts';
import { testConnection } from '../../engine/connections/test.ts';
import { inferKafka } from '../../engine/connectors/kafka/browse.ts';
import { SchemaRegistry } from '../../engine/connectors/kafka/registry.ts';
import { zKafka } from '../../engine/connectors/kafka/spec.ts';
import { WeirError } from '../../engine/contract/problems.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import type { KafkaBroker } from '../services/kafka/broker.ts';
import { noKafka, sharedKafka } from '../services/kafka/shared.ts';
import { newTopic, produce } from '../services/kafka/topics.ts';
import { RegistryServer, withSchemaId } from '../services/registry.ts';
import { documentOf, read, readingOf, rowsOf } from './pipelines.ts';

const V1 = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'note', type: 'string' },
  ],
};
/** A field more, and another order. */
const V2 = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'note', type: ['null', 'string'] },
    { name: 'id', type: 'long' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
};
const NAME = 'with-registry';
const AVRO = {
  connection: NAME,
  format: { kind: 'avro' },
  schema: [
    { name: 'id', type: 'BIGINT' },
    { name: 'note', type: 'STRING' },
    { name: 'at', type: 'TIMESTAMP' },
  ],
};

describe('Kafka with a schema registry', { skip: noKafka ?? false }, () => {
  let broker: KafkaBroker;
  let registry: RegistryServer;
  before(async () => {
    broker = await sharedKafka();
    registry = await RegistryServer.start('weir:secret');
    connectTo({ url: registry.address, username: 'weir', password: 'secret' });
  });
  after(async () => {
    delete process.env[envName(NAME)];
    await registry?.stop();
  });
  const connectTo = (to: object): void => {
    process.env[envName(NAME)] = JSON.stringify({ kind: 'kafka', brokers: [broker.address], registry: to });
  };

  const written = (schema: object, id: number, value: object): { key: null; value: Buffer } => ({
    key: null,
    value: withSchemaId(id, avsc.Type.forSchema(schema as avsc.Schema).toBuffer(value)),
  });

  test('Avro of two versions in one topic; what cannot be read goes to the errors port', async () => {
    const topic = await newTopic(broker, 'avro');
    const [v1, v2] = [registry.register(`${topic}-value`, V1), registry.register(`${topic}-value`, V2)];
    await produce(broker, topic, [
      written(V1, v1, { id: 1, note: 'old' }),
      written(V2, v2, { id: 2, note: null, at: 1000 }),
      { key: null, value: withSchemaId(4711, 'x') },
      { key: null, value: '{"id": 3}' },
      { key: null, value: withSchemaId(v1, Buffer.from([2])) },
      written(V1, v1, { id: 4, note: 'again' }),
    ]);
    const result = await read(broker, topic, AVRO);
    assert.deepEqual(rowsOf(result), [
      { id: 1, note: 'old', at: null },
      { id: 2, note: null, at: 1000 },
      { id: 4, note: 'again', at: null },
    ]);
    const bad = rowsOf(result, 'bad').map(({ message }) => String(message));
    assert.equal(bad.length, 3);
    assert.match(bad[0] ?? '', /offset 2: The schema 4711 .* is not in the registry/);
    assert.match(bad[1] ?? '', /offset 3: The value does not begin with the id of a schema/);
    assert.match(bad[2] ?? '', /offset 4: The value does not fit .*: it ends in the middle/);
    const found = await inferKafka(zKafka.parse({ topic, ...AVRO, schema: undefined }));
    assert.deepEqual(found, {
      schema: [
        { name: 'note', type: 'STRING', nullable: true },
        { name: 'id', type: 'BIGINT', nullable: false },
        { name: 'at', type: 'TIMESTAMP', nullable: false },
      ],
    });
  });

  test('JSON Schema: the value behind the id; a schema from what is there', async () => {
    const topic = await newTopic(broker, 'json-schema');
    await produce(broker, topic, [
      { key: null, value: withSchemaId(7, '{"id": 1, "deep": {"x": "ü"}}') },
      { key: null, value: '{"id": 2}' },
    ]);
    const format = { kind: 'json-schema' };
    const { schema } = await inferKafka(zKafka.parse({ connection: broker.address, topic, format }));
    assert.deepEqual(
      schema?.map(({ name, type }) => `${name} ${type}`),
      ['id INT', 'x STRING'],
    );
    const result = await read(broker, topic, { format, schema });
    assert.deepEqual(rowsOf(result), [{ id: 1, x: 'ü' }]);
    assert.match(String(rowsOf(result, 'bad')[0]?.['message']), /does not begin with the id/);
  });

  for (const kind of ['avro', 'json-schema'] as const)
    test(`a sink registers the schema of its rows, and ${kind} comes back as it was`, async () => {
      const topic = await newTopic(broker, `out-${kind}`);
      const config = { connection: NAME, topic, format: { kind } };
      const data = {
        kind: 'fields',
        count: 100,
        fields: [
          { name: 'id', value: { kind: 'sequence' } },
          { name: 'at', value: { kind: 'time' } },
          { name: 'city', value: { kind: 'choice', choices: [{ value: 'Graz' }, { value: '京都' }] } },
        ],
      };
      const sent = await runLocally(
        documentOf(
          {
            made: { type: 'generator', config: { data } },
            seen: { type: 'table', config: {} },
            out: { type: 'kafka-sink', config },
          },
          [
            ['made', 'seen'],
            ['made', 'out'],
          ],
        ),
      );
      assert.equal(sent.summary.outcome, 'finished', JSON.stringify(sent.problems));
      const inferred = await inferKafka(zKafka.parse(config));
      const result = await read(broker, topic, { ...config, ...inferred });
      assert.equal(rowsOf(result).length, 100);
      assert.deepEqual(rowsOf(result), rowsOf(sent, 'seen'));
      assert.deepEqual(rowsOf(result, 'bad'), []);
      const { schemaType } = await new SchemaRegistry(
        { url: registry.address, username: 'weir', password: 'secret' },
        [],
        new AbortController().signal,
      ).latest(`${topic}-value`);
      assert.equal(schemaType, kind === 'avro' ? 'AVRO' : 'JSON');
    });

  test('a sink whose registry refuses its schema, or is not there, does not begin', async () => {
    const topic = await newTopic(broker, 'refused');
    const written = documentOf(
      {
        made: {
          type: 'generator',
          config: {
            data: { kind: 'fields', count: 1, fields: [{ name: 'id', value: { kind: 'sequence' } }] },
          },
        },
        out: { type: 'kafka-sink', config: { connection: NAME, topic, format: { kind: 'avro' } } },
      },
      [['made', 'out']],
    );
    registry.instead = {
      status: 409,
      body: '{"error_code": 409, "message": "incompatible with an earlier schema"}',
    };
    await assert.rejects(runLocally(written), (error) => {
      assert.ok(error instanceof WeirError);
      assert.deepEqual(error.problem.path, ['nodes', 'out', 'config', 'format']);
      return /incompatible with an earlier schema/.test(error.message);
    });
    registry.instead = null;
    connectTo({ url: 'http://127.0.0.1:1' });
    await assert.rejects(
      runLocally(written),
      (error) =>
        error instanceof WeirError &&
        /registry at http:\/\/127.0.0.1:1 cannot be reached/.test(error.message),
    );
    connectTo({ url: registry.address, username: 'weir', password: 'secret' });
  });

  test('testing the connection asks the registry too', async () => {
    const connection = { kind: 'kafka' as const, brokers: [broker.address] };
    const to = { url: registry.address, username: 'weir' };
    const { at } = await testConnection({ ...connection, registry: { ...to, password: 'secret' } });
    assert.ok(at.includes(registry.address));
    await assert.rejects(
      testConnection({ ...connection, registry: { ...to, password: 'wrong' } }),
      (error) => error instanceof WeirError && /refuses the user name or password/.test(error.message),
    );
  });

  test('a registry that is away is waited for; nothing is given up', async () => {
    const topic = await newTopic(broker, 'away');
    const id = registry.register(`${topic}-value`, V1);
    await produce(broker, topic, [written(V1, id, { id: 1, note: 'x' })]);
    registry.instead = { status: 503, body: '' };
    const before = registry.calls;
    setTimeout(() => {
      registry.instead = null;
    }, 1500);
    const result = await read(broker, topic, AVRO);
    assert.deepEqual(rowsOf(result), [{ id: 1, note: 'x', at: null }]);
    assert.ok(registry.calls - before >= 2);
  });

  test('no registry, and a wrong password, end the run with what to do', async () => {
    const topic = await newTopic(broker, 'no-registry');
    const id = registry.register(`${topic}-value`, V1);
    await produce(broker, topic, [written(V1, id, { id: 1, note: 'x' })]);
    await assert.rejects(
      read(broker, topic, { ...AVRO, connection: broker.address }),
      (error) => error instanceof WeirError && /names no schema registry/.test(error.message),
    );
    connectTo({ url: registry.address, username: 'weir', password: 'wrong' });
    const { summary, problems } = await runLocally(readingOf(broker, topic, AVRO));
    assert.equal(summary.outcome, 'failed');
    assert.match(JSON.stringify(problems), /refuses the user name or password/);
  });
});
