/**
 * Kinesis to Kinesis under kill -9, at least once: a stream → dedup by id → another stream. At the end no record may be lost; those that
 * are there twice are counted.
 */
import type { KinesisServer } from '../../services/kinesis/server.ts';
import { type KilledRun, killedRun } from '../cli-kills.ts';

const RECORDS = 4000;
const KEYS = 11;

export async function makeStream(server: KinesisServer): Promise<string> {
  const stream = await server.createStream('chaos-in', 3);
  await server.put(
    stream,
    Array.from({ length: RECORDS }, (_, id) => ({
      key: `k${id % KEYS}`,
      data: JSON.stringify({ id, key: `k${id % KEYS}` }),
    })),
  );
  return stream;
}

export async function kinesisRun(server: KinesisServer, input: string, seed: number): Promise<KilledRun> {
  const output = await server.createStream(`chaos-out-${seed}`, 2);
  return killedRun(documentOf(server, input, output), seed, {
    killServer: null,
    judge: async () => {
      const seen = new Uint16Array(RECORDS);
      for (const { data } of await server.readAll(output)) {
        const { id } = JSON.parse(data) as { id: number };
        seen[id] = (seen[id] ?? 0) + 1;
      }
      const lost = seen.reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0);
      return {
        doubled: seen.reduce((sum, times) => sum + Math.max(0, times - 1), 0),
        faults: lost === 0 ? [] : [`${lost} records are lost`],
      };
    },
  });
}

const documentOf = ({ address }: KinesisServer, input: string, output: string) => ({
  weir: 1,
  nodes: {
    events: {
      type: 'kinesis',
      config: {
        connection: address,
        stream: input,
        end: 'caught-up',
        schema: [
          { name: 'id', type: 'BIGINT' },
          { name: 'key', type: 'STRING' },
        ],
      },
    },
    once: { type: 'dedup', config: { keys: ['id'], keep: 'first' } },
    out: {
      type: 'kinesis-sink',
      config: { connection: address, stream: output, partitionKey: 'key', order: 'per-key' },
    },
  },
  edges: [
    { from: 'events', to: 'once' },
    { from: 'once', to: 'out' },
  ],
});
