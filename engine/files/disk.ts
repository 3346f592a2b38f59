/** The files of the machine. */
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, type FileInfo, type Files, type OpenFile } from './files.ts';

export const OPEN_FLAGS = { create: 'wx+', edit: 'r+', read: 'r' } as const;

class DiskFile implements OpenFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const { bytesRead } = await this.#handle.read(into, filled, into.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, position + at);
      at += bytesWritten;
    }
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length);
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

export const diskFiles: Files = {
  async makeFolder(path) {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
  },
  open: async (path, how) => new DiskFile(await open(path, OPEN_FLAGS[how])),
  async info(path): Promise<FileInfo | null> {
    const found = await orNothing(stat(path, { bigint: true }), null);
    if (found === null) return null;
    return { size: Number(found.size), id: `${found.dev}:${found.ino}`, links: Number(found.nlink) };
  },
  list: (folder) => orNothing(readdir(folder), []),
  link,
  rename,
  remove: (path) => rm(path, { force: true }),
  syncFolder,
};

async function orNothing<T>(work: Promise<T>, nothing: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return nothing;
    throw error;
  }
}

/** Where folders cannot be opened (Windows), their names are the file system's own business. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  try {
    await handle?.sync();
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP', 'EBADF'].includes(errorCode(error))) throw error;
  } finally {
    await handle?.close();
  }
}
