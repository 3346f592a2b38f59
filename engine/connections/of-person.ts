/** The connections of the person whose engine this is, as the studio asks for them. */
import { type Connection, plainBrokers } from '../contract/connections.ts';
import type { Connections } from '../coordinator/connections.ts';
import { type ConnectionPlace, findConnection, systemPlace } from './find.ts';
import { describeConnection, listConnections, removeConnection, saveConnection } from './store.ts';

export function connectionsOf(place: ConnectionPlace = systemPlace()): Connections {
  const resolve = async (connection: string | Connection): Promise<Connection> =>
    typeof connection === 'string'
      ? (plainBrokers(connection) ?? (await findConnection(connection, [], place)))
      : connection;
  return {
    async list() {
      return [...(await listConnections(place.file))].map(([name, found]) => ({
        name,
        text: found === null ? null : describeConnection(found),
      }));
    },
    save: (name, connection) => saveConnection(place.file, name, connection),
    async remove(name) {
      await removeConnection(place.file, name);
    },
    async test(connection) {
      const { testKafka } = await import('../connectors/kafka/test-connection.ts');
      return testKafka(await resolve(connection));
    },
  };
}
