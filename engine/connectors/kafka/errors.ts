/** What kafkajs and brokers say, as problems that say what to do. */
import { type Problem, type ProblemCode, problem, showValue, WeirError } from '../../contract/problems.ts';

/** Where it happened: the setting of the node that decides about it. */
export interface KafkaPlace {
  /** Null: no node, but the connection itself was tried. */
  readonly nodeId: string | null;
  readonly brokers: readonly string[];
  readonly topics: string;
}

interface Known {
  readonly code: ProblemCode;
  readonly setting: string;
  say(place: KafkaPlace): string;
  readonly expected: string;
  readonly next: string;
}

/** The transactional id belongs to a later producer, or the brokers gave its transaction up. */
const FENCED: Known = {
  code: 'C-ACCESS',
  setting: 'transactionalId',
  say: () =>
    'This run was fenced off: another one writes with its transactional id, or its transaction timed out.',
  expected: 'one run for a transactional id, and checkpoints within the transaction timeout',
  next: 'End the other run, or give this one another transactional id; take checkpoints more often, or raise the timeout.',
};

/** By the broker's name of the error. */
const OF_BROKERS: Readonly<Record<string, Known>> = {
  UNKNOWN_TOPIC_OR_PARTITION: {
    code: 'C-MISSING',
    setting: 'topic',
    say: ({ topics, brokers }) => `The brokers at ${brokers.join(', ')} have no topic ${showValue(topics)}.`,
    expected: 'a topic that exists',
    next: 'Check the name, or create the topic: Weir does not make topics.',
  },
  INVALID_TOPIC_EXCEPTION: {
    code: 'S-VALUE',
    setting: 'topic',
    say: ({ topics }) => `${showValue(topics)} cannot be the name of a topic.`,
    expected: 'letters, digits, ".", "_" and "-"',
    next: 'Correct the name.',
  },
  TOPIC_AUTHORIZATION_FAILED: {
    code: 'C-ACCESS',
    setting: 'connection',
    say: ({ topics }) => `The user of this connection may not use the topic ${showValue(topics)}.`,
    expected: 'the right to read (for a sink: to write) the topic',
    next: 'Ask who runs the brokers for an ACL, or use another connection.',
  },
  GROUP_AUTHORIZATION_FAILED: {
    code: 'C-ACCESS',
    setting: 'group',
    say: () => 'The user of this connection may not use this consumer group.',
    expected: 'the right to read the group',
    next: 'Ask for an ACL, use another group, or leave it out.',
  },
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: {
    code: 'C-ACCESS',
    setting: 'transactionalId',
    say: () => 'The user of this connection may not use this transactional id.',
    expected: 'the right to write with it',
    next: 'Ask for an ACL on the transactional id, or set the guarantee of the run to at-least-once.',
  },
  CLUSTER_AUTHORIZATION_FAILED: {
    code: 'C-ACCESS',
    setting: 'connection',
    say: () => 'The user of this connection may not do this on the cluster.',
    expected: 'the right to write idempotently',
    next: 'Ask who runs the brokers for an ACL, or use another connection.',
  },
  INVALID_PRODUCER_EPOCH: FENCED,
  PRODUCER_FENCED: FENCED,
  MESSAGE_TOO_LARGE: {
    code: 'C-LIMIT',
    setting: 'topic',
    say: ({ topics }) => `A record is larger than the topic ${showValue(topics)} takes.`,
    expected: 'records below max.message.bytes of the topic',
    next: 'Raise max.message.bytes, compress, or write less into a record.',
  },
};

/** By the name of kafkajs's error. */
const OF_CLIENT: Readonly<Record<string, Known>> = {
  KafkaJSSASLAuthenticationError: {
    code: 'C-ACCESS',
    setting: 'connection',
    say: ({ brokers }) => `The brokers at ${brokers.join(', ')} refuse the user name or password.`,
    expected: 'credentials that the brokers know',
    next: 'Correct user, password and mechanism of the connection.',
  },
};

/** What kafkajs, brokers and sockets say as a problem; everything else as it is. Never holds a password: kafkajs does not print any. */
export function kafkaError(error: unknown, place: KafkaPlace): Error {
  if (error instanceof WeirError) return error;
  const inner = innermost(error);
  const isOurs =
    !(inner instanceof Error) || !(inner.name.startsWith('KafkaJS') || 'code' in inner || 'type' in inner);
  if (isOurs) return inner instanceof Error ? inner : new Error(String(inner));
  const known = OF_BROKERS[typeOf(inner)] ?? OF_CLIENT[nameOf(inner)] ?? null;
  const found: Problem =
    known === null
      ? unreached(inner, place)
      : asProblem(known, place, `The broker says: ${messageOf(inner)}`);
  return new WeirError(found, { cause: error });
}

function asProblem(known: Known, place: KafkaPlace, said: string): Problem {
  const { code, setting, expected, next } = known;
  const value = setting === 'topic' ? place.topics : undefined;
  return problem(code, {
    path: pathOf(place, setting),
    message: `${known.say(place)} ${said}`,
    ...(value === undefined ? {} : { value: showValue(value) }),
    expected,
    next,
  });
}

const pathOf = ({ nodeId }: KafkaPlace, setting: string): Problem['path'] =>
  nodeId === null ? [] : ['nodes', nodeId, 'config', setting];

function unreached(error: unknown, place: KafkaPlace): Problem {
  const { brokers } = place;
  const text = messageOf(error);
  const tls = /wrong version number|EPROTO|certificate|self-signed|ssl|tls/i.test(text);
  return problem('C-ACCESS', {
    path: pathOf(place, 'connection'),
    message: `Kafka at ${brokers.join(', ')} cannot be used: ${text}.`,
    value: showValue(brokers.join(', ')),
    expected: tls ? 'a port that speaks TLS, with a certificate that is trusted' : 'brokers that answer',
    next: tls
      ? 'Check whether this port wants TLS, and the authorities that the connection trusts.'
      : 'Check that the brokers run, the addresses, the network, and that advertised.listeners can be reached from here.',
  });
}

/** kafkajs wraps: after retries the cause is further in. */
function innermost(error: unknown): unknown {
  let at = error;
  for (let depth = 0; depth < 8; depth++) {
    const { cause, originalError } = at as { cause?: unknown; originalError?: unknown };
    const next = originalError ?? cause;
    if (!(next instanceof Error)) return at;
    at = next;
  }
  return at;
}

const typeOf = (error: unknown): string => {
  const { type } = (error ?? {}) as { type?: unknown };
  return typeof type === 'string' ? type : '';
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '').slice(0, 300);
