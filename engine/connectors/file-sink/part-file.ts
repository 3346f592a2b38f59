/** A file that is written aside and appears under its final name whole, or not at all. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Bytes that are gathered before they are written. */
const BUFFER_BYTES = 64 * 1024;

export class PartFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #waiting: string[] = [];
  #waitingBytes = 0;
  rows = 0;
  bytes = 0;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @param name of the file that it will become; other runs may write to the same folder */
  static async create(folder: string, name: string): Promise<PartFile> {
    const path = join(folder, `.${name}.${randomUUID().slice(0, 8)}.part`);
    return new PartFile(path, await open(path, 'wx'));
  }

  /** Gathers text; a promise where it has to be written out first. */
  append(text: string, rows: number): Promise<void> | undefined {
    const bytes = Buffer.byteLength(text);
    this.#waiting.push(text);
    this.#waitingBytes += bytes;
    this.bytes += bytes;
    this.rows += rows;
    return this.#waitingBytes >= BUFFER_BYTES ? this.#flush() : undefined;
  }

  async #flush(): Promise<void> {
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (text !== '') await this.#handle.appendFile(text);
  }

  /** On the disk, under none but its own hidden name. */
  async complete(): Promise<void> {
    await this.#flush();
    await this.#handle.sync();
    await this.#handle.close();
  }

  /** Gives it its final name. False when that is taken and must not be replaced. */
  async publish(target: string, replace: boolean): Promise<boolean> {
    if (replace) await rename(this.#path, target);
    else if (!(await this.#publishNew(target))) return false;
    await syncFolder(dirname(target));
    return true;
  }

  /** A hard link fails where the name is taken, whoever took it in the meantime; a rename would replace it. */
  async #publishNew(target: string): Promise<boolean> {
    try {
      await link(this.#path, target);
      await rm(this.#path);
      return true;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EEXIST') return false;
      // Some file systems have no hard links.
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    }
    const reserved = await open(target, 'wx').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
      throw error;
    });
    if (reserved === null) return false;
    await reserved.close();
    await rename(this.#path, target);
    return true;
  }

  /** After a failure: nothing of it stays. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#path, { force: true });
  }
}

/** The new name itself has to reach the disk; where folders cannot be opened (Windows), it does without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
