/** Producers of kafkajs, as the sink uses them: records in, errors as kafkajs says them. Loaded by a sink that is opened. */
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import kafkajs, { type Kafka, type Message, type Producer, type Transaction } from 'kafkajs';
import type { KafkaConnection } from '../../contract/connections.ts';
import { kafkaOf, withAdmin } from '../kafka/client.ts';
import { patiently } from '../kafka/retry.ts';
import type { OutRecord } from './messages.ts';

/** A CommonJS module: Node does not see all of its names. */
const { CompressionCodecs, CompressionTypes, Partitioners } = kafkajs;

// The broker may be away for a while: no record is lost in that time, and a stop does not wait for it.
const RETRY = { initialRetryTime: 50, maxRetryTime: 1000, retries: 60 };

// https://kafka.apache.org/documentation/#compression.type ; kafkajs knows only gzip by itself.
const compress = promisify(zstdCompress);
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: (encoder: { readonly buffer: Buffer }) => compress(encoder.buffer),
});

const COMPRESSIONS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  zstd: CompressionTypes.ZSTD,
} as const;

export interface WriteOptions {
  readonly topic: string;
  readonly compression: keyof typeof COMPRESSIONS;
}

const ALL_REPLICAS = -1;

export const producersOf = (connection: KafkaConnection): Promise<Kafka> =>
  kafkaOf(connection, 'weir', RETRY);

/** Partitions of the topic. @throws what kafkajs throws, where there is none */
export const partitionCount = (kafka: Kafka, topic: string): Promise<number> =>
  withAdmin(kafka, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length ?? 0;
  });

/** What was committed last through a transactional id: of which start of which sink, and its number. */
export interface Marker {
  readonly token: string;
  readonly seq: number;
}

const groupOf = (id: string): string => `weir-commits-${id}`;

/** By transactional id; null where nothing was committed through it. */
export const readMarkers = (
  kafka: Kafka,
  topic: string,
  ids: readonly string[],
): Promise<Map<string, Marker | null>> =>
  withAdmin(kafka, async (admin) => {
    const found = await Promise.all(
      ids.map(async (id): Promise<[string, Marker | null]> => {
        const groupId = groupOf(id);
        const [own] = await patiently(() => admin.fetchOffsets({ groupId, topics: [topic] }));
        const at = own?.partitions.find(({ partition }) => partition === 0);
        const isThere = at !== undefined && Number(at.offset) >= 0;
        return [id, isThere ? { token: at.metadata ?? '', seq: Number(at.offset) } : null];
      }),
    );
    return new Map(found);
  });

/** Records of a partition keep their order, and none is written twice because an answer was lost. */
const IN_ORDER = {
  idempotent: true,
  maxInFlightRequests: 1,
  allowAutoTopicCreation: false,
  createPartitioner: Partitioners.DefaultPartitioner,
  retry: RETRY,
} as const;

export class PlainProducer {
  readonly #producer: Producer;
  readonly #options: WriteOptions;

  constructor(kafka: Kafka, options: WriteOptions) {
    this.#options = options;
    this.#producer = kafka.producer(IN_ORDER);
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  async send(records: readonly OutRecord[]): Promise<void> {
    if (records.length > 0) await this.#producer.send(batchOf(records, this.#options));
  }

  disconnect(): Promise<void> {
    return this.#producer.disconnect();
  }
}

/** One transactional id: at most one transaction at a time. */
export class TransactionalProducer {
  readonly id: string;
  readonly #producer: Producer;
  readonly #options: WriteOptions;
  #transaction: Transaction | null = null;

  constructor(kafka: Kafka, id: string, timeoutMs: number, options: WriteOptions) {
    this.id = id;
    this.#options = options;
    this.#producer = kafka.producer({
      ...IN_ORDER,
      transactionalId: id,
      transactionTimeout: timeoutMs,
    });
  }

  /** The first time: fences whoever has this id, and what that left open is settled when this resolves. */
  async begin(): Promise<void> {
    if (this.#transaction !== null) return;
    await this.#producer.connect();
    this.#transaction = await this.#producer.transaction();
  }

  async send(records: readonly OutRecord[]): Promise<void> {
    if (records.length > 0) await this.#open.send(batchOf(records, this.#options));
  }

  /** All that was sent becomes visible, and with it the marker. */
  async commit({ token, seq }: Marker): Promise<void> {
    const transaction = this.#open;
    const { topic } = this.#options;
    const partitions = [{ partition: 0, offset: String(seq), metadata: token }];
    await patiently(() =>
      transaction.sendOffsets({ consumerGroupId: groupOf(this.id), topics: [{ topic, partitions }] }),
    );
    await transaction.commit();
    this.#transaction = null;
  }

  /** Gives up what is open. */
  async disconnect(): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = null;
    await transaction?.abort().catch(() => {});
    await this.#producer.disconnect();
  }

  get #open(): Transaction {
    if (this.#transaction === null) throw new Error('no transaction was begun');
    return this.#transaction;
  }
}

const batchOf = (records: readonly OutRecord[], { topic, compression }: WriteOptions) => ({
  topic,
  acks: ALL_REPLICAS,
  compression: COMPRESSIONS[compression],
  messages: records.map(messageOf),
});

function messageOf({ key, value, timestamp, partition, headers }: OutRecord): Message {
  return {
    key,
    value,
    ...(timestamp === null ? {} : { timestamp: String(timestamp) }),
    ...(partition === null ? {} : { partition }),
    ...(headers.length === 0 ? {} : { headers: headersOf(headers) }),
  };
}

/** kafkajs cannot write a header without a value: it becomes an empty one. */
function headersOf(headers: OutRecord['headers']): Record<string, Buffer | Buffer[]> {
  const all: Record<string, Buffer | Buffer[]> = {};
  for (const [name, value] of headers) {
    const bytes = value ?? Buffer.alloc(0);
    const before = all[name];
    all[name] = before === undefined ? bytes : [...(Array.isArray(before) ? before : [before]), bytes];
  }
  return all;
}
