/** What a connection reaches, or why it reaches nothing. */
import type { KafkaConnection, Reached } from '../../contract/connections.ts';
import { kafkaOf } from './client.ts';
import { kafkaError } from './errors.ts';

/** @throws WeirError with what failed exactly */
export async function testKafka(connection: KafkaConnection): Promise<Reached> {
  try {
    const admin = (await kafkaOf(connection, 'weir-test')).admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      const topics = await admin.listTopics();
      return {
        at: brokers.map(({ host, port }) => `${host}:${port}`),
        places: topics.filter((name) => !name.startsWith('__')).sort(),
      };
    } finally {
      await admin.disconnect();
    }
  } catch (error) {
    throw kafkaError(error, { nodeId: null, brokers: connection.brokers, topics: '' });
  }
}
