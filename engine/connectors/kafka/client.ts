/** kafkajs, set up for a connection. Loaded by who opens a node: it is a tenth of a second of a start. */
import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { type Admin, Kafka, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import loggers from 'kafkajs/src/loggers/index.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import makeSocketFactory from 'kafkajs/src/network/socketFactory.js';
import type { KafkaConnection } from '../../contract/connections.ts';
import type { Isolation } from './isolation.ts';

/** After every answer it sets a timer for a time that lies in the past, which Node warns about: there is nothing to send, so none is needed. */
const { scheduleCheckPendingRequests } = RequestQueue.prototype;
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) scheduleCheckPendingRequests.call(this);
};

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

/** For reading: kafkajs's connections and metadata, without its consumer (decision 0028). */
export async function clusterOf(
  connection: KafkaConnection,
  clientId: string,
  isolationLevel: Isolation,
): Promise<Cluster> {
  const { ssl, sasl } = await security(connection);
  const cluster = new Cluster({
    logger: loggers.createLogger({ level: logLevel.NOTHING, logCreator: silent }),
    socketFactory: makeSocketFactory(),
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
  await cluster.connect();
  await cluster.refreshMetadata();
  return cluster;
}
export type { Cluster };
