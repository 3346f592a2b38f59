/** What we use of kafkajs 2.2.4 beyond its public types (decision 0028). Its version is pinned; a test talks to a real broker. */
declare module 'kafkajs/src/cluster/index.js' {
  import type { ConnectionOptions } from 'node:tls';
  import type { logLevel, RetryOptions, SASLOptions } from 'kafkajs';

  export interface PartitionMetadata {
    readonly partitionErrorCode: number;
    readonly partitionId: number;
    /** Node id; −1 while there is none. */
    readonly leader: number;
  }
  export interface TopicMetadata {
    readonly topic: string;
    readonly isInternal?: boolean;
    readonly partitionMetadata: readonly PartitionMetadata[];
  }
  export interface Request {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<unknown>;
  }
  export interface Connected {
    readonly connectionPool: {
      send<T, R>(call: {
        readonly request: Request;
        readonly response: { decode(bytes: Buffer): Promise<T>; parse(data: T): Promise<R> };
        readonly requestTimeout?: number;
        readonly logResponseError?: boolean;
      }): Promise<R>;
    };
    metadata(topics: readonly string[]): Promise<{ readonly topicMetadata: readonly TopicMetadata[] }>;
    listOffsets(request: {
      readonly isolationLevel: number;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
      }[];
    }): Promise<{
      readonly responses: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
      }[];
    }>;
    offsetFetch(request: {
      readonly groupId: string;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number }[];
      }[];
    }): Promise<{
      readonly responses: readonly {
        readonly topic: string;
        readonly partitions: readonly {
          readonly partition: number;
          readonly offset: string;
          readonly metadata: string | null;
        }[];
      }[];
    }>;
    offsetCommit(request: {
      readonly groupId: string;
      readonly groupGenerationId: number;
      readonly memberId: string;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
      }[];
    }): Promise<unknown>;
  }
  export interface ClusterOptions {
    readonly logger: unknown;
    readonly socketFactory: unknown;
    readonly brokers: readonly string[];
    readonly clientId: string;
    readonly ssl: ConnectionOptions | undefined;
    readonly sasl: SASLOptions | undefined;
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly enforceRequestTimeout: boolean;
    readonly metadataMaxAge: number;
    readonly allowAutoTopicCreation: boolean;
    readonly maxInFlightRequests: number | null;
    readonly isolationLevel: number;
    readonly retry: RetryOptions;
  }
  export default class Cluster {
    constructor(options: ClusterOptions);
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    refreshMetadata(): Promise<void>;
    getNodeIds(): string[];
    findBroker(which: { readonly nodeId: string | number }): Promise<Connected>;
    findGroupCoordinator(which: { readonly groupId: string }): Promise<Connected>;
    readonly brokerPool: { findConnectedBroker(): Promise<Connected>; connect(): Promise<void> };
  }
  export type { logLevel };
}
declare module 'kafkajs/src/loggers/index.js' {
  interface Entry {
    readonly level: number;
    readonly log: { readonly message: string };
  }
  const loggers: {
    createLogger(options: { level: number; logCreator: () => (entry: Entry) => void }): unknown;
  };
  export default loggers;
}
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[];
    readonly throttledUntil: number;
    scheduleCheckPendingRequests(): void;
  }
}
declare module 'kafkajs/src/network/connection.js' {
  export default class Connection {
    isConnected(): boolean;
    connect(): Promise<boolean>;
    /** Of answers that are not whole yet. */
    chunks: readonly Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
  }
}
declare module 'kafkajs/src/network/socketFactory.js' {
  import type { Socket } from 'node:net';

  const make: () => (where: unknown) => Socket;
  export default make;
}
declare module 'kafkajs/src/protocol/requests/fetch/v11/request.js' {
  import type { Request } from 'kafkajs/src/cluster/index.js';

  const request: (of: {
    readonly replicaId: number;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly fetchOffset: string;
        readonly maxBytes: number;
      }[];
    }[];
  }) => Request;
  export default request;
}
