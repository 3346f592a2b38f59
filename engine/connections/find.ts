/** Finds a connection by its name: in the environment, then in the person's file. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { configDir } from '../../hosts/config-dir.ts';
import { type Connection, zConnection } from '../contract/connections.ts';
import { nearest, type Problem, problem, showValue, WeirError } from '../contract/problems.ts';

export interface ConnectionPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file of all connections: an object by name. */
  readonly file: string;
}

export function systemPlace(env = process.env, platform = process.platform): ConnectionPlace {
  const file = env['WEIR_CONNECTIONS'];
  return { env, file: file ?? join(configDir({ env, platform, home: homedir() }), 'connections.json') };
}

/** `orders-eu` is looked for as WEIR_CONNECTION_ORDERS_EU. */
export const envName = (name: string): string => `WEIR_CONNECTION_${name.toUpperCase().replaceAll('-', '_')}`;

/**
 * Null where nobody knows the name.
 * @param path of the setting that names it
 * @throws WeirError C-FORMAT where what is kept is no connection. No message holds a secret.
 */
export async function knownConnection(
  name: string,
  path: Problem['path'],
  place: ConnectionPlace = systemPlace(),
): Promise<Connection | null> {
  const variable = envName(name);
  const text = place.env[variable];
  if (text !== undefined) return readConnection(parse(text, variable, path), variable, path);
  const all = await readAll(place.file, path);
  return Object.hasOwn(all, name) ? readConnection(all[name], `${place.file}, ${name}`, path) : null;
}

/** What to say where nobody knows the name. */
export async function noConnection(
  name: string,
  path: Problem['path'],
  place: ConnectionPlace = systemPlace(),
): Promise<WeirError> {
  const near = nearest(name, Object.keys(await readAll(place.file, path)));
  return new WeirError(
    problem('C-MISSING', {
      path,
      message: `There is no connection called ${showValue(name)} on this machine.`,
      value: showValue(name),
      expected:
        near === null
          ? 'the name of a connection, or where the system is'
          : `a connection that is there, such as ${showValue(near)}`,
      next: `Add it with "weir connections add ${name} …", or set ${envName(name)}.`,
    }),
  );
}

/** By name; nothing where there is no file. */
export async function readAll(file: string, path: Problem['path']): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new WeirError(
      problem('C-ACCESS', {
        path,
        message: `The file of connections cannot be read: ${file}.`,
        expected: 'a file that only you can read',
        next: 'Check its permissions.',
      }),
      { cause: error },
    );
  }
  const found = parse(text, file, path);
  if (typeof found === 'object' && found !== null && !Array.isArray(found))
    return found as Record<string, unknown>;
  throw unreadable(file, 'an object: connections by name', path);
}

function parse(text: string, where: string, path: Problem['path']): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would show a piece of the text, which may be a password.
    throw unreadable(where, 'JSON', path);
  }
}

function readConnection(found: unknown, where: string, path: Problem['path']): Connection {
  const result = zConnection.safeParse(found);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  throw unreadable(where, `${at}${issue?.message ?? 'a connection'}`, path);
}

const unreadable = (where: string, expected: string, path: Problem['path']): WeirError =>
  new WeirError(
    problem('C-FORMAT', {
      path,
      message: `What ${where} says is no connection.`,
      expected,
      next: 'Mend it, or make it anew with "weir connections add".',
    }),
  );
