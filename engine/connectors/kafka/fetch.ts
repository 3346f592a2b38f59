/**
 * One Fetch request and its answer, version 11 of the protocol, with the records left as bytes: kafkajs would make an object of each.
 * https://kafka.apache.org/protocol#The_Messages_Fetch
 */
import type { Connected } from 'kafkajs/src/cluster/index.js';
import fetchRequest from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import type { Isolation } from './isolation.ts';
import { byTopic } from './topic-partition.ts';

export interface FetchOptions {
  readonly isolation: Isolation;
  /** ms that the broker may wait for the first record. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitionBytes: number;
}

export interface FetchFrom {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** 0: none. https://kafka.apache.org/protocol#protocol_error_codes */
  readonly errorCode: number;
  readonly highWatermark: number;
  /** Readers of committed records get no further. */
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  readonly records: Buffer;
}

const CONSUMER = -1;

/** @throws what kafkajs throws where the connection fails, and plain Errors for answers that make no sense */
export function fetchFrom(
  broker: Connected,
  from: readonly FetchFrom[],
  { isolation, maxWaitMs, maxBytes, partitionBytes }: FetchOptions,
): Promise<readonly FetchedPartition[]> {
  const topics = byTopic(from, ({ partition, offset }) => ({
    partition,
    fetchOffset: String(offset),
    maxBytes: partitionBytes,
  }));
  return broker.connectionPool.send({
    request: fetchRequest({
      replicaId: CONSUMER,
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes,
      isolationLevel: isolation,
      topics,
    }),
    response: { decode: async (bytes: Buffer) => decodeFetch(bytes), parse: async (data) => data },
    logResponseError: false,
  });
}

export function decodeFetch(bytes: Buffer): FetchedPartition[] {
  const errorCode = bytes.readInt16BE(4);
  if (errorCode !== 0) throw new Error(`the broker refuses to fetch (error ${errorCode})`);
  const found: FetchedPartition[] = [];
  let at = 10;
  const int32 = (): number => {
    at += 4;
    return bytes.readInt32BE(at - 4);
  };
  const int64 = (): bigint => {
    at += 8;
    return bytes.readBigInt64BE(at - 8);
  };
  for (let topics = int32(); topics > 0; topics--) {
    const nameLength = bytes.readInt16BE(at);
    const topic = bytes.toString('utf8', at + 2, at + 2 + nameLength);
    at += 2 + nameLength;
    for (let partitions = int32(); partitions > 0; partitions--) {
      const partition = int32();
      const partitionError = bytes.readInt16BE(at);
      at += 2;
      const highWatermark = Number(int64());
      const lastStableOffset = Number(int64());
      const logStartOffset = Number(int64());
      const aborted: AbortedTransaction[] = [];
      for (let n = int32(); n > 0; n--) aborted.push({ producerId: int64(), firstOffset: Number(int64()) });
      int32(); // the replica that it would rather be read from
      const length = Math.max(0, int32());
      found.push({
        topic,
        partition,
        errorCode: partitionError,
        highWatermark,
        lastStableOffset,
        logStartOffset,
        aborted,
        records: bytes.subarray(at, at + length),
      });
      at += length;
    }
  }
  return found;
}
