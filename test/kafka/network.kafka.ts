/** A network between engine and broker that is slow, narrow, cut and silent. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { RunHandle } from '../../engine/runtime/run-api.ts';
import { TcpProxy } from '../faults/tcp-proxy.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { noKafka } from '../services/kafka/shared.ts';
import { newTopic, produce, readByJava } from '../services/kafka/topics.ts';
import { documentOf, TEXT } from './pipelines.ts';
import { eventually, figure, lines, pause, start } from './runs.ts';

const COUNT = 20_000;
const CUTS = 10;
/** Of `lines`. */
const KEYS = 5;

describe('a bad network', { skip: noKafka ?? false }, () => {
  let proxy: TcpProxy;
  let broker: KafkaBroker;
  before(async () => {
    proxy = await TcpProxy.start();
    broker = await KafkaBroker.start({ behind: proxy.port });
    proxy.leadTo(broker.behindPort);
  });
  after(async () => {
    await broker?.stop();
    await proxy?.stop();
  });
  const connection = () => `127.0.0.1:${proxy.port}`;
  const sinkTo = (where: string, topic: string) => ({
    type: 'kafka-sink',
    config: { connection: where, topic, format: { kind: 'field', field: 'value' }, key: ['key'] },
  });
  let running: RunHandle | null = null;
  const begin = async (nodes: Record<string, unknown>): Promise<RunHandle> => {
    const { run } = await start(documentOf(nodes, [['in', 'out']]));
    running = run;
    return run;
  };
  afterEach(async () => {
    asBefore();
    await running?.stop();
    running = null;
  });
  const asBefore = (): void => {
    Object.assign(proxy, { delayMs: 0, bytesPerSecond: Infinity, isSilent: false });
  };

  test('slow, narrow, and cut again and again: every record comes once, in the order of its partition', async () => {
    const topic = await newTopic(broker, 'cut', 2);
    const to = await newTopic(broker, 'uncut');
    Object.assign(proxy, { delayMs: 5, bytesPerSecond: 5_000_000 });
    const source = { type: 'kafka', config: { connection: connection(), topic, ...TEXT } };
    const run = await begin({ in: source, out: sinkTo(broker.address, to) });
    for (let from = 0; from < COUNT; from += COUNT / CUTS) {
      await produce(broker, topic, lines(from, COUNT / CUTS));
      await pause(10 * (from % 7));
      proxy.cut();
    }
    await figure(run, 'committed', COUNT, 1);
    await run.stop();
    const read = await readByJava(broker, to);
    assert.equal(read.length, COUNT);
    for (const [key, own] of Map.groupBy(read, (record) => record.key))
      assert.deepEqual(
        own.map(({ value }) => Number(value)),
        Array.from({ length: COUNT / KEYS }, (_, i) => i * KEYS + Number(key)),
      );
  });

  test('acknowledgements that are lost: what is sent again is not there twice', async () => {
    const from = await newTopic(broker, 'acks-from');
    const to = await newTopic(broker, 'acks-to');
    const source = { type: 'kafka', config: { connection: broker.address, topic: from, ...TEXT } };
    const run = await begin({ in: source, out: sinkTo(connection(), to) });
    await produce(broker, from, lines(0, 100));
    await figure(run, 'committed', 100, 1);
    const { sent } = proxy;
    proxy.isSilent = true;
    await produce(broker, from, lines(100, 100));
    // The broker has them, and cannot say so.
    await eventually('the records reach the broker', () => proxy.sent - sent > 1000);
    await pause(500);
    asBefore();
    proxy.cut();
    await figure(run, 'committed', 200, 1);
    await run.stop();
    const values = (await readByJava(broker, to)).map(({ value }) => Number(value));
    assert.deepEqual(
      values,
      Array.from({ length: 200 }, (_, i) => i),
    );
  });

  test('a broker that says nothing any more does not keep a run from stopping', async () => {
    const topic = await newTopic(broker, 'silent');
    await produce(broker, topic, lines(0, 10));
    const config = { connection: connection(), topic, ...TEXT };
    const run = await begin({ in: { type: 'kafka', config }, out: { type: 'table', config: {} } });
    await figure(run, 'recordsIn', 10);
    proxy.isSilent = true;
    await pause(500);
    const beganAt = performance.now();
    await run.stop();
    assert.ok(performance.now() - beganAt < 5000, 'it did not wait for an answer');
  });
});
