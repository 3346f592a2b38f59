/**
 * Records that the Kinesis Producer Library packed into one: a magic number, a Protocol Buffers message, its MD5.
 * https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 */
import { createHash } from 'node:crypto';

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const DIGEST_BYTES = 16;

export interface UserRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
}

/** Null: it is a record of its own, also where it only begins as a packed one does. */
export function unpackAggregated(data: Buffer): UserRecord[] | null {
  if (data.length < MAGIC.length + DIGEST_BYTES || !data.subarray(0, 4).equals(MAGIC)) return null;
  const message = data.subarray(MAGIC.length, data.length - DIGEST_BYTES);
  const digest = createHash('md5').update(message).digest();
  if (!digest.equals(data.subarray(data.length - DIGEST_BYTES))) return null;
  try {
    return readMessage(message);
  } catch {
    return null;
  }
}

/** Of AggregatedRecord: 1 the partition keys, 3 the records; of Record: 1 the number of its key, 3 its data. */
function readMessage(message: Buffer): UserRecord[] {
  const keys: string[] = [];
  const records: { key: number; data: Buffer }[] = [];
  for (const { field, bytes } of fieldsOf(message)) {
    if (field === 1 && bytes !== null) keys.push(bytes.toString('utf8'));
    if (field !== 3 || bytes === null) continue;
    let key = 0;
    let data: Buffer = Buffer.alloc(0);
    for (const inner of fieldsOf(bytes)) {
      if (inner.field === 1) key = inner.number;
      if (inner.field === 3 && inner.bytes !== null) data = inner.bytes;
    }
    records.push({ key, data });
  }
  return records.map(({ key, data }) => ({ partitionKey: keys[key] ?? '', data }));
}

interface ProtoField {
  readonly field: number;
  readonly number: number;
  readonly bytes: Buffer | null;
}

const VARINT = 0;
const BYTES = 2;

/** Of a message without groups and fixed-width numbers, which is all that the format has. Throws on anything else. */
function* fieldsOf(message: Buffer): Generator<ProtoField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('a number that does not end');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === VARINT) yield { field, number: varint(), bytes: null };
    else if (wire === BYTES) {
      const length = varint();
      if (at + length > message.length) throw new Error('bytes that go beyond the message');
      yield { field, number: 0, bytes: message.subarray(at, at + length) };
      at += length;
    } else throw new Error(`wire type ${wire}`);
  }
}

/** As a producer library writes it: for tests. */
export function packAggregated(records: readonly UserRecord[]): Buffer {
  const keys = [...new Set(records.map(({ partitionKey }) => partitionKey))];
  const message = Buffer.concat([
    ...keys.map((key) => field(1, Buffer.from(key))),
    ...records.map(({ partitionKey, data }) =>
      field(3, Buffer.concat([Buffer.from([1 * 8]), number(keys.indexOf(partitionKey)), field(3, data)])),
    ),
  ]);
  return Buffer.concat([MAGIC, message, createHash('md5').update(message).digest()]);
}

const field = (id: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([id * 8 + BYTES]), number(bytes.length), bytes]);

function number(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
