/** kafkajs, set up for a connection. Loaded by who opens a node: it is a tenth of a second of a start. */
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { type Admin, Kafka, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import loggers from 'kafkajs/src/loggers/index.js';
import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import makeSocketFactory from 'kafkajs/src/network/socketFactory.js';
import type { KafkaConnection } from '../../contract/connections.ts';
import type { Isolation } from './isolation.ts';

/** After every answer it sets a timer for a time that lies in the past, which Node warns about: there is nothing to send, so none is needed. */
const { scheduleCheckPendingRequests } = RequestQueue.prototype;
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) scheduleCheckPendingRequests.call(this);
};

/**
 * What a connection had of an answer when it was cut must not stand before the first answer of the next one: kafkajs keeps it, and
 * never finds the end of any answer again (`test/kafka/network.kafka.ts`).
 */
const { connect } = Connection.prototype;
Connection.prototype.connect = function (this: Connection): Promise<boolean> {
  if (!this.isConnected()) Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: SIZE_BYTES });
  return connect.call(this);
};
/** Every answer begins with how long it is. */
const SIZE_BYTES = 4;

/** ms; a broker that is there answers a connection at once. */
const CONNECT_MS = 3000;
const REQUEST_MS = 30_000;
/** While a node opens: a start must say within some seconds that nobody is there. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 1000, retries: 4 };

async function security({ tls, sasl }: KafkaConnection): Promise<{
  readonly ssl: ConnectionOptions | undefined;
  readonly sasl: SASLOptions | undefined;
}> {
  const read = async (file: string | undefined) => (file === undefined ? undefined : await readFile(file));
  const ssl =
    tls === undefined
      ? undefined
      : omitUndefined({
          ca: await read(tls.caFile),
          cert: await read(tls.certFile),
          key: await read(tls.keyFile),
          servername: tls.serverName,
        });
  return { ssl, sasl };
}

const omitUndefined = <T extends object>(of: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };

/** Its own words go nowhere: what matters comes as an error, and its log lines would stand between the output of `weir run`. */
const silent = () => () => {};

/** For producers and the admin's calls. */
export async function kafkaOf(
  connection: KafkaConnection,
  clientId: string,
  retry: RetryOptions = RETRY,
): Promise<Kafka> {
  const { ssl, sasl } = await security(connection);
  return new Kafka({
    clientId,
    brokers: [...connection.brokers],
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    retry,
    logLevel: logLevel.NOTHING,
    logCreator: silent,
  });
}

export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** How long who leaves waits for answers, ms. */
const LEAVE_MS = 500;
const sockets = new WeakMap<Cluster, Set<Socket>>();

/** kafkajs waits for every answer that is due, and a broker that is silent gives none for half a minute. */
export async function leave(cluster: Cluster): Promise<void> {
  const timer = setTimeout(() => {
    for (const socket of sockets.get(cluster) ?? []) socket.destroy(new Error('the run has left'));
  }, LEAVE_MS);
  await cluster.disconnect().catch(() => {});
  clearTimeout(timer);
}

/** For reading: kafkajs's connections and metadata, without its consumer (decision 0028). */
export async function clusterOf(
  connection: KafkaConnection,
  clientId: string,
  isolationLevel: Isolation,
): Promise<Cluster> {
  const { ssl, sasl } = await security(connection);
  const makeSocket = makeSocketFactory();
  const open = new Set<Socket>();
  const cluster = new Cluster({
    logger: loggers.createLogger({ level: logLevel.NOTHING, logCreator: silent }),
    socketFactory: (where: unknown): Socket => {
      const socket = makeSocket(where);
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      return socket;
    },
    brokers: connection.brokers,
    clientId,
    ssl,
    sasl,
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    enforceRequestTimeout: true,
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel,
    retry: RETRY,
  });
  sockets.set(cluster, open);
  await cluster.connect();
  await cluster.refreshMetadata();
  return cluster;
}
export type { Cluster };
