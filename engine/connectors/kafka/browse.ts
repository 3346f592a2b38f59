/** What a cluster has to read: topics, their newest records, and a schema guessed from them. */
import { z } from 'zod';
import { resolveConnection } from '../../connections/resolve.ts';
import type { PeekedRecord, Place } from '../../contract/connections.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { SourceField } from '../../contract/settings.ts';
import { parseJson } from '../../expressions/json-text.ts';
import { avroFields } from '../../formats/avro/infer.ts';
import { inferFields } from '../../formats/infer/fields.ts';
import { SCHEMA_ID_BYTES } from '../../formats/value/registered.ts';
import { type Cluster, clusterOf, leave } from './client.ts';
import { visibleRecords } from './committed-records.ts';
import { type KafkaPlace, kafkaError } from './errors.ts';
import { fetchFrom } from './fetch.ts';
import { READ_COMMITTED } from './isolation.ts';
import { isPattern, topicPatterns } from './plan.ts';
import type { RecordSet } from './record-batch.ts';
import { NotRegistered, SchemaRegistry } from './registry.ts';
import type { KafkaConfig } from './spec.ts';
import { partitionName, type TopicPartition } from './topic-partition.ts';
import { partitionsOf, rangesOf } from './topics.ts';

const REGISTRY_MS = 10_000;
/** Topics that are asked for their sizes. */
const TOPICS_MAX = 1000;
/** Newest records of a partition that are looked at. */
const PEEKED = 20;
const SAMPLED = 200;
const SHOWN_CHARACTERS = 2000;
const PARTITION_BYTES = 1024 * 1024;

/** Of settings that may be half made, what says where to look. */
const zWhere = z.object({ connection: z.string().min(1) });

async function withCluster<T>(
  config: unknown,
  topics: string,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const read = zWhere.safeParse(config);
  if (!read.success)
    throw new WeirError(
      problem('S-VALUE', {
        path: ['config', 'connection'],
        message: 'Where Kafka is is not said yet.',
        expected: 'a connection, or brokers as host:port',
        next: 'Set the connection first.',
      }),
    );
  const connection = await resolveConnection('kafka', read.data.connection, ['config', 'connection']);
  const place: KafkaPlace = { nodeId: null, brokers: connection.brokers, topics };
  let cluster: Cluster | null = null;
  try {
    cluster = await clusterOf(connection, 'weir-browse', READ_COMMITTED);
    return await work(cluster);
  } catch (error) {
    throw kafkaError(error, place);
  } finally {
    if (cluster !== null) await leave(cluster);
  }
}

export const browseTopics = (config: unknown): Promise<readonly Place[]> =>
  withCluster(config, '*', async (cluster) => {
    const all = await partitionsOf(cluster, ['*']);
    const names = [...new Set(all.map(({ topic }) => topic))].slice(0, TOPICS_MAX);
    const looked = all.filter(({ topic }) => names.includes(topic));
    const ranges = await rangesOf(cluster, looked, READ_COMMITTED);
    const sizeOf = (own: TopicPartition): number => {
      const { first, last } = ranges.get(partitionName(own)) ?? { first: 0, last: 0 };
      return last - first;
    };
    return names.map((name) => {
      const own = looked.filter(({ topic }) => topic === name);
      return { name, partitions: own.length, records: own.reduce((sum, p) => sum + sizeOf(p), 0) };
    });
  });

export const peekTopic = (config: unknown, topic: string): Promise<readonly PeekedRecord[]> =>
  withCluster(config, topic, async (cluster) => {
    const found = await newest(cluster, [topic], PEEKED);
    return found
      .flatMap(({ partition, set }) => recordsOf(set, partition))
      .sort((a, b) => a.timestamp - b.timestamp);
  });

/** Schema of JSON values, from the newest records of each partition. */
export async function inferKafka(config: KafkaConfig): Promise<Partial<KafkaConfig>> {
  if (config.format.kind === 'avro') return { schema: await registeredFields(config) };
  if (config.format.kind !== 'json' && config.format.kind !== 'json-schema')
    throw new WeirError(
      problem('S-SCHEMA', {
        path: ['schema'],
        message: 'Values in CSV have no names that a schema could be taken from.',
        expected: 'fields that are written',
        next: 'Write the fields in the order of the cells.',
      }),
    );
  const patterns = topicPatterns(config.topic) ?? [];
  const found = await withCluster(config, config.topic, (cluster) => newest(cluster, patterns, SAMPLED));
  const before = config.format.kind === 'json-schema' ? SCHEMA_ID_BYTES : 0;
  const values = found.flatMap(({ set, partition }) => recordsOf(set, partition, Infinity, before));
  const records = values.flatMap(({ value }) => {
    try {
      return value === null ? [] : [parseJson(value)];
    } catch {
      return [];
    }
  });
  const schema = inferFields(records);
  if (schema.length > 0) return { schema };
  throw new WeirError(
    problem('C-FORMAT', {
      path: ['topic'],
      message:
        values.length === 0
          ? 'The topic has no records yet that a schema could be taken from.'
          : `None of the ${values.length} newest records is a JSON object.`,
      expected: 'records in JSON',
      next: 'Write the schema yourself, or read the values as text.',
    }),
  );
}

/** Of what is written now to the topic, or the first of several. */
async function registeredFields(config: KafkaConfig): Promise<SourceField[]> {
  const path = ['config', 'connection'];
  const connection = await resolveConnection('kafka', config.connection, path);
  const registry = SchemaRegistry.of(connection, path, AbortSignal.timeout(REGISTRY_MS));
  const pattern = topicPatterns(config.topic)?.[0] ?? '';
  const topic = isPattern(pattern)
    ? await withCluster(
        config,
        config.topic,
        async (c) => (await partitionsOf(c, [pattern]))[0]?.topic ?? pattern,
      )
    : pattern;
  const subject = `${topic}-value`;
  try {
    const schema = await registry.reached(async () =>
      avroFields(await registry.avroOf(await registry.latest(subject))),
    );
    if (schema.length > 0) return schema;
    throw noFields(subject, 'has no field that a type of ours could hold');
  } catch (error) {
    if (error instanceof WeirError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw noFields(
      subject,
      error instanceof NotRegistered ? 'is not in the registry' : `cannot be read: ${why}`,
    );
  }
}

const noFields = (subject: string, why: string): WeirError =>
  new WeirError(
    problem('C-FORMAT', {
      path: ['topic'],
      message: `The schema of the subject ${showValue(subject)} ${why}.`,
      expected: 'an Avro schema of a record',
      next: 'Check topic and registry, or write the fields yourself.',
    }),
  );

/** At most `count` records of each partition, from its end. */
async function newest(
  cluster: Cluster,
  topics: readonly string[],
  count: number,
): Promise<{ readonly partition: number; readonly set: RecordSet }[]> {
  const partitions = await partitionsOf(cluster, topics);
  const ranges = await rangesOf(cluster, partitions, READ_COMMITTED);
  const found: { partition: number; set: RecordSet }[] = [];
  for (const own of partitions) {
    const range = ranges.get(partitionName(own));
    if (range === undefined || range.last <= range.first) continue;
    for (const set of await read(cluster, own, range.leader, Math.max(range.first, range.last - count)))
      found.push({ partition: own.partition, set });
  }
  return found;
}

async function read(
  cluster: Cluster,
  { topic, partition }: TopicPartition,
  nodeId: number,
  offset: number,
): Promise<readonly RecordSet[]> {
  const broker = await cluster.findBroker({ nodeId });
  const limits = { maxWaitMs: 0, maxBytes: PARTITION_BYTES, partitionBytes: PARTITION_BYTES };
  const [answer] = await fetchFrom(broker, [{ topic, partition, offset }], {
    isolation: READ_COMMITTED,
    ...limits,
  });
  return answer === undefined || answer.errorCode !== 0 ? [] : visibleRecords(answer, offset).sets;
}

/** @param before bytes of a value that are not shown */
function recordsOf(set: RecordSet, partition: number, most = SHOWN_CHARACTERS, before = 0): PeekedRecord[] {
  const shown = (from: number, until: number): string | null =>
    from < 0 ? null : textOf(set.bytes.subarray(from, until)).slice(0, most);
  return Array.from({ length: set.count }, (_, k) => ({
    partition,
    offset: set.offsets[k] as number,
    timestamp: set.timestamps[k] as number,
    key: shown(set.keyFrom[k] as number, set.keyUntil[k] as number),
    value:
      (set.valueFrom[k] as number) < 0
        ? null
        : shown((set.valueFrom[k] as number) + before, set.valueUntil[k] as number),
  }));
}

const strict = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Buffer): string {
  try {
    return strict.decode(bytes);
  } catch {
    return bytes.toString('hex');
  }
}
