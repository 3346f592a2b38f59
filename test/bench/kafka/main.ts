/**
 * `npm run bench:kafka [-- --records N --rounds N]`: Weir's Kafka source and sink beside bare kafkajs that decodes and encodes the same,
 * against one broker, in turns. Records of 184 bytes in JSON, as in `../shared/CONNECTORS.md`.
 */
import { parseArgs } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { runLocally } from '../../../engine/runtime/local.ts';
import { documentOf } from '../../kafka/pipelines.ts';
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { whyNoKafka } from '../../services/kafka/jars.ts';
import { newTopic, produce } from '../../services/kafka/topics.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '5' },
  },
});
const records = Number(values.records);
const rounds = Number(values.rounds);
const BATCH = 1000;

const SCHEMA = [
  { name: 'id', type: 'BIGINT' },
  { name: 'user', type: 'STRING' },
  { name: 'amount', type: 'DOUBLE' },
  { name: 'note', type: 'STRING' },
];
const PAD = 'x'.repeat(110);
const rowOf = (id: number) => ({
  id,
  user: `user-${id % 1000}`,
  amount: (id % 1000) / 8,
  note: `${PAD}${id % 10}`,
});

const why = await whyNoKafka();
if (why !== null) {
  console.log(`skipped: ${why}`);
  process.exit(0);
}
const broker = await KafkaBroker.start();
try {
  const topic = await newTopic(broker, 'bench', 2);
  for (let from = 0; from < records; from += BATCH)
    await produce(
      broker,
      topic,
      Array.from({ length: Math.min(BATCH, records - from) }, (_, i) => ({
        key: `${(from + i) % 1000}`,
        value: JSON.stringify(rowOf(from + i)),
      })),
    );
  await compare(
    'read and decode',
    () => readByWeir(topic),
    () => readByKafkajs(topic),
  );
  await compare(
    'encode and write',
    () => writeByWeir(),
    () => writeByKafkajs(),
  );
} finally {
  await broker.stop();
}

/** Medians of what a record costs, and of the ratios of each round. */
async function compare(
  what: string,
  weir: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<void> {
  await weir();
  await bare();
  const ratios: number[] = [];
  const rates: { weir: number[]; bare: number[] } = { weir: [], bare: [] };
  for (let round = 0; round < rounds; round++) {
    const [ours, theirs] = [await weir(), await bare()];
    rates.weir.push(ours);
    rates.bare.push(theirs);
    ratios.push(ours / theirs);
  }
  const k = (of: readonly number[]): string => `${(median(of) / 1000).toFixed(0)} k/s`.padStart(9);
  const share = median(ratios);
  console.log(
    `${what.padEnd(18)} Weir ${k(rates.weir)}   kafkajs ${k(rates.bare)}   ${(share * 100).toFixed(0)} % of kafkajs (at least 95): ${share >= 0.95 ? 'met' : 'missed'}`,
  );
}

function median(of: readonly number[]): number {
  return [...of].sort((a, b) => a - b)[of.length >> 1] ?? Number.NaN;
}

function perSecond(since: number): number {
  return (records / (performance.now() - since)) * 1000;
}

async function readByWeir(topic: string): Promise<number> {
  const document = documentOf(
    {
      in: { type: 'kafka', config: { connection: broker.address, topic, end: 'latest', schema: SCHEMA } },
      out: { type: 'nothing', config: {} },
    },
    [['in', 'out']],
  );
  const at = performance.now();
  const { summary } = await runLocally(document, { capture: false });
  if (summary.recordsRead !== records) throw new Error(`read ${summary.recordsRead}`);
  return perSecond(at);
}

async function readByKafkajs(topic: string): Promise<number> {
  const consumer = kafkaOf().consumer({
    groupId: `bench-${Math.random()}`,
    maxWaitTimeInMs: 100,
    maxBytesPerPartition: 1024 * 1024,
  });
  const at = performance.now();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  let sum = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        const row = JSON.parse(String(value)) as { id: number };
        sum += row.id;
      }
      seen += batch.messages.length;
      if (seen >= records) resolve();
    },
  });
  await promise;
  const rate = perSecond(at);
  await consumer.disconnect();
  if (sum !== (records * (records - 1)) / 2) throw new Error('kafkajs lost records');
  return rate;
}

async function writeByWeir(): Promise<number> {
  const topic = await newTopic(broker, 'bench-out', 2);
  const document = documentOf(
    {
      in: {
        type: 'generator',
        config: {
          data: {
            kind: 'fields',
            count: records,
            fields: [
              { name: 'id', value: { kind: 'sequence' } },
              { name: 'user', value: { kind: 'key', distinct: 1000, prefix: 'user-' } },
              { name: 'amount', value: { kind: 'normal', mean: 60, deviation: 20, decimals: 3 } },
              { name: 'note', value: { kind: 'key', distinct: 10, prefix: PAD } },
            ],
          },
        },
      },
      out: { type: 'kafka-sink', config: { connection: broker.address, topic, key: ['user'] } },
    },
    [['in', 'out']],
  );
  const at = performance.now();
  const { summary } = await runLocally(document, { capture: false });
  if (summary.outcome !== 'finished') throw new Error(summary.outcome);
  return perSecond(at);
}

async function writeByKafkajs(): Promise<number> {
  const topic = await newTopic(broker, 'bench-out', 2);
  const producer = kafkaOf().producer({ idempotent: true, maxInFlightRequests: 1 });
  const at = performance.now();
  await producer.connect();
  for (let from = 0; from < records; from += BATCH)
    await producer.send({
      topic,
      acks: -1,
      messages: Array.from({ length: Math.min(BATCH, records - from) }, (_, i) => {
        const row = rowOf(from + i);
        return { key: row.user, value: JSON.stringify(row) };
      }),
    });
  const rate = perSecond(at);
  await producer.disconnect();
  return rate;
}

function kafkaOf(): Kafka {
  return new Kafka({ clientId: 'bench', brokers: [broker.address], logLevel: logLevel.NOTHING });
}
