/** What a connection reaches, or why it reaches nothing. */
import type { KafkaConnection, Reached } from '../../contract/connections.ts';
import { kafkaOf, withAdmin } from './client.ts';
import { kafkaError } from './errors.ts';
import { SchemaRegistry } from './registry.ts';

/** @throws WeirError with what failed exactly */
export async function testKafka(connection: KafkaConnection): Promise<Reached> {
  try {
    return await withAdmin(await kafkaOf(connection, 'weir-test'), async (admin) => {
      const { brokers } = await admin.describeCluster();
      const topics = await admin.listTopics();
      const { registry } = connection;
      if (registry !== undefined) await new SchemaRegistry(registry, [], new AbortController().signal).test();
      return {
        at: [
          ...brokers.map(({ host, port }) => `${host}:${port}`),
          ...(registry === undefined ? [] : [registry.url]),
        ],
        places: topics.filter((name) => !name.startsWith('__')).sort(),
      };
    });
  } catch (error) {
    throw kafkaError(error, { nodeId: null, brokers: connection.brokers, topics: '' });
  }
}
