import { mkdir, readdir } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { Batch } from '../../batch/batch.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import { durationMs } from '../../contract/settings.ts';
import type { Sink, SinkContext, SinkRuntime } from '../../runtime/contracts.ts';
import { type Encoder, encoderOf } from './encode.ts';
import { PartFile } from './part-file.ts';
import type { FileSinkConfig } from './spec.ts';

/** Rows that are encoded at once. */
const SLICE_ROWS = 1024;

class FileSink implements Sink {
  committed = 0;
  readonly #context: SinkContext<FileSinkConfig>;
  readonly #encoder: Encoder;
  readonly #folder: string;
  #number = 1;
  #part: PartFile | null = null;
  #cancelTimer: (() => void) | null = null;
  /** Writes and rolls by the clock go one after the other. */
  #work: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(context: SinkContext<FileSinkConfig>) {
    this.#context = context;
    const { config, input, baseDir } = context;
    this.#encoder = encoderOf(input, config.format, config.changes);
    this.#folder = isAbsolute(config.folder) ? config.folder : resolve(baseDir, config.folder);
  }

  async open(): Promise<void> {
    await this.#guard(async () => {
      await mkdir(this.#folder, { recursive: true });
      if (!this.#context.config.overwrite) this.#number = (await this.#highest()) + 1;
    });
  }

  write(batch: Batch): Promise<void> {
    return this.#enqueue(() => this.#write(batch));
  }

  finish(): Promise<void> {
    return this.#enqueue(() => this.#roll());
  }

  async close(): Promise<void> {
    this.#cancelTimer?.();
    await this.#work;
    const part = this.#part;
    this.#part = null;
    await part?.discard();
  }

  /** After a failure everything else fails with it. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    const result = this.#work.then(() => {
      if (this.#failure !== null) throw this.#failure;
      return this.#guard(work);
    });
    this.#work = result.catch((error: unknown) => {
      this.#failure ??= error;
    });
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
      if (part.rows >= rowsMax || part.bytes >= bytesMax) await this.#roll();
    }
  }

  async #begin(): Promise<PartFile> {
    const part = await PartFile.create(this.#folder, this.#name());
    this.#part = part;
    await part.append(this.#encoder.header, 0);
    const { after } = this.#context.config.roll;
    if (after !== undefined) {
      const { clock } = this.#context;
      const roll = (): void => {
        // Its failure is told by the next write.
        if (this.#part === part) void this.#enqueue(() => this.#roll()).catch(() => {});
      };
      this.#cancelTimer = clock.at(clock.now() + durationMs(after), roll);
    }
    return part;
  }

  /** Ends the file that is being written, and makes it visible. */
  async #roll(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const part = this.#part;
    if (part === null) return;
    await part.complete();
    const { overwrite } = this.#context.config;
    while (!(await part.publish(join(this.#folder, this.#name()), overwrite))) this.#number++;
    this.#part = null;
    this.#number++;
    this.committed += part.rows;
  }

  #name(): string {
    const { name, format } = this.#context.config;
    return `${name}-${String(this.#number).padStart(4, '0')}.${format}`;
  }

  async #highest(): Promise<number> {
    const { name, format } = this.#context.config;
    let highest = 0;
    for (const file of await readdir(this.#folder)) {
      if (!file.startsWith(`${name}-`) || !file.endsWith(`.${format}`)) continue;
      const digits = file.slice(name.length + 1, -format.length - 1);
      if (/^\d{4,15}$/.test(digits)) highest = Math.max(highest, Number(digits));
    }
    return highest;
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
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
