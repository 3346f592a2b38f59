/**
 * How a system is reached: brokers or a region, and how one proves who one is. A document names a connection; what it says is kept
 * by the person's machine, and never stands in a document.
 */
import { z } from 'zod';

const zHostPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, { error: 'expected host:port' });

/** SASL mechanisms that kafkajs knows and that need nothing but a name and a password. */
export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export const zKafkaConnection = z.strictObject({
  kind: z.literal('kafka'),
  brokers: z.array(zHostPort).min(1).max(100),
  /** Left out: no encryption. */
  tls: z
    .strictObject({
      /** Files in PEM: authorities to trust beside the system's, and one's own certificate. */
      caFile: z.string().min(1).optional(),
      certFile: z.string().min(1).optional(),
      keyFile: z.string().min(1).optional(),
      /** The name in the server's certificate, where it is not its host. */
      serverName: z.string().min(1).optional(),
    })
    .optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(SASL_MECHANISMS),
      username: z.string().min(1),
      password: z.string(),
    })
    .optional(),
  /** A Confluent Schema Registry, or one that speaks its protocol. */
  registry: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).refine((url) => !/^https?:\/\/[^/]*@/.test(url), {
        error: 'expected no user name or password in it',
      }),
      /** HTTP basic authentication: both or none. */
      username: z.string().min(1).optional(),
      password: z.string().optional(),
    })
    .optional(),
});
export type Registry = NonNullable<KafkaConnection['registry']>;
export type KafkaConnection = z.output<typeof zKafkaConnection>;

/** Credentials that are left out come from the AWS SDK's own chain: environment, profile, role. */
export const zKinesisConnection = z.strictObject({
  kind: z.literal('kinesis'),
  region: z
    .string()
    .regex(/^[a-z]{2,4}(-[a-z]+){1,2}-\d$/, { error: 'expected a region such as eu-central-1' }),
  /** Of a stand-in, or a private one. */
  endpoint: z.url().optional(),
  profile: z.string().min(1).optional(),
  credentials: z
    .strictObject({
      accessKeyId: z.string().min(1),
      secretAccessKey: z.string().min(1),
      sessionToken: z.string().min(1).optional(),
    })
    .optional(),
});
export type KinesisConnection = z.output<typeof zKinesisConnection>;

export const zConnection = z.discriminatedUnion('kind', [zKafkaConnection, zKinesisConnection]);
export type Connection = z.output<typeof zConnection>;

/** The name of a connection. */
export const CONNECTION_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Brokers that stand in for a connection without security: `localhost:9092, other:9092`. Null where the text is something else. */
export function plainBrokers(text: string): KafkaConnection | null {
  const brokers = text.split(',').map((part) => part.trim());
  const found = zKafkaConnection.safeParse({ kind: 'kafka', brokers });
  return found.success ? found.data : null;
}

/** For stand-ins on this machine any credentials will do, and none must be looked for elsewhere. */
const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A region, or the address of a stand-in on this machine, that stands in for a connection: `eu-central-1`, `http://localhost:4568`. */
export function plainKinesis(text: string): KinesisConnection | null {
  const given = /^https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?\/?$/.test(text)
    ? { region: 'us-east-1', endpoint: text, credentials: LOCAL }
    : { region: text };
  const found = zKinesisConnection.safeParse({ kind: 'kinesis', ...given });
  return found.success ? found.data : null;
}

/** A connection as the studio sees it: without what is secret. */
export interface KnownConnection {
  readonly name: string;
  /** In one line; null: what is kept of it cannot be read. */
  readonly text: string | null;
}

/** What a connection reaches. */
export interface Reached {
  /** Brokers and the schema registry, or the region. */
  readonly at: readonly string[];
  /** Topics or streams that this user may see, without those of the system. */
  readonly places: readonly string[];
}

/** Something that a source can read: a topic, with its partitions. */
export interface Place {
  readonly name: string;
  readonly partitions: number;
  /** That are there now, about. */
  readonly records: number;
}

/** A record as it stands there, its texts cut to what one looks at. */
export interface PeekedRecord {
  readonly partition: number;
  readonly offset: number;
  /** ms since the epoch. */
  readonly timestamp: number;
  readonly key: string | null;
  /** Null: none. Bytes that are no text are shown in hexadecimal. */
  readonly value: string | null;
}
