/** The connections of the person whose engine this is, as the studio asks for them. */
import type { Connections } from '../coordinator/connections.ts';
import { type ConnectionPlace, systemPlace } from './find.ts';
import { anyConnection } from './resolve.ts';
import { describeConnection, listConnections, removeConnection, saveConnection } from './store.ts';
import { testConnection } from './test.ts';

export function connectionsOf(place: ConnectionPlace = systemPlace()): Connections {
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
      return testConnection(
        typeof connection === 'string' ? await anyConnection(connection, place) : connection,
      );
    },
  };
}
