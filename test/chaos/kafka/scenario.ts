/**
 * Kafka to Kafka under kill -9: a topic with doubled records → dedup by id → each row into a topic, and a window per user into another.
 * `weir run` is killed at any instant, the broker in some runs too; at the end, what Java's consumer of committed records sees must be
 * exactly what the input says.
 */
import { random } from '../../../engine/runtime/random.ts';
import type { KafkaBroker } from '../../services/kafka/broker.ts';
import { newTopic, produce, readByJava } from '../../services/kafka/topics.ts';
import { type KilledRun, killedRun } from '../cli-kills.ts';

const RECORDS = 60_000;
const USERS = 23;
const PARTITIONS = 3;
const WINDOW_MS = 10_000;
export interface Input {
  readonly topic: string;
  readonly firstAt: number;
}

/** Each id once, and one in ten a second time a little later; times rise within a partition. */
export async function makeInput(broker: KafkaBroker, seed: number): Promise<Input> {
  const topic = await newTopic(broker, 'chaos-in', PARTITIONS);
  const firstAt = Math.floor((Date.now() - 3_600_000) / WINDOW_MS) * WINDOW_MS;
  const { next } = random(seed);
  for (let from = 0; from < RECORDS; from += 2000) {
    const messages = Array.from({ length: 2000 }, (_, i) => {
      const id = from + i;
      const at = firstAt + id;
      const user = `u${id % USERS}`;
      const one = { key: user, value: JSON.stringify({ id, user, n: id % 100 }), timestamp: String(at) };
      return next() < 0.1 ? [one, one] : [one];
    });
    await produce(broker, topic, messages.flat());
  }
  return { topic, firstAt };
}

export async function kafkaRun(broker: KafkaBroker, input: Input, seed: number): Promise<KilledRun> {
  const each = await newTopic(broker, 'chaos-each', PARTITIONS);
  const sums = await newTopic(broker, 'chaos-sums', 1);
  return killedRun(documentOf(broker, input, each, sums), seed, {
    killServer: async () => {
      await broker.kill();
      await broker.restart();
    },
    judge: async () => ({
      doubled: 0,
      faults: [
        ...compareEach(await readByJava(broker, each)),
        ...compareSums(await readByJava(broker, sums), input),
      ],
    }),
  });
}

type Read = Awaited<ReturnType<typeof readByJava>>;

function compareEach(found: Read): string[] {
  const seen = new Uint8Array(RECORDS);
  for (const { value } of found) {
    const { id } = JSON.parse(value ?? '{}') as { id: number };
    seen[id] = (seen[id] ?? 0) + 1;
  }
  const lost = seen.reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0);
  const doubled = seen.reduce((sum, times) => sum + (times > 1 ? 1 : 0), 0);
  return lost + doubled === 0 ? [] : [`rows: ${lost} lost, ${doubled} doubled`];
}

function compareSums(found: Read, { firstAt }: Input): string[] {
  const wanted = new Map<string, string>();
  const totals = new Map<string, { n: number; sum: number }>();
  for (let id = 0; id < RECORDS; id++) {
    const key = `u${id % USERS} ${Math.floor(id / WINDOW_MS)}`;
    const total = totals.get(key) ?? { n: 0, sum: 0 };
    total.n++;
    total.sum += id % 100;
    totals.set(key, total);
  }
  for (const [key, { n, sum }] of totals) wanted.set(key, `${n} ${sum}`);
  const faults: string[] = [];
  const seen = new Map<string, string>();
  for (const { value } of found) {
    const row = JSON.parse(value ?? '{}') as { user: string; window_start: string; n: number; sum: number };
    const key = `${row.user} ${(Date.parse(row.window_start) - firstAt) / WINDOW_MS}`;
    if (seen.has(key)) faults.push(`window ${key} is there twice`);
    seen.set(key, `${row.n} ${row.sum}`);
  }
  for (const [key, total] of wanted)
    if (seen.get(key) !== total)
      faults.push(`window ${key}: ${seen.get(key) ?? 'nothing'} in place of ${total}`);
  if (seen.size !== wanted.size) faults.push(`${seen.size} windows in place of ${wanted.size}`);
  return faults.slice(0, 5);
}

const documentOf = (broker: KafkaBroker, { topic }: Input, each: string, sums: string) => ({
  weir: 1,
  nodes: {
    events: {
      type: 'kafka',
      config: {
        connection: broker.address,
        topic,
        end: 'latest',
        schema: [
          { name: 'id', type: 'BIGINT' },
          { name: 'user', type: 'STRING' },
          { name: 'n', type: 'INT' },
        ],
        metadata: [{ what: 'timestamp', name: 'at' }],
        // Partitions are read at different speeds: nothing may be late.
        time: { field: 'at', watermark: { kind: 'bounded', delay: '5 min' } },
      },
    },
    once: { type: 'dedup', config: { keys: ['id'], keep: 'first' } },
    perUser: {
      type: 'window',
      config: {
        window: { kind: 'tumbling', size: `${WINDOW_MS / 1000} s` },
        keys: ['user'],
        aggregates: [
          { function: 'count', as: 'n' },
          { function: 'sum', of: 'n', as: 'sum' },
        ],
      },
    },
    each: { type: 'kafka-sink', config: { connection: broker.address, topic: each, key: ['user'] } },
    sums: { type: 'kafka-sink', config: { connection: broker.address, topic: sums, key: ['user'] } },
  },
  edges: [
    { from: 'events', to: 'once' },
    { from: 'once', to: 'each' },
    { from: 'once', to: 'perUser' },
    { from: 'perUser', to: 'sums' },
  ],
});
