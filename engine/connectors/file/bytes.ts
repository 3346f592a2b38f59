/** The bytes of a file in parts: as they are, or unpacked. */
import { createReadStream, type ReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

const CHUNK_BYTES = 64 * 1024;

export interface Bytes {
  /** A part that is the caller's own; null at the end of what is there now. */
  read(): Promise<Buffer | null>;
  close(): Promise<void>;
}

export class PlainBytes implements Bytes {
  readonly handle: FileHandle;
  #offset: number;

  private constructor(handle: FileHandle, offset: number) {
    this.handle = handle;
    this.#offset = offset;
  }

  static async open(path: string, offset: number): Promise<PlainBytes> {
    return new PlainBytes(await open(path, 'r'), offset);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** The same whatever name the file has: see `inodeOf`. */
  async inode(): Promise<string> {
    const { dev, ino } = await this.handle.stat({ bigint: true });
    return `${dev}:${ino}`;
  }

  async read(): Promise<Buffer | null> {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const { bytesRead } = await this.handle.read(buffer, 0, CHUNK_BYTES, this.#offset);
    this.#offset += bytesRead;
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** A gzip file has no way into its middle: what stands before `offset` is unpacked and thrown away. */
export class GzipBytes implements Bytes {
  readonly #file: ReadStream;
  readonly #parts: AsyncIterator<Buffer>;
  #skip: number;

  /** Whether it ended before the offset. */
  get tooShort(): boolean {
    return this.#skip > 0;
  }

  constructor(path: string, offset: number) {
    this.#skip = offset;
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    this.#file = createReadStream(path);
    this.#file.on('error', (error) => gunzip.destroy(error));
    this.#file.pipe(gunzip);
    this.#parts = gunzip[Symbol.asyncIterator]();
  }

  async read(): Promise<Buffer | null> {
    for (;;) {
      const { done, value } = await this.#parts.next();
      if (done === true) return null;
      const part = value as Buffer;
      if (this.#skip < part.length) {
        const rest = part.subarray(this.#skip);
        this.#skip = 0;
        return rest;
      }
      this.#skip -= part.length;
    }
  }

  async close(): Promise<void> {
    this.#file.destroy();
    await this.#parts.return?.();
  }
}
