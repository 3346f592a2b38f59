/** Writes what brokers send, for tests without one. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { FetchedPartition } from './fetch.ts';

export interface TestRecord {
  readonly key?: string | null;
  readonly value?: string | Buffer | null;
  readonly timestamp?: number;
  readonly headers?: readonly (readonly [string, string | null])[];
  /** From the one before; 1 where it is left out. */
  readonly gap?: number;
}

export interface TestBatch {
  readonly baseOffset: number;
  readonly records: readonly TestRecord[];
  readonly producerId?: bigint;
  readonly isTransactional?: boolean;
  /** A marker: 0 abort, 1 commit. */
  readonly control?: 0 | 1;
  readonly codec?: 0 | 1 | 4;
  /** All records have the time at which the broker took them. */
  readonly appendTime?: number;
}

const zigzag = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value >= 0 ? BigInt(value) * 2n : BigInt(-value) * 2n - 1n;
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
};

const sized = (bytes: Buffer | null): Buffer =>
  bytes === null ? zigzag(-1) : Buffer.concat([zigzag(bytes.length), bytes]);

const bytesOf = (value: string | Buffer | null | undefined): Buffer | null =>
  value === null || value === undefined ? null : Buffer.from(value as string);

export function encodeBatch(batch: TestBatch): Buffer {
  const { baseOffset, records, producerId = -1n, isTransactional = false, control, codec = 0 } = batch;
  const firstTime = records[0]?.timestamp ?? 0;
  let delta = -1;
  const body = records.map(({ key, value, timestamp = firstTime, headers = [], gap = 1 }) => {
    delta += gap;
    const inner = Buffer.concat([
      Buffer.from([0]),
      zigzag(timestamp - firstTime),
      zigzag(delta),
      sized(control === undefined ? bytesOf(key) : Buffer.from([0, 0, 0, control])),
      sized(bytesOf(value)),
      zigzag(headers.length),
      ...headers.flatMap(([name, text]) => [sized(Buffer.from(name)), sized(bytesOf(text))]),
    ]);
    return Buffer.concat([zigzag(inner.length), inner]);
  });
  const plain = Buffer.concat(body);
  const payload = codec === 1 ? gzipSync(plain) : codec === 4 ? zstdCompressSync(plain) : plain;
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(BigInt(baseOffset), 0);
  head.writeInt32BE(49 + payload.length, 8);
  head[16] = 2;
  const flags =
    codec |
    (isTransactional ? 16 : 0) |
    (control === undefined ? 0 : 32) |
    (batch.appendTime === undefined ? 0 : 8);
  head.writeInt16BE(flags, 21);
  head.writeInt32BE(delta, 23);
  head.writeBigInt64BE(BigInt(firstTime), 27);
  head.writeBigInt64BE(BigInt(batch.appendTime ?? firstTime), 35);
  head.writeBigInt64BE(producerId, 43);
  head.writeInt32BE(records.length, 57);
  return Buffer.concat([head, payload]);
}

export const fetched = (
  batches: readonly TestBatch[],
  aborted: FetchedPartition['aborted'] = [],
): FetchedPartition => ({
  topic: 't',
  partition: 0,
  errorCode: 0,
  highWatermark: 1000,
  lastStableOffset: 1000,
  logStartOffset: 0,
  aborted,
  records: Buffer.concat(batches.map(encodeBatch)),
});
