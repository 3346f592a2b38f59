/** The file that is being written, under a hidden name. */
import { join } from 'node:path';
import type { Files, OpenFile } from '../../files/files.ts';

/** Bytes that are gathered before they are written. */
const BUFFER_BYTES = 64 * 1024;

/** `.out-0001.ndjson.1f0c22aa.part`. The token tells the parts of one run, and of those that go on from it, from all others. */
export const partName = (name: string, token: string): string => `.${name}.${token}.part`;
export const isPartOf = (file: string, token: string): boolean => file.endsWith(`.${token}.part`);

export interface PartPlace {
  readonly folder: string;
  /** Hidden name. */
  readonly part: string;
  /** The name that it will get. */
  readonly name: string;
  /** By the run's clock (ms), when its first row came. */
  readonly startedAt: number;
}

export class PartFile {
  readonly place: PartPlace;
  readonly #files: Files;
  readonly #file: OpenFile;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #written: number;
  /** Whether something was written that may not be on the disk. */
  #dirty = false;
  rows: number;
  /** Whether a checkpoint may hold it: then it is not ours to remove. */
  isPrepared = false;

  private constructor(files: Files, file: OpenFile, place: PartPlace, rows: number, bytes: number) {
    this.#files = files;
    this.#file = file;
    this.place = place;
    this.rows = rows;
    this.#written = bytes;
  }

  static async create(files: Files, place: PartPlace): Promise<PartFile> {
    const file = await files.open(pathOf(place), 'create');
    return new PartFile(files, file, place, 0, 0);
  }

  /** Goes on after its first `bytes`; what stands behind them came after the checkpoint and is cut off. */
  static async resume(files: Files, place: PartPlace, rows: number, bytes: number): Promise<PartFile> {
    const file = await files.open(pathOf(place), 'edit');
    await file.truncate(bytes);
    const part = new PartFile(files, file, place, rows, bytes);
    part.isPrepared = true;
    // A cut that is not on the disk comes undone with the power.
    part.#dirty = true;
    return part;
  }

  get path(): string {
    return pathOf(this.place);
  }

  /** With those that were not written yet. */
  get bytes(): number {
    return this.#written + this.#waitingBytes;
  }

  /** Gathers text; a promise where it has to be written out first. */
  append(text: string, rows: number): Promise<void> | undefined {
    this.#waiting.push(text);
    this.#waitingBytes += Buffer.byteLength(text);
    this.rows += rows;
    return this.#waitingBytes >= BUFFER_BYTES ? this.#flush() : undefined;
  }

  async #flush(): Promise<void> {
    if (this.#waitingBytes === 0) return;
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#dirty = true;
    await this.#file.write(bytes, this.#written);
    this.#written += bytes.length;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Everything that was appended is on the disk; its name is once the folder was synced. */
  async sync(): Promise<void> {
    await this.#flush();
    if (!this.#dirty) return;
    await this.#file.sync();
    this.#dirty = false;
  }

  /** No more rows. */
  async complete(): Promise<void> {
    await this.sync();
    await this.#file.close();
  }

  /** Leaves it to whoever goes on from a checkpoint. */
  async release(): Promise<void> {
    await this.#file.close().catch(() => {});
  }

  /** Nothing of it stays. */
  async discard(): Promise<void> {
    await this.release();
    await this.#files.remove(this.path);
  }
}

export const pathOf = ({ folder, part }: Pick<PartPlace, 'folder' | 'part'>): string => join(folder, part);
