/** A stand-in for Kinesis on loopback: kinesis-local, which splits, merges and closes shards as the service does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { kinesisOf } from '../../../engine/connectors/kinesis/client.ts';
import { plainKinesis } from '../../../engine/contract/connections.ts';
import { ROOT } from '../../root.ts';
import { freePort } from '../kafka/broker.ts';

const PACKAGE = join(ROOT, 'node_modules', 'kinesis-local');
const START_MS = 30_000;

export class KinesisServer {
  readonly address: string;
  readonly client: KinesisClient;
  readonly #process: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.address = `http://127.0.0.1:${port}`;
    const connection = plainKinesis(this.address);
    if (connection === null) throw new Error(this.address);
    this.client = kinesisOf(connection);
    this.#process = child;
  }

  static async start(port?: number): Promise<KinesisServer> {
    const [plain, tls] = [port ?? (await freePort()), await freePort()];
    const child = spawn(process.execPath, [join(PACKAGE, 'main.js')], {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: {
        ...process.env,
        KINESIS_MOCK_CERT_PATH: join(PACKAGE, 'server.json'),
        KINESIS_MOCK_PLAIN_PORT: String(plain),
        KINESIS_MOCK_TLS_PORT: String(tls),
        LOG_LEVEL: 'ERROR',
      },
    });
    living.add(child);
    child.once('exit', () => living.delete(child));
    const server = new KinesisServer(plain, child);
    for (const until = performance.now() + START_MS; ; ) {
      try {
        await fetch(server.address);
        return server;
      } catch (error) {
        if (performance.now() > until) {
          await server.stop();
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async createStream(name: string, shards: number): Promise<string> {
    await this.client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
    await this.active(name);
    return name;
  }

  /** Waits until a stream can be used again, after it was made or its shards changed. */
  async active(name: string): Promise<void> {
    for (;;) {
      const command = new DescribeStreamSummaryCommand({ StreamName: name });
      const { StreamDescriptionSummary: found } = await this.client.send(command);
      if (found?.StreamStatus === 'ACTIVE') return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async put(stream: string, records: readonly { readonly key: string; readonly data: string | Buffer }[]) {
    for (let from = 0; from < records.length; from += 200)
      await this.client.send(
        new PutRecordsCommand({
          StreamName: stream,
          Records: records.slice(from, from + 200).map(({ key, data }) => ({
            PartitionKey: key,
            Data: Buffer.from(data as string),
          })),
        }),
      );
  }

  /** Everything in a stream, by shard and in its order. */
  async readAll(
    stream: string,
  ): Promise<{ readonly shard: string; readonly key: string; readonly data: string }[]> {
    const { Shards = [] } = await this.client.send(new ListShardsCommand({ StreamName: stream }));
    const all: { shard: string; key: string; data: string }[] = [];
    for (const { ShardId = '' } of Shards) {
      const start = { StreamName: stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
      let { ShardIterator: iterator } = await this.client.send(new GetShardIteratorCommand(start));
      for (let empty = 0; iterator !== undefined && empty < 2; ) {
        const page = await this.client.send(new GetRecordsCommand({ ShardIterator: iterator }));
        for (const { PartitionKey: key = '', Data = new Uint8Array() } of page.Records ?? [])
          all.push({ shard: ShardId, key, data: Buffer.from(Data).toString('utf8') });
        empty = page.Records?.length === 0 ? empty + 1 : 0;
        iterator = page.NextShardIterator;
      }
    }
    return all;
  }

  async stop(): Promise<void> {
    this.client.destroy();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
  }
}

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});
