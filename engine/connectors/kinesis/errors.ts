/** What the SDK and the service say, as problems that say what to do. */
import { type Problem, type ProblemCode, problem, showValue, WeirError } from '../../contract/problems.ts';

export interface KinesisPlace {
  /** Null: no node, but the connection itself was tried. */
  readonly nodeId: string | null;
  readonly where: string;
  readonly stream: string;
}

interface Known {
  readonly code: ProblemCode;
  readonly setting: 'connection' | 'stream';
  say(place: KinesisPlace): string;
  readonly expected: string;
  readonly next: string;
}

const SIGNED: Known = {
  code: 'C-ACCESS',
  setting: 'connection',
  say: ({ where }) => `Kinesis (${where}) refuses the credentials.`,
  expected: 'credentials that are known there, and a clock that is right',
  next: 'Check the key, its secret and the profile; sign in again where they are temporary.',
};

/** By the name of the service's error. */
const KNOWN: Readonly<Record<string, Known>> = {
  ResourceNotFoundException: {
    code: 'C-MISSING',
    setting: 'stream',
    say: ({ stream, where }) => `There is no stream ${showValue(stream)} in ${where}.`,
    expected: 'a stream that exists',
    next: 'Check its name and the region, or create it: Weir does not make streams.',
  },
  AccessDeniedException: {
    code: 'C-ACCESS',
    setting: 'connection',
    say: ({ stream }) => `The user of this connection may not use the stream ${showValue(stream)}.`,
    expected: 'the right to do so',
    next: 'Ask for an IAM policy with kinesis:ListShards, GetShardIterator, GetRecords (for a sink: PutRecords).',
  },
  ExpiredTokenException: {
    ...SIGNED,
    say: ({ where }) => `The credentials for Kinesis (${where}) have expired.`,
    next: 'Sign in again.',
  },
  UnrecognizedClientException: SIGNED,
  InvalidSignatureException: SIGNED,
  IncompleteSignature: SIGNED,
  MissingAuthenticationTokenException: SIGNED,
  CredentialsProviderError: {
    ...SIGNED,
    say: () => 'No AWS credentials were found on this machine.',
    expected: 'credentials in the environment, a profile, or the connection',
    next: 'Sign in with the AWS command line, set AWS_PROFILE, or add a connection with "weir connections add".',
  },
};

/** What can be tried again: throttling, and a service or network that stumbles. */
const PASSING = new Set([
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'ThrottlingException',
  'KMSThrottlingException',
  'InternalFailure',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
  'AbortError',
]);

export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof WeirError) return false;
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    PASSING.has(error.name) ||
    status >= 500 ||
    status === 429 ||
    (typeof code === 'string' && code.startsWith('E'))
  );
}

/** What the SDK says as a problem; errors that are not its own as they are. */
export function kinesisError(error: unknown, place: KinesisPlace): Error {
  if (error instanceof WeirError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  const known = KNOWN[error.name];
  const isOfSdk =
    '$metadata' in error || '$fault' in error || 'code' in error || error.name === 'TimeoutError';
  if (known === undefined && !isOfSdk) return error;
  return new WeirError(known === undefined ? other(error, place) : asProblem(known, place, error), {
    cause: error,
  });
}

const pathOf = ({ nodeId }: KinesisPlace, setting: string): Problem['path'] =>
  nodeId === null ? [] : ['nodes', nodeId, 'config', setting];

function asProblem(known: Known, place: KinesisPlace, error: Error): Problem {
  return problem(known.code, {
    path: pathOf(place, known.setting),
    message: `${known.say(place)} The service says: ${textOf(error)}`,
    value: showValue(known.setting === 'stream' ? place.stream : place.where),
    expected: known.expected,
    next: known.next,
  });
}

const other = (error: Error, place: KinesisPlace): Problem =>
  problem('C-ACCESS', {
    path: pathOf(place, 'connection'),
    message: `Kinesis (${place.where}) cannot be used: ${textOf(error)}.`,
    value: showValue(place.where),
    expected: 'a service that answers',
    next: 'Check the region or endpoint, and the network.',
  });

const textOf = (error: Error): string => {
  const text = error.message === '' ? error.name : error.message;
  return text.replace(/\.$/, '').slice(0, 300);
};
