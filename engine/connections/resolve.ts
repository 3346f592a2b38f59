import {
  CONNECTION_NAME,
  type Connection,
  type KafkaConnection,
  type KinesisConnection,
  plainBrokers,
  plainKinesis,
} from '../contract/connections.ts';
import { type Problem, problem, showValue, WeirError } from '../contract/problems.ts';
import { type ConnectionPlace, knownConnection, noConnection } from './find.ts';

interface Kinds {
  readonly kafka: KafkaConnection;
  readonly kinesis: KinesisConnection;
}

const PLAIN: { readonly [K in keyof Kinds]: (text: string) => Kinds[K] | null } = {
  kafka: plainBrokers,
  kinesis: plainKinesis,
};
const INSTEAD = { kafka: 'brokers as host:port', kinesis: 'a region such as eu-central-1' } as const;

/** What the setting `connection` names, of the kind that the node needs. @throws WeirError */
export async function resolveConnection<K extends keyof Kinds>(
  kind: K,
  name: string,
  path: Problem['path'],
): Promise<Kinds[K]> {
  const isName = CONNECTION_NAME.test(name);
  // A name may look like a region: who knows it comes first.
  const found = (isName ? await knownConnection(name, path) : null) ?? PLAIN[kind](name);
  if (found === null && isName) throw await noConnection(name, path);
  if (found === null)
    throw new WeirError(
      problem('S-VALUE', {
        path,
        message: `${showValue(name)} is neither the name of a connection nor ${INSTEAD[kind]}.`,
        value: showValue(name),
        expected: `a name of letters, digits, "-" and "_", or ${INSTEAD[kind]}`,
        next: 'Correct it.',
      }),
    );
  if (found.kind === kind) return found as Kinds[K];
  throw new WeirError(
    problem('S-VALUE', {
      path,
      message: `The connection ${showValue(name)} is one to ${found.kind}.`,
      value: showValue(name),
      expected: `a connection to ${kind}`,
      next: 'Name another, or add one with "weir connections add".',
    }),
  );
}

/** Where a node names its connection. */
export const connectionPath = (nodeId: string): Problem['path'] => ['nodes', nodeId, 'config', 'connection'];

/** Of a node. @throws WeirError */
export const connectionOf = <K extends keyof Kinds>(
  kind: K,
  { nodeId, config }: { readonly nodeId: string; readonly config: { readonly connection: string } },
): Promise<Kinds[K]> => resolveConnection(kind, config.connection, connectionPath(nodeId));

/** Of any kind: by name, or as it stands there. */
export async function anyConnection(text: string, place: ConnectionPlace): Promise<Connection> {
  const known = CONNECTION_NAME.test(text) ? await knownConnection(text, [], place) : null;
  const found = known ?? plainBrokers(text) ?? plainKinesis(text);
  if (found === null) throw await noConnection(text, [], place);
  return found;
}
