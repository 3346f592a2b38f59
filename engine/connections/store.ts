/** The person's file of connections: readable by nobody else, as it holds passwords. */
import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAtomically } from '../../hosts/atomic-write.ts';
import { type Connection, zConnection } from '../contract/connections.ts';
import { readAll } from './find.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export async function listConnections(file: string): Promise<Map<string, Connection | null>> {
  const all = Object.entries(await readAll(file, []));
  return new Map(
    all
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, found]) => {
        const read = zConnection.safeParse(found);
        return [name, read.success ? read.data : null];
      }),
  );
}

export async function saveConnection(file: string, name: string, connection: Connection): Promise<void> {
  await write(file, { ...(await readAll(file, [])), [name]: connection });
}

/** Whether it was there. */
export async function removeConnection(file: string, name: string): Promise<boolean> {
  const { [name]: gone, ...rest } = await readAll(file, []);
  if (gone === undefined) return false;
  await write(file, rest);
  return true;
}

async function write(file: string, all: Record<string, unknown>): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: PRIVATE_FOLDER });
  await writeAtomically(file, `${JSON.stringify(all, null, 2)}\n`, PRIVATE_FILE);
  // A file that was there may have been open to others.
  await chmod(file, PRIVATE_FILE);
}

/** A connection in one line, without what is secret. */
export function describeConnection(connection: Connection): string {
  if (connection.kind === 'kinesis') {
    const { region, endpoint, profile, credentials } = connection;
    const parts = [`kinesis in ${region}`];
    if (endpoint !== undefined) parts.push(`at ${endpoint}`);
    if (profile !== undefined) parts.push(`profile ${profile}`);
    if (credentials !== undefined) parts.push(`key ${credentials.accessKeyId}`);
    return parts.join(', ');
  }
  const { brokers, tls, sasl, registry } = connection;
  const parts = [`kafka at ${brokers.join(', ')}`];
  if (tls !== undefined) parts.push('TLS');
  if (sasl !== undefined) parts.push(`${sasl.mechanism} as ${sasl.username}`);
  if (registry !== undefined) parts.push(`schemas at ${registry.url}`);
  return parts.join(', ');
}
