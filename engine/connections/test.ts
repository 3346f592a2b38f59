import type { Connection, Reached } from '../contract/connections.ts';

/** What a connection reaches. Each kind loads its library when it is asked. @throws WeirError with what failed exactly */
export async function testConnection(connection: Connection): Promise<Reached> {
  switch (connection.kind) {
    case 'kafka':
      return (await import('../connectors/kafka/test-connection.ts')).testKafka(connection);
    case 'kinesis':
      return (await import('../connectors/kinesis/test-connection.ts')).testKinesis(connection);
  }
}
