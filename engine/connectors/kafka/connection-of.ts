import { findConnection } from '../../connections/find.ts';
import { CONNECTION_NAME, type KafkaConnection, plainBrokers } from '../../contract/connections.ts';
import { type Problem, problem, showValue, WeirError } from '../../contract/problems.ts';

/** What the setting `connection` names: a Kafka connection, or brokers without security. */
export async function connectionOf(name: string, path: Problem['path']): Promise<KafkaConnection> {
  const plain = plainBrokers(name);
  if (plain !== null) return plain;
  if (!CONNECTION_NAME.test(name))
    throw new WeirError(
      problem('S-VALUE', {
        path,
        message: `${showValue(name)} is neither the name of a connection nor brokers.`,
        value: showValue(name),
        expected: 'a name of letters, digits, "-" and "_", or brokers as host:port',
        next: 'Correct it.',
      }),
    );
  const found = await findConnection(name, path);
  if (found.kind === 'kafka') return found;
  throw new WeirError(
    problem('S-VALUE', {
      path,
      message: `The connection ${showValue(name)} is one to ${found.kind}.`,
      value: showValue(name),
      expected: 'a connection to Kafka',
      next: 'Name another, or add one with "weir connections add".',
    }),
  );
}
