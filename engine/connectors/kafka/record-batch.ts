/**
 * Kafka's record batches (message format 2) as columns: where each record's key and value stand in the bytes, and nothing made of them.
 * https://kafka.apache.org/documentation/#recordbatch
 */
import { unpack } from './compression.ts';
import { VarintReader } from './varint.ts';

/** The records of one batch, by row. Offsets are numbers: partitions with 2^53 records do not exist. */
export interface RecordSet {
  readonly bytes: Buffer;
  readonly count: number;
  readonly offsets: Float64Array;
  /** ms since the epoch. */
  readonly timestamps: Float64Array;
  /** Spans in `bytes`; a `from` of −1: null. */
  readonly keyFrom: Int32Array;
  readonly keyUntil: Int32Array;
  readonly valueFrom: Int32Array;
  readonly valueUntil: Int32Array;
  /** Where the number of headers stands. */
  readonly headersFrom: Int32Array;
}

/** A batch's head, with its records still packed. */
export interface PackedBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly producerId: bigint;
  readonly isTransactional: boolean;
  /** A marker at the end of a transaction, which is no record. */
  readonly isControl: boolean;
  readonly attributes: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly count: number;
  readonly payload: Buffer;
}

const HEAD_BYTES = 61;
const MAGIC = 2;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** Batches that stand whole in the bytes; a broker cuts the last one where the answer is full. Throws a plain Error for older formats. */
export function packedBatches(bytes: Buffer): PackedBatch[] {
  const batches: PackedBatch[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end < at + HEAD_BYTES) throw new Error('a batch that is shorter than its head');
    const magic = bytes[at + 16];
    if (magic !== MAGIC) throw new Error(`records of message format ${magic}, which Kafka gave up in 4.0`);
    if (end > bytes.length) break;
    const attributes = bytes.readInt16BE(at + 21);
    const baseOffset = Number(bytes.readBigInt64BE(at));
    batches.push({
      baseOffset,
      lastOffset: baseOffset + bytes.readInt32BE(at + 23),
      attributes,
      isTransactional: (attributes & TRANSACTIONAL) !== 0,
      isControl: (attributes & CONTROL) !== 0,
      baseTimestamp: Number(bytes.readBigInt64BE(at + 27)),
      maxTimestamp: Number(bytes.readBigInt64BE(at + 35)),
      producerId: bytes.readBigInt64BE(at + 43),
      count: bytes.readInt32BE(at + 57),
      payload: bytes.subarray(at + HEAD_BYTES, end),
    });
    at = end;
  }
  return batches;
}

/** The type of a control batch's only record: 0 abort, 1 commit. */
export function controlType(batch: PackedBatch): number {
  const { bytes, keyFrom } = unpackBatch(batch, -Infinity);
  return bytes.readInt16BE((keyFrom[0] as number) + 2);
}

/** @param from records with smaller offsets are left out: a broker answers with whole batches */
export function unpackBatch(batch: PackedBatch, from: number): RecordSet {
  const { count: most, baseOffset, baseTimestamp, attributes } = batch;
  const bytes = unpack(batch.payload, attributes & 7);
  const set = {
    offsets: new Float64Array(most),
    timestamps: new Float64Array(most),
    keyFrom: new Int32Array(most),
    keyUntil: new Int32Array(most),
    valueFrom: new Int32Array(most),
    valueUntil: new Int32Array(most),
    headersFrom: new Int32Array(most),
  };
  const reader = new VarintReader(bytes);
  const appendTime = (attributes & LOG_APPEND_TIME) !== 0 ? batch.maxTimestamp : null;
  let count = 0;
  for (let k = 0; k < most; k++) {
    const length = reader.next();
    const end = reader.at + length;
    if (length < 0 || end > bytes.length) throw new Error('a record goes beyond its batch');
    reader.at++; // attributes of the record: unused
    const timeDelta = reader.next();
    const offset = baseOffset + reader.next();
    const keyLength = reader.next();
    const keyFrom = reader.at;
    reader.at += Math.max(0, keyLength);
    const valueLength = reader.next();
    const valueFrom = reader.at;
    reader.at += Math.max(0, valueLength);
    if (offset >= from) {
      set.offsets[count] = offset;
      set.timestamps[count] = appendTime ?? baseTimestamp + timeDelta;
      set.keyFrom[count] = keyLength < 0 ? -1 : keyFrom;
      set.keyUntil[count] = keyFrom + Math.max(0, keyLength);
      set.valueFrom[count] = valueLength < 0 ? -1 : valueFrom;
      set.valueUntil[count] = valueFrom + Math.max(0, valueLength);
      set.headersFrom[count] = reader.at;
      count++;
    }
    reader.at = end;
  }
  return { bytes, count, ...set };
}

/** The headers of a record, in their order; a name may come twice. */
export function headersOf({ bytes, headersFrom }: RecordSet, row: number): [string, Buffer | null][] {
  const reader = new VarintReader(bytes);
  reader.at = headersFrom[row] as number;
  const headers: [string, Buffer | null][] = [];
  for (let left = reader.next(); left > 0; left--) {
    const nameLength = reader.next();
    const name = bytes.toString('utf8', reader.at, reader.at + nameLength);
    reader.at += nameLength;
    const length = reader.next();
    headers.push([name, length < 0 ? null : bytes.subarray(reader.at, reader.at + length)]);
    reader.at += Math.max(0, length);
  }
  return headers;
}
