/**
 * The records of a transaction in a file, until it has committed: where the brokers gave it up, or the run died between the checkpoint
 * and the commit, they are written again from here (decision 0029).
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { problem, WeirError } from '../../contract/problems.ts';
import type { Files, OpenFile } from '../../files/files.ts';
import type { OutRecord } from './messages.ts';

/** In place of a length: null. */
const NULL = 0xffffffff;
const NO_PARTITION = -1;

export interface KeptFile {
  readonly file: string;
  readonly bytes: number;
  readonly crc: number;
}

export class KeptRecords {
  readonly name: string;
  readonly #file: OpenFile;
  #bytes = 0;
  #crc = 0;

  private constructor(name: string, file: OpenFile) {
    this.name = name;
    this.#file = file;
  }

  static async create(files: Files, folder: string, name: string): Promise<KeptRecords> {
    return new KeptRecords(name, await files.open(join(folder, name), 'create'));
  }

  async append(records: readonly OutRecord[]): Promise<void> {
    const bytes = Buffer.concat(records.flatMap(encode));
    await this.#file.write(bytes, this.#bytes);
    this.#bytes += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
  }

  /** All of it is on the disk. */
  async sync(): Promise<KeptFile> {
    await this.#file.sync();
    return { file: this.name, bytes: this.#bytes, crc: this.#crc };
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** @throws WeirError K-BROKEN where the file is not what the checkpoint says */
export async function readKept(
  files: Files,
  folder: string,
  kept: KeptFile,
  nodeId: string,
): Promise<OutRecord[]> {
  const path = join(folder, kept.file);
  const bytes = Buffer.alloc(kept.bytes);
  let read = 0;
  try {
    const file = await files.open(path, 'read');
    read = await file.read(bytes, 0).finally(() => file.close());
  } catch {
    // Said below, as for a file that was cut.
  }
  if (read === kept.bytes && crc32(bytes) === kept.crc) return decode(bytes);
  throw new WeirError(
    problem('K-BROKEN', {
      path: ['nodes', nodeId],
      message: `The records that wait for their commit are not whole: ${path}.`,
      expected: `${kept.bytes} bytes, as the checkpoint says`,
      next: 'Go on from another checkpoint.',
    }),
  );
}

function encode({ key, value, timestamp, partition, headers }: OutRecord): Buffer[] {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(key?.length ?? NULL, 0);
  head.writeUInt32LE(value?.length ?? NULL, 4);
  head.writeDoubleLE(timestamp ?? Number.NaN, 8);
  head.writeInt32LE(partition ?? NO_PARTITION, 16);
  head.writeUInt32LE(headers.length, 20);
  return [head, ...some(key), ...some(value), ...headers.flatMap(([name, text]) => header(name, text))];
}

function header(name: string, value: Buffer | null): Buffer[] {
  const text = Buffer.from(name, 'utf8');
  const head = Buffer.alloc(8);
  head.writeUInt32LE(text.length, 0);
  head.writeUInt32LE(value?.length ?? NULL, 4);
  return [head, text, ...some(value)];
}

const some = (bytes: Buffer | null): Buffer[] => (bytes === null ? [] : [bytes]);

function decode(bytes: Buffer): OutRecord[] {
  const records: OutRecord[] = [];
  let at = 0;
  const take = (length: number): Buffer | null => {
    if (length === NULL) return null;
    at += length;
    return bytes.subarray(at - length, at);
  };
  const uint = (): number => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  while (at < bytes.length) {
    const [keyLength, valueLength] = [uint(), uint()];
    const timestamp = bytes.readDoubleLE(at);
    const partition = bytes.readInt32LE(at + 8);
    at += 12;
    const headerCount = uint();
    const [key, value] = [take(keyLength), take(valueLength)];
    const headers = Array.from({ length: headerCount }, (): [string, Buffer | null] => {
      const [nameLength, length] = [uint(), uint()];
      return [take(nameLength)?.toString('utf8') ?? '', take(length)];
    });
    records.push({
      key,
      value,
      timestamp: Number.isNaN(timestamp) ? null : timestamp,
      partition: partition === NO_PARTITION ? null : partition,
      headers,
    });
  }
  return records;
}
