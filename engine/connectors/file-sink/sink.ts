import { randomUUID } from 'node:crypto';
import type { Batch } from '../../batch/batch.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import { durationMs } from '../../contract/settings.ts';
import { diskFiles } from '../../files/disk.ts';
import type { Files } from '../../files/files.ts';
import type { JsonData, Sink, SinkContext, SinkRuntime } from '../../runtime/contracts.ts';
import { type Encoder, encoderOf } from './encode.ts';
import { PartFile, type PartPlace, partName, pathOf } from './part-file.ts';
import { folderOf, type Prepared, placeOf, readPrepared, type SavedPart } from './prepared.ts';
import { publish } from './publish.ts';
import { checkPending, removeLater, resumeOpen } from './recover.ts';
import type { FileSinkConfig } from './spec.ts';

/** Rows that are encoded at once. */
const SLICE_ROWS = 1024;

/** A whole part that readers do not see yet. */
interface Pending extends PartPlace {
  readonly saved: SavedPart;
  readonly rows: number;
  isPrepared: boolean;
}

class FileSink implements Sink {
  committed = 0;
  readonly #context: SinkContext<FileSinkConfig>;
  readonly #files: Files;
  readonly #encoder: Encoder;
  /** What must be equal for lines to stand in one file. */
  readonly #encoding: string;
  readonly #folder: string;
  #token = randomUUID().slice(0, 8);
  #number = 1;
  #part: PartFile | null = null;
  /** Only in a run with checkpoints: otherwise a whole part is visible at once. */
  #pending: Pending[] = [];
  /** Whether a part was begun whose hidden name may not be on the disk. */
  #isNew = false;
  #cancelTimer: (() => void) | null = null;
  /** Everything that touches files goes one after the other: writes, rolls by the clock, checkpoints. */
  #work: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(context: SinkContext<FileSinkConfig>) {
    this.#context = context;
    const { config, input, baseDir } = context;
    this.#files = context.files ?? diskFiles;
    this.#encoder = encoderOf(input, config.format, config.changes);
    this.#encoding = `${config.name} ${config.format} ${config.changes} ${this.#encoder.header}`;
    this.#folder = folderOf(config.folder, baseDir);
  }

  async open(): Promise<void> {
    await this.#guard(async () => {
      await this.#files.makeFolder(this.#folder);
      if (!this.#context.config.overwrite) this.#number = (await this.#highest()) + 1;
    });
  }

  write(batch: Batch): Promise<void> {
    return this.#enqueue(() => this.#write(batch));
  }

  finish(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#roll();
      await this.#publish(this.#pending);
    });
  }

  prepare(): Promise<JsonData> {
    return this.#enqueue(() => this.#prepare());
  }

  commit(prepared: JsonData): Promise<void> {
    return this.#enqueue(async () => {
      const { pending } = readPrepared(prepared, this.#context.nodeId);
      await this.#publish(pending.map((saved) => placeOf(saved, this.#context.baseDir)));
    });
  }

  recover(prepared: JsonData | null): Promise<void> {
    return this.#enqueue(async () => {
      if (prepared !== null) await this.#recover(readPrepared(prepared, this.#context.nodeId));
    });
  }

  /** What a checkpoint may hold stays; nothing else does. */
  async close(): Promise<void> {
    this.#cancelTimer?.();
    await this.#work;
    const part = this.#part;
    this.#part = null;
    if (part?.isPrepared === true) await part.release();
    else await part?.discard();
    for (const { isPrepared, folder, part: file } of this.#pending.splice(0))
      if (!isPrepared) await this.#files.remove(pathOf({ folder, part: file }));
  }

  /** After a failure everything else fails with it. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(() => {
      if (this.#failure !== null) throw this.#failure;
      return this.#guard(work);
    });
    this.#work = result.then(
      () => {},
      (error: unknown) => {
        this.#failure ??= error;
      },
    );
    return result;
  }

  async #write(batch: Batch): Promise<void> {
    const { rows: rowsMax = Infinity, bytes: bytesMax = Infinity } = this.#context.config.roll;
    for (let from = 0; from < batch.count; ) {
      const part = this.#part ?? (await this.#begin());
      // By bytes, a file ends with the row that reaches the limit.
      const step = bytesMax === Infinity ? SLICE_ROWS : 1;
      const until = Math.min(batch.count, from + step, from + rowsMax - part.rows);
      await part.append(this.#encoder.rows(batch, from, until), until - from);
      from = until;
      if (this.#isFull(part)) await this.#roll();
    }
  }

  #isFull(part: PartFile): boolean {
    const { rows = Infinity, bytes = Infinity } = this.#context.config.roll;
    return part.rows >= rows || part.bytes >= bytes;
  }

  async #begin(): Promise<PartFile> {
    const name = this.#nextName();
    const part = await PartFile.create(this.#files, {
      folder: this.#folder,
      part: partName(name, this.#token),
      name,
      startedAt: this.#context.clock.now(),
    });
    this.#part = part;
    this.#isNew = true;
    await part.append(this.#encoder.header, 0);
    this.#startTimer(part);
    return part;
  }

  #startTimer(part: PartFile): void {
    const { after } = this.#context.config.roll;
    if (after === undefined) return;
    const roll = (): void => {
      // Its failure is told by the next write.
      if (this.#part === part) void this.#enqueue(() => this.#rollThis(part)).catch(() => {});
    };
    this.#cancelTimer = this.#context.clock.at(part.place.startedAt + durationMs(after), roll);
  }

  /** Another part may have been begun since the time came. */
  async #rollThis(part: PartFile): Promise<void> {
    if (this.#part === part) await this.#roll();
  }

  /** Ends the file that is being written, and makes it visible, or leaves that to the next checkpoint. */
  async #roll(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const part = this.#part;
    if (part === null) return;
    await part.complete();
    const { place, rows, isPrepared } = part;
    const whole = { ...place, rows, isPrepared, saved: this.#saved(part) };
    this.#pending.push(whole);
    this.#part = null;
    if (this.#context.checkpointed !== true) await this.#publish([whole]);
  }

  /** Gives parts their final names; those that have them already are left alone. */
  async #publish(parts: readonly (PartPlace & { readonly rows: number })[]): Promise<void> {
    if (parts.length === 0) return;
    const { overwrite: replace } = this.#context.config;
    const named = await publish(parts, { files: this.#files, replace, nextName: () => this.#nextName() });
    for (const { rows } of named) this.committed += rows;
    const done = new Set(parts.map(pathOf));
    this.#pending = this.#pending.filter((part) => !done.has(pathOf(part)));
  }

  async #prepare(): Promise<JsonData> {
    await this.#part?.sync();
    if (this.#isNew) await this.#files.syncFolder(this.#folder);
    this.#isNew = false;
    for (const part of this.#pending) part.isPrepared = true;
    if (this.#part !== null) this.#part.isPrepared = true;
    const open = this.#part === null ? null : { ...this.#saved(this.#part), encoding: this.#encoding };
    const pending = this.#pending.map((part) => part.saved);
    return { token: this.#token, number: this.#number, committed: this.committed, pending, open };
  }

  #saved({ place, rows, bytes }: PartFile): SavedPart {
    const { part, name, startedAt, folder } = place;
    const written = folder === this.#folder ? this.#context.config.folder : folder;
    return { folder: written, part, name, startedAt, rows, bytes };
  }

  async #recover({ token, number, committed, pending, open }: Prepared): Promise<void> {
    const { baseDir } = this.#context;
    const context = { ...this.#context, files: this.#files };
    this.#token = token;
    this.#number = number;
    await checkPending(pending, context);
    const whole = pending.map((saved) => placeOf(saved, baseDir));
    await this.#publish(whole);
    this.committed = committed + whole.reduce((sum, { rows }) => sum + rows, 0);
    const part = open === null ? null : await resumeOpen(open, context);
    if (open !== null && part === null) this.committed += open.rows;
    const folders = [
      this.#folder,
      ...[...whole, ...(part === null ? [] : [part.place])].map((p) => p.folder),
    ];
    await removeLater(folders, token, part?.place ?? null, this.#files);
    this.#part = part;
    if (part === null) return;
    const fits = part.place.folder === this.#folder && open?.encoding === this.#encoding;
    // Under other settings its rows stay a file of their own.
    if (fits && !this.#isFull(part)) this.#startTimer(part);
    else await this.#roll();
  }

  #nextName(): string {
    const { name, format } = this.#context.config;
    return `${name}-${String(this.#number++).padStart(4, '0')}.${format}`;
  }

  async #highest(): Promise<number> {
    const { name, format } = this.#context.config;
    let highest = 0;
    for (const file of await this.#files.list(this.#folder)) {
      if (!file.startsWith(`${name}-`) || !file.endsWith(`.${format}`)) continue;
      const digits = file.slice(name.length + 1, -format.length - 1);
      if (/^\d{4,15}$/.test(digits)) highest = Math.max(highest, Number(digits));
    }
    return highest;
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof WeirError) throw error;
      throw new WeirError(
        problem('C-ACCESS', {
          path: ['nodes', this.#context.nodeId, 'config', 'folder'],
          message: `Nothing can be written to ${this.#folder}: ${error instanceof Error ? error.message : String(error)}.`,
          value: showValue(this.#context.config.folder),
          expected: 'a folder that Weir may write to, with room',
          next: 'Check its permissions and the space on the disk, or pick another folder.',
        }),
        { cause: error },
      );
    }
  }
}

export const fileSink: SinkRuntime<FileSinkConfig> = { create: (context) => new FileSink(context) };
