/** The Kafka source against a real broker. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WeirError } from '../../engine/contract/problems.ts';
import { nodeFigure } from '../../engine/contract/telemetry.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { startRun } from '../../engine/runtime/run.ts';
import type { RunHandle } from '../../engine/runtime/run-api.ts';
import { noKafka, sharedKafka } from '../services/kafka/shared.ts';
import { newTopic, produce, readByJava, withAdmin } from '../services/kafka/topics.ts';
import { documentOf, type Row, read, readingOf, rowsOf, TEXT } from './pipelines.ts';

const byOffset = (a: Row, b: Row): number =>
  Number(a['p']) - Number(b['p']) || Number(a['o']) - Number(b['o']);

describe('Kafka source', { skip: noKafka ?? false }, () => {
  test('values in JSON by the schema, and what stands beside them', async () => {
    const broker = await sharedKafka();
    const topic = await newTopic(broker, 'json', 2);
    const at = Date.now() - 60_000;
    await produce(broker, topic, [
      {
        key: 'a',
        value: '{"id": 1, "deep": {"x": "ü"}}',
        partition: 0,
        timestamp: `${at}`,
        headers: { h: 'v' },
      },
      { key: null, value: ' {\n "id": 9007199254740993 } ', partition: 1, timestamp: `${at + 1}` },
      { key: 'b', value: '{"id": "no"}', partition: 0 },
      { key: 'c', value: null, partition: 0 },
      { key: 'd', value: '', partition: 0 },
    ]);
    const result = await read(broker, topic, {
      schema: [
        { name: 'id', type: 'BIGINT' },
        { name: 'x', type: 'STRING', from: 'deep.x' },
      ],
      metadata: [
        { what: 'key', name: 'k' },
        { what: 'topic', name: 't' },
        { what: 'partition', name: 'p' },
        { what: 'offset', name: 'o' },
        { what: 'timestamp', name: 'at' },
        { what: 'headers', name: 'all' },
        { what: 'header', header: 'h', name: 'h' },
      ],
    });
    assert.deepEqual([...rowsOf(result)].sort(byOffset), [
      { id: 1, x: 'ü', k: 'a', t: topic, p: 0, o: 0, at, all: '{"h":"v"}', h: 'v' },
      { id: '9007199254740993', x: null, k: null, t: topic, p: 1, o: 0, at: at + 1, all: '{}', h: null },
    ]);
    const bad = rowsOf(result, 'bad');
    assert.deepEqual(
      bad.map(({ message }) => String(message).slice(0, topic.length + 13)),
      [1, 2, 3].map((offset) => `${topic}-0, offset ${offset}:`),
    );
    assert.equal(result.summary.outcome, 'finished');
  });

  test('a record that is larger than the topic takes ends the run, with what to do', async () => {
    const broker = await sharedKafka();
    const [from, to] = [
      await newTopic(broker, 'large', 1, { 'max.message.bytes': '4000000' }),
      await newTopic(broker, 'small', 1, { 'max.message.bytes': '1000000' }),
    ];
    await produce(broker, from, [{ key: 'k', value: 'x'.repeat(2_000_000) }]);
    const format = { kind: 'field', field: 'value' };
    const { summary, problems } = await runLocally(
      documentOf(
        {
          in: { type: 'kafka', config: { connection: broker.address, topic: from, end: 'latest', ...TEXT } },
          out: { type: 'kafka-sink', config: { connection: broker.address, topic: to, format } },
        },
        [['in', 'out']],
      ),
    );
    assert.equal(summary.outcome, 'failed');
    assert.deepEqual(
      problems.map(({ code, path }) => [code, path]),
      [['C-LIMIT', ['nodes', 'out', 'config', 'topic']]],
    );
    assert.match(problems[0]?.next ?? '', /max\.message\.bytes/);
    assert.deepEqual(await readByJava(broker, to), []);
  });

  test('CSV, text and bytes; tombstones left out where that is set', async () => {
    const broker = await sharedKafka();
    const topic = await newTopic(broker, 'formats');
    await produce(broker, topic, [
      { key: 'a', value: '1;"x;y"' },
      { key: 'b', value: null },
    ]);
    const schema = [
      { name: 'n', type: 'INT' },
      { name: 's', type: 'STRING' },
    ];
    const config = { tombstones: 'skip' };
    const csv = await read(broker, topic, { ...config, schema, format: { kind: 'csv', delimiter: ';' } });
    assert.deepEqual(rowsOf(csv), [{ n: 1, s: 'x;y' }]);
    const text = await read(broker, topic, { ...config, format: { kind: 'text' } });
    assert.deepEqual(rowsOf(text), [{ value: '1;"x;y"' }]);
    const bytes = await read(broker, topic, { ...config, format: { kind: 'bytes', field: 'raw' } });
    assert.deepEqual(rowsOf(bytes), [{ raw: Buffer.from('1;"x;y"').toString('base64') }]);
    assert.equal(rowsOf(bytes, 'bad').length, 0);
  });

  test('begins at a time, at offsets, at the latest, where a group is', async () => {
    const broker = await sharedKafka();
    const topic = await newTopic(broker, 'starts', 2);
    const at = Date.now() - 100_000;
    await produce(
      broker,
      topic,
      Array.from({ length: 20 }, (_, i) => ({
        value: `${i}`,
        partition: i % 2,
        timestamp: `${at + i * 1000}`,
      })),
    );
    const seen = async (start: unknown, more: Row = {}): Promise<number[]> => {
      const rows = rowsOf(await read(broker, topic, { ...TEXT, start, ...more }));
      return rows.map(({ value }) => Number(value)).sort((a, b) => a - b);
    };
    const from = (first: number): number[] => Array.from({ length: 20 - first }, (_, i) => first + i);
    assert.deepEqual(await seen({ kind: 'earliest' }), from(0));
    assert.deepEqual(await seen({ kind: 'latest' }), []);
    assert.deepEqual(await seen({ kind: 'timestamp', at: new Date(at + 14_500).toISOString() }), from(15));
    assert.deepEqual(await seen({ kind: 'timestamp', at: new Date(at + 99_999_000).toISOString() }), []);
    const offsets = `${topic}-0:8, ${topic}-1:9`;
    assert.deepEqual(await seen({ kind: 'offsets', offsets }), [16, 18, 19]);
    await withAdmin(broker, (admin) =>
      admin.setOffsets({ groupId: `g-${topic}`, topic, partitions: [{ partition: 1, offset: '9' }] }),
    );
    const group = { group: `g-${topic}` };
    assert.deepEqual(await seen({ kind: 'committed', otherwise: 'latest' }, group), [19]);
    await assert.rejects(seen({ kind: 'committed', otherwise: 'fail' }, group), {
      message: new RegExp(`has committed no offset of ${topic}-0`),
    });
  });

  test('all topics that fit a pattern', async () => {
    const broker = await sharedKafka();
    const first = await newTopic(broker, 'glob-a');
    const second = await newTopic(broker, 'glob-b');
    await produce(broker, first, [{ value: 'a' }]);
    await produce(broker, second, [{ value: 'b' }]);
    const found = rowsOf(await read(broker, 'glob-*', TEXT)).map(({ value }) => value);
    assert.deepEqual(found.sort(), ['a', 'b']);
  });

  test('of aborted transactions, interleaved and with keys that look like markers, it sees what Java sees', async () => {
    const broker = await sharedKafka();
    const topic = await newTopic(broker, 'aborted', 2);
    const rows = (name: string) =>
      Array.from({ length: 6 }, (_, i) => ({
        key: i === 2 ? Buffer.from([0, 0, 0, 0]) : `${name}${i}`,
        value: `${name}${i}`,
        partition: i % 2,
      }));
    for (let turn = 0; turn < 3; turn++)
      await Promise.all([
        produce(broker, topic, rows(`abort-a${turn}-`), { transaction: 'abort' }),
        produce(broker, topic, rows(`commit-b${turn}-`), { transaction: 'commit' }),
        produce(broker, topic, rows(`abort-c${turn}-`), { transaction: 'abort' }),
        produce(broker, topic, rows(`plain-d${turn}-`)),
      ]);
    const values = (found: readonly { readonly value?: unknown }[]) => found.map(({ value }) => value).sort();
    const ours = values(rowsOf(await read(broker, topic, TEXT)));
    assert.deepEqual(ours, values(await readByJava(broker, topic)));
    assert.equal(ours.length, 36);
    const all = rowsOf(await read(broker, topic, { ...TEXT, isolation: 'read_uncommitted' }));
    assert.equal(all.length, 72);
  });

  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'])
    test(`what Java packs with ${compression}`, async () => {
      const broker = await sharedKafka();
      const topic = await newTopic(broker, compression, 2);
      await broker.tool('org.apache.kafka.tools.ProducerPerformance', [
        ...['--topic', topic, '--num-records', '3000', '--record-size', '120', '--throughput', '-1'],
        ...['--bootstrap-server', broker.address],
        ...['--command-property', `compression.type=${compression}`],
        ...['--command-property', 'batch.size=100000', '--command-property', 'linger.ms=20'],
      ]);
      const values = (found: readonly { readonly value?: unknown }[]) =>
        found.map(({ value }) => value).sort();
      const ours = values(rowsOf(await read(broker, topic, TEXT)));
      assert.equal(ours.length, 3000);
      assert.deepEqual(ours, values(await readByJava(broker, topic)));
    });

  test('a topic that is not there, and brokers that are not', async () => {
    const broker = await sharedKafka();
    const problemOf = async (work: Promise<unknown>) => {
      const error: unknown = await work.then(
        () => null,
        (e: unknown) => e,
      );
      assert.ok(error instanceof WeirError, String(error));
      return error.problem;
    };
    const unknown = await problemOf(read(broker, 'no-such-topic', TEXT));
    assert.equal(unknown.code, 'C-MISSING');
    assert.deepEqual(unknown.path, ['nodes', 'in', 'config', 'topic']);
    const away = readingOf(broker, 'x', { ...TEXT, connection: '127.0.0.1:9' });
    const unreached = await problemOf(runLocally(away));
    assert.equal(unreached.code, 'C-ACCESS');
    assert.match(unreached.message, /127\.0\.0\.1:9/);
    const unnamed = readingOf(broker, 'x', { ...TEXT, connection: 'nobody-knows-me' });
    assert.equal((await problemOf(runLocally(unnamed))).code, 'C-MISSING');
  });

  test('records that retention dropped: an error that counts them, or on at the earliest', async () => {
    const broker = await sharedKafka();
    const topic = await newTopic(broker, 'gone');
    await produce(
      broker,
      topic,
      Array.from({ length: 10 }, (_, i) => ({ value: `${i}` })),
    );
    await withAdmin(broker, async (admin) => {
      await admin.fetchTopicOffsets(topic); // kafkajs must have seen it
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] });
    });
    const start = { kind: 'offsets', offsets: `${topic}-0:2` };
    const failed = await read(broker, topic, { ...TEXT, start });
    assert.equal(failed.summary.outcome, 'failed');
    assert.match(failed.problems[0]?.message ?? '', /begins at offset 6; 4 records from 2 on were dropped/);
    const onward = await read(broker, topic, { ...TEXT, start, outOfRange: 'earliest' });
    assert.deepEqual(
      rowsOf(onward).map(({ value }) => value),
      ['6', '7', '8', '9'],
    );
    assert.ok(onward.log.some((line) => line.includes('4 records from 2 on were dropped')));
  });

  test('partitions that come while it runs are read, counted and seen; the stop takes no second', async () => {
    const broker = await sharedKafka();
    const topic = await newTopic(broker, 'grows');
    const config = { connection: broker.address, topic, ...TEXT, discover: '200 ms', group: `g-${topic}` };
    const document = documentOf({ in: { type: 'kafka', config }, out: { type: 'nothing', config: {} } }, [
      ['in', 'out'],
    ]);
    const layouts: string[][] = [];
    const run = await startRun(
      { runId: 'r', document, baseDir: '.', options: {} },
      {
        layout: (layout) => layouts.push(layout.partitions.map(({ name }) => name)),
        log() {},
        sample() {},
        view() {},
        checkpoint() {},
        ended() {},
      },
    );
    try {
      await produce(broker, topic, [{ value: 'a' }]);
      await withAdmin(broker, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }));
      await produce(
        broker,
        topic,
        [0, 1, 2, 2].map((partition) => ({ value: 'b', partition })),
      );
      // A producer that is not idempotent writes again where a new partition was not ready: the broker says what there is.
      const all = await withAdmin(broker, (admin) => admin.fetchTopicOffsets(topic));
      const wanted = all.reduce((sum, { high }) => sum + Number(high), 0);
      assert.ok(all.length === 3 && wanted >= 5, JSON.stringify(all));
      const until = Date.now() + 20_000;
      while (nodeFigure(run.snapshot(), 0, 'recordsIn') < wanted && Date.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 50));
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(nodeFigure(run.snapshot(), 0, 'recordsIn'), wanted);
      assert.deepEqual(
        layouts.at(-1),
        [0, 1, 2].map((p) => `${topic}-${p}`),
      );
    } finally {
      await stopped(run);
    }
  });
});

/** A second is what is wanted; the rest is for a busy machine. */
async function stopped(run: RunHandle): Promise<void> {
  const stoppedAt = performance.now();
  await run.stop();
  await run.ended;
  assert.ok(performance.now() - stoppedAt < 3000, 'a stop waits for nobody');
}
