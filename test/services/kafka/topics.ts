/** What tests do with a broker beside the engine: make topics, write records, and read as Java's own client does. */
import { type Admin, Kafka, logLevel, type Message } from 'kafkajs';
import { withAdmin as withAdminOf } from '../../../engine/connectors/kafka/client.ts';
import type { KafkaBroker } from './broker.ts';

const kafkaOf = (broker: KafkaBroker): Kafka =>
  new Kafka({ clientId: 'test', brokers: [broker.address], logLevel: logLevel.NOTHING });

export const withAdmin = <T>(broker: KafkaBroker, work: (admin: Admin) => Promise<T>): Promise<T> =>
  withAdminOf(kafkaOf(broker), work);

/** Topics of tests that share a broker have names of their own. */
let made = 0;

export async function newTopic(
  broker: KafkaBroker,
  name: string,
  partitions = 1,
  config: Readonly<Record<string, string>> = {},
): Promise<string> {
  const topic = `${name}-${process.pid}-${++made}`;
  const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
  await withAdmin(broker, (admin) =>
    admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] }),
  );
  return topic;
}

export async function produce(
  broker: KafkaBroker,
  topic: string,
  messages: readonly Message[],
  { transaction }: { readonly transaction?: 'commit' | 'abort' } = {},
): Promise<void> {
  const producer = kafkaOf(broker).producer(
    transaction === undefined
      ? {}
      : { transactionalId: `test-${++made}`, idempotent: true, maxInFlightRequests: 1 },
  );
  await producer.connect();
  try {
    if (transaction === undefined) await producer.send({ topic, messages: [...messages] });
    else {
      const open = await producer.transaction();
      await open.send({ topic, messages: [...messages] });
      await open[transaction]();
    }
  } finally {
    await producer.disconnect();
  }
}

export interface ReadRecord {
  readonly partition: number;
  readonly key: string | null;
  /** Null: a tombstone. */
  readonly value: string | null;
}

const NULL = '\u0001null';

/** All committed records of a topic, by the console consumer of the broker's own jars. For keys and values without tabs and line ends. */
export async function readByJava(broker: KafkaBroker, topic: string): Promise<ReadRecord[]> {
  const properties = ['print.key=true', 'print.partition=true', `null.literal=${NULL}`];
  const text = await broker.tool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', broker.address, '--topic', topic, '--from-beginning', '--timeout-ms', '2000'],
    ...['--command-property', 'isolation.level=read_committed'],
    ...properties.flatMap((property) => ['--formatter-property', property]),
  ]);
  return text
    .split('\n')
    .filter((line) => line.startsWith('Partition:'))
    .map((line) => {
      const [partition = '', key = '', ...value] = line.split('\t');
      const found = value.join('\t');
      return {
        partition: Number(partition.slice('Partition:'.length)),
        key: key === NULL ? null : key,
        value: found === NULL ? null : found,
      };
    });
}
