/** The studio's requests about connections. */
import type { Connection, KnownConnection, Reached } from '../contract/connections.ts';
import type { ToEngine } from '../contract/link.ts';
import { problem, WeirError } from '../contract/problems.ts';

/** What the engine process keeps and reaches for a person. */
export interface Connections {
  list(): Promise<readonly KnownConnection[]>;
  save(name: string, connection: Connection): Promise<void>;
  remove(name: string): Promise<void>;
  /** @throws WeirError with what failed exactly */
  test(connection: string | Connection): Promise<Reached>;
}

export async function answerConnections(
  connections: Connections | undefined,
  message: Extract<ToEngine, { readonly type: `connections.${string}` }>,
): Promise<unknown> {
  if (connections === undefined)
    throw new WeirError(
      problem('C-ACCESS', {
        path: [],
        message: 'This engine keeps no connections.',
        next: 'Start the studio with npm start or weir serve.',
      }),
    );
  switch (message.type) {
    case 'connections.list':
      return connections.list();
    case 'connections.save':
      await connections.save(message.name, message.connection);
      return connections.list();
    case 'connections.remove':
      await connections.remove(message.name);
      return connections.list();
    case 'connections.test':
      return connections.test(message.connection);
  }
}
