/** What is asked of the engine about connections and what can be read through them. */
import type {
  Connection,
  KnownConnection,
  PeekedRecord,
  Place,
  Reached,
} from '../../engine/contract/connections.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { engineReady } from '../engine-client/ready.ts';
import type { Studio } from '../store/studio.ts';

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Request = Parameters<Studio['engine']['request']>[0];

async function ask<T>(studio: Studio, request: Request): Promise<Answer<T>> {
  await engineReady(studio);
  const reply = await studio.engine.request(request);
  return reply.ok
    ? { ok: true, value: reply.result as T }
    : { ok: false, problems: reply.problems as readonly Problem[] };
}

type Known = readonly KnownConnection[];

export const listConnections = (studio: Studio) => ask<Known>(studio, { type: 'connections.list' });
export const saveConnection = (studio: Studio, name: string, connection: Connection) =>
  ask<Known>(studio, { type: 'connections.save', name, connection });
export const removeConnection = (studio: Studio, name: string) =>
  ask<Known>(studio, { type: 'connections.remove', name });
export const testConnection = (studio: Studio, connection: string | Connection) =>
  ask<Reached>(studio, { type: 'connections.test', connection });

/** The node's type and settings say where to look. */
export interface Asked {
  readonly nodeType: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export const browse = (studio: Studio, { nodeType, config }: Asked) =>
  ask<readonly Place[]>(studio, { type: 'source.browse', nodeType, config });
export const peek = (studio: Studio, { nodeType, config }: Asked, place: string) =>
  ask<readonly PeekedRecord[]>(studio, { type: 'source.peek', nodeType, config, place });
