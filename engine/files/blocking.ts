/**
 * Files for a thread that has nothing else to do: every call is done when it returns. For large writes out of shared memory this is also
 * cheaper: 32 MB through Node's pool of threads took 130 ms of CPU on the build machine, from the calling thread 4.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { OPEN_FLAGS } from './disk.ts';
import type { Files, OpenFile } from './files.ts';

/** A call that writes more than 2 GB would be cut short by the system. */
const BYTES_AT_ONCE = 1024 ** 3;

class BlockingFile implements OpenFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const bytes = readSync(this.#fd, into, filled, into.length - filled, position + filled);
      if (bytes === 0) break;
      filled += bytes;
    }
    return filled;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.#fd, bytes, at, Math.min(BYTES_AT_ONCE, bytes.length - at), position + at);
  }

  async truncate(length: number): Promise<void> {
    ftruncateSync(this.#fd, length);
  }

  async sync(): Promise<void> {
    fsyncSync(this.#fd);
  }

  async close(): Promise<void> {
    closeSync(this.#fd);
  }
}

export const blockingFiles: Pick<Files, 'open'> = {
  open: async (path, how) => new BlockingFile(openSync(path, OPEN_FLAGS[how])),
};
