/** The AWS SDK, set up for a connection. Loaded by a node that is opened. */
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { KinesisConnection } from '../../contract/connections.ts';

const CONNECT_MS = 3000;
const REQUEST_MS = 10_000;
/** Calls at once: a shard has at most one, and hundreds of shards must not open hundreds of sockets. */
const SOCKETS_MAX = 32;

export function kinesisOf({ region, endpoint, profile, credentials }: KinesisConnection): KinesisClient {
  return new KinesisClient({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: credentials.accessKeyId,
            secretAccessKey: credentials.secretAccessKey,
            ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
          },
        }),
    // HTTP/1.1: stand-ins speak it, and Kinesis does. Retries are ours, as throttling is answered by waiting for that shard alone.
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS,
      requestTimeout: REQUEST_MS,
      httpAgent: { maxSockets: SOCKETS_MAX, keepAlive: true },
      httpsAgent: { maxSockets: SOCKETS_MAX, keepAlive: true },
    }),
    maxAttempts: 1,
  });
}
