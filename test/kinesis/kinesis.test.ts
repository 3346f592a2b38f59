/** Kinesis source and sink against a stand-in, alone and behind a proxy that makes trouble. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ListShardsCommand, MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { packAggregated } from '../../engine/connectors/kinesis/aggregated.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { WeirError } from '../../engine/contract/problems.ts';
import { nodeFigure } from '../../engine/contract/telemetry.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { startRun } from '../../engine/runtime/run.ts';
import type { RunHandle } from '../../engine/runtime/run-api.ts';
import { HttpProxy } from '../faults/http-proxy.ts';
import { documentOf, rowsOf } from '../kafka/pipelines.ts';
import { KinesisServer } from '../services/kinesis/server.ts';
import { read, SCHEMA } from './pipelines.ts';

const records = (from: number, count: number, keys = 7) =>
  Array.from({ length: count }, (_, i) => ({
    key: `k${(from + i) % keys}`,
    data: JSON.stringify({ id: from + i, key: `k${(from + i) % keys}` }),
  }));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sorted = (numbers: readonly unknown[]): number[] => numbers.map(Number).sort((a, b) => a - b);
const target = (headers: { readonly [name: string]: unknown }): string =>
  String(headers['x-amz-target'] ?? '').replace(/^.*\./, '');

async function start(document: GraphDocument, baseDir: string): Promise<RunHandle> {
  return startRun(
    { runId: 'r', document, baseDir, options: {} },
    { layout() {}, log() {}, sample() {}, view() {}, checkpoint() {}, ended() {} },
  );
}

async function figure(run: RunHandle, slot: 'recordsIn' | 'committed' | 'lagMs', value: number, node = 0) {
  const until = performance.now() + 30_000;
  const now = (): number => nodeFigure(run.snapshot(), node, slot);
  while (now() !== value && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(now(), value, slot);
}

describe('Kinesis', () => {
  let server: KinesisServer;
  let proxy: HttpProxy;
  let folder = '';
  before(async () => {
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    server = await KinesisServer.start();
    proxy = await HttpProxy.start(server.address);
    folder = await mkdtemp(join(tmpdir(), 'weir-kinesis-'));
  });
  after(async () => {
    await proxy?.stop();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('records of all shards, with what stands beside them; bad ones to the errors port', async () => {
    const stream = await server.createStream('all', 3);
    await server.put(stream, [
      ...records(0, 300),
      { key: 'x', data: 'no json' },
      { key: 'y', data: '{"id":"a"}' },
    ]);
    const result = await read(server.address, stream, {
      schema: SCHEMA,
      metadata: [
        { what: 'partition-key', name: 'pk' },
        { what: 'shard', name: 'shard' },
        { what: 'sequence-number', name: 'sequence' },
        { what: 'arrival', name: 'at' },
      ],
    });
    const rows = rowsOf(result);
    assert.deepEqual(sorted(rows.map(({ id }) => id)), upTo(300));
    for (const row of rows) {
      assert.equal(row['pk'], row['key']);
      assert.match(String(row['shard']), /^shardId-\d+$/);
      assert.match(String(row['sequence']), /^\d+$/);
      assert.ok(Math.abs(Number(row['at']) - Date.now()) < 60_000);
    }
    assert.ok(new Set(rows.map(({ shard }) => shard)).size > 1);
    const messages = rowsOf(result, 'bad').map(({ message }) => String(message));
    assert.equal(messages.length, 2);
    for (const message of messages) assert.match(message, /^shardId-\d+, sequence number \d+: /);
  });

  test('records that a producer library packed together', async () => {
    const stream = await server.createStream('packed', 1);
    const parts = records(0, 5).map(({ key, data }) => ({ partitionKey: key, data: Buffer.from(data) }));
    await server.put(stream, [
      { key: 'p', data: packAggregated(parts) },
      { key: 'q', data: JSON.stringify({ id: 5, key: 'q' }) },
    ]);
    const rows = rowsOf(
      await read(server.address, stream, {
        schema: SCHEMA,
        metadata: [{ what: 'partition-key', name: 'pk' }],
      }),
    );
    assert.deepEqual(
      rows.map(({ id, pk }) => [id, pk]),
      [...parts.map(({ partitionKey }, i) => [i, partitionKey]), [5, 'q']],
    );
  });

  test('shards are split and merged while it runs: every record comes, in the order of its key', async () => {
    const stream = await server.createStream('resharded', 2);
    const out = join(folder, 'resharded');
    const run = await start(
      documentOf(
        {
          in: { type: 'kinesis', config: { connection: server.address, stream, schema: SCHEMA } },
          out: { type: 'file-sink', config: { folder: out } },
        },
        [['in', 'out']],
      ),
      folder,
    );
    const openShards = async () => {
      const { Shards = [] } = await server.client.send(new ListShardsCommand({ StreamName: stream }));
      return Shards.filter((s) => s.SequenceNumberRange?.EndingSequenceNumber === undefined).sort((a, b) =>
        BigInt(a.HashKeyRange?.StartingHashKey ?? 0) < BigInt(b.HashKeyRange?.StartingHashKey ?? 0) ? -1 : 1,
      );
    };
    await server.put(stream, records(0, 400));
    await figure(run, 'recordsIn', 400);
    const [first] = await openShards();
    const [low, high] = [first?.HashKeyRange?.StartingHashKey, first?.HashKeyRange?.EndingHashKey];
    const middle = String((BigInt(low ?? 0) + BigInt(high ?? 0)) / 2n);
    const split = { StreamName: stream, ShardToSplit: first?.ShardId ?? '', NewStartingHashKey: middle };
    await server.client.send(new SplitShardCommand(split));
    await server.active(stream);
    await server.put(stream, records(400, 400));
    const [a, b] = await openShards();
    await server.client.send(
      new MergeShardsCommand({
        StreamName: stream,
        ShardToMerge: a?.ShardId ?? '',
        AdjacentShardToMerge: b?.ShardId ?? '',
      }),
    );
    await server.active(stream);
    await server.put(stream, records(800, 400));
    await figure(run, 'recordsIn', 1200);
    assert.equal(run.layout.partitions.length, 5);
    const stoppedAt = performance.now();
    await run.stop();
    // A second is what is wanted; the rest is for a busy machine.
    assert.ok(performance.now() - stoppedAt < 3000, 'a stop waits for nobody');
    const lines: string[] = [];
    for (const file of (await readdir(out)).sort())
      lines.push(...(await readFile(join(out, file), 'utf8')).trim().split('\n'));
    const rows = lines.map((line) => JSON.parse(line) as { id: number; key: string });
    assert.deepEqual(sorted(rows.map(({ id }) => id)), upTo(1200));
    for (const own of Map.groupBy(rows, ({ key }) => key).values()) {
      const ids = own.map(({ id }) => id);
      assert.deepEqual(ids, sorted(ids), own[0]?.key);
    }
  });

  test('throttled, failing and dropped calls, and an iterator that expired: nothing is lost', async () => {
    const stream = await server.createStream('troubled', 2);
    await server.put(stream, records(0, 500));
    let calls = 0;
    proxy.instead = ({ headers }) => {
      if (target(headers) !== 'GetRecords') return null;
      switch (++calls) {
        case 1:
          return refusal(400, 'ProvisionedThroughputExceededException');
        case 2:
          return refusal(500, 'InternalFailure');
        case 3:
          return 'drop';
        case 4:
          return refusal(400, 'ExpiredIteratorException');
        default:
          return null;
      }
    };
    const result = await read(proxy.address, stream, { schema: SCHEMA });
    proxy.instead = () => null;
    assert.deepEqual(sorted(rowsOf(result).map(({ id }) => id)), upTo(500));
    assert.ok(calls > 4);
    assert.ok(result.log.some((line) => line.includes('tried again')));
  });

  test('how far a shard is behind is what the service says', async () => {
    const stream = await server.createStream('behind', 1);
    await server.put(stream, records(0, 10));
    proxy.afterwards = ({ headers }, answer) =>
      target(headers) === 'GetRecords'
        ? { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), MillisBehindLatest: 90_000 }) }
        : answer;
    const run = await start(
      documentOf(
        {
          in: { type: 'kinesis', config: { connection: proxy.address, stream, schema: SCHEMA } },
          out: { type: 'nothing', config: {} },
        },
        [['in', 'out']],
      ),
      folder,
    );
    await figure(run, 'recordsIn', 10);
    await figure(run, 'lagMs', 90_000);
    await run.stop();
    proxy.afterwards = (_call, answer) => answer;
  });

  test('a stream that is not there, and credentials that are refused', async () => {
    const problemOf = async (work: Promise<unknown>) => {
      const error: unknown = await work.then(
        () => null,
        (e: unknown) => e,
      );
      assert.ok(error instanceof WeirError, String(error));
      return error.problem;
    };
    const missing = await problemOf(read(server.address, 'no-such-stream', { schema: SCHEMA }));
    assert.deepEqual([missing.code, missing.path.at(-1)], ['C-MISSING', 'stream']);
    for (const [name, says] of [
      ['UnrecognizedClientException', /refuses the credentials/],
      ['ExpiredTokenException', /have expired/],
      ['AccessDeniedException', /may not use the stream/],
    ] as const) {
      proxy.instead = () => refusal(400, name);
      const refused = await problemOf(read(proxy.address, 'x', { schema: SCHEMA }));
      assert.equal(refused.code, 'C-ACCESS');
      assert.match(refused.message, says);
    }
    proxy.instead = () => null;
    const away = await problemOf(read('http://127.0.0.1:9', 'x', { schema: SCHEMA }));
    assert.equal(away.code, 'C-ACCESS');
  });

  const writing = (connection: string, stream: string, count: number, config: object): GraphDocument =>
    documentOf(
      {
        in: {
          type: 'generator',
          config: {
            data: {
              kind: 'fields',
              count,
              fields: [
                { name: 'id', value: { kind: 'sequence' } },
                { name: 'key', value: { kind: 'key', distinct: 5, prefix: 'k' } },
              ],
            },
          },
        },
        out: { type: 'kinesis-sink', config: { connection, stream, partitionKey: 'key', ...config } },
      },
      [['in', 'out']],
    );

  test('of a call, only the refused records are sent again; with an order per key it is kept', async () => {
    const stream = await server.createStream('ordered', 2);
    const partial = await PartialProxy.start(server.address);
    const result = await runLocally(writing(partial.proxy.address, stream, 60, { order: 'per-key' }));
    assert.equal(result.summary.outcome, 'finished', JSON.stringify(result.problems));
    await partial.proxy.stop();
    assert.ok(partial.refused > 5, `${partial.refused} were refused`);
    const found = await server.readAll(stream);
    const rows = found.map(({ data }) => JSON.parse(data) as { id: number; key: string });
    assert.deepEqual(sorted(rows.map(({ id }) => id)), upTo(60));
    for (const own of Map.groupBy(rows, ({ key }) => key).values()) {
      const ids = own.map(({ id }) => id);
      assert.deepEqual(ids, sorted(ids));
    }
  });

  test('a stop lets what is on its way arrive, and waits for no service that is gone', async () => {
    const stream = await server.createStream('stopped', 1);
    const { nodes } = writing(proxy.address, stream, 1, {});
    const endless = {
      kind: 'fields',
      fields: [{ name: 'key', value: { kind: 'key', distinct: 5, prefix: 'k' } }],
    };
    const document = documentOf(
      { in: { type: 'generator', config: { data: endless, rate: 200 } }, out: nodes['out'] },
      [['in', 'out']],
    );
    const run = await start(document, folder);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await run.stop();
    assert.equal((await run.ended).outcome, 'stopped');
    const second = await start(document, folder);
    await new Promise((resolve) => setTimeout(resolve, 300));
    proxy.instead = () => 'drop';
    await new Promise((resolve) => setTimeout(resolve, 300));
    const at = performance.now();
    await second.stop();
    assert.ok(performance.now() - at < 4000, `${performance.now() - at} ms`);
    proxy.instead = () => null;
  });

  test('rows have numbers by which a reader can leave out what it has seen', async () => {
    const stream = await server.createStream('numbered', 1);
    await runLocally(writing(server.address, stream, 20, { eventId: 'event' }));
    const rows = (await server.readAll(stream)).map(
      ({ data }) => JSON.parse(data) as { event: string; id: number },
    );
    const tokens = new Set(rows.map(({ event }) => event.split('-')[0]));
    assert.equal(tokens.size, 1);
    for (const { event, id } of rows) assert.equal(event.split('-')[1], String(id));
  });
});

const refusal = (status: number, name: string) => ({
  status,
  body: JSON.stringify({ __type: name, message: 'made by the test' }),
});

/** Passes calls of PutRecords on without every third record, and says of those that they were refused. */
class PartialProxy {
  refused = 0;
  readonly proxy: HttpProxy;

  private constructor(proxy: HttpProxy) {
    this.proxy = proxy;
  }

  static async start(to: string): Promise<PartialProxy> {
    const made = new PartialProxy(await HttpProxy.start(to));
    made.proxy.rewrite = ({ headers, body }) => {
      if (target(headers) !== 'PutRecords') return body;
      const call = JSON.parse(body) as { Records: unknown[] };
      return JSON.stringify({
        ...call,
        Records: call.Records.filter((_, n) => !isRefused(n, call.Records.length)),
      });
    };
    made.proxy.afterwards = ({ headers, body }, answer) => {
      if (target(headers) !== 'PutRecords') return answer;
      const { Records: asked } = JSON.parse(body) as { Records: unknown[] };
      const said = JSON.parse(answer.body) as { Records: unknown[] };
      let at = 0;
      const Records = asked.map((_, n) =>
        isRefused(n, asked.length)
          ? { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'made by the test' }
          : said.Records[at++],
      );
      const FailedRecordCount = Records.length - at;
      made.refused += FailedRecordCount;
      return { ...answer, body: JSON.stringify({ FailedRecordCount, Records }) };
    };
    return made;
  }
}

/** One record alone always goes through: each call makes progress. */
const isRefused = (n: number, of: number): boolean => of > 1 && n % 3 === 0;
