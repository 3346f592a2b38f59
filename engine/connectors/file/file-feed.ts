/** Reads files one after the other into a bounded queue of blocks. */
import { stat } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Batch } from '../../batch/batch.ts';
import type { Interning } from '../../batch/interning.ts';
import { type Codec, type CodecOptions, type DecodeField, type Place, START } from '../../formats/codec.ts';
import { textCodec } from '../../formats/formats.ts';
import type { SourceContext } from '../../runtime/contracts.ts';
import { wait } from '../../runtime/wait.ts';
import { type Block, BlockBuilder } from './block.ts';
import { type Bytes, GzipBytes, PlainBytes } from './bytes.ts';
import { type Detected, detect } from './detect.ts';
import { fileError } from './errors.ts';
import type { Feed } from './feed.ts';
import { checkFollowed, inodeOf, renamed, shrunk } from './follow.ts';
import { type FileConfig, RECORD_BYTES_DEFAULT } from './spec.ts';

export interface FileTask {
  readonly path: string;
  readonly key: string;
  /** The file's number among all. */
  readonly file: number;
  readonly from: Place;
  /** Where the followed file was that `from` is in, for another may have its name now. */
  readonly inode?: string | undefined;
}

export interface FeedOptions {
  readonly context: SourceContext<FileConfig>;
  readonly fields: readonly DecodeField[];
  readonly interning: Interning;
  /** Bytes of files that may stand decoded in the queue. */
  readonly bytesMax: number;
  /** The column that paces the replay; −1 for none. */
  readonly timeColumn: number;
  /** The latest time (ms) of rows that were given before. */
  readonly maxTime: number;
  /** Told when something changed at the head or the end. */
  changed(): void;
  /** Sees every block's rows once: for checks of the data as a whole. */
  seen(batch: Batch): void;
  /** All files were read. */
  ended(): void;
}

const BLOCKS_MAX = 4;
const LETTERS_MAX = 256;
/** Between two looks at a file that may have grown. */
const POLL_MS = 250;
/** Bytes that are decoded between two looks whether others want the thread. */
const SLICE_BYTES = 16 * 1024;
const SLICE_ROWS = 2048;

export class FileFeed implements Feed {
  finished = false;
  failure: Error | null = null;
  readonly #options: FeedOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #queue: Block[] = [];
  #bytes = 0;
  #room: (() => void) | null = null;
  #maxTime = -Infinity;
  /** Rows of a Parquet file that were not decoded yet. */
  #ahead = Number.NaN;
  #sinceBreath = 0;

  constructor(files: readonly FileTask[], options: FeedOptions) {
    this.#options = options;
    this.#maxTime = options.maxTime;
    this.#done = this.#run(files);
  }

  head(): Block | null {
    return this.#queue[0] ?? null;
  }

  shift(): void {
    const block = this.#queue.shift();
    this.#bytes -= block?.bytes ?? 0;
    this.#room?.();
  }

  get remaining(): number {
    const rows = this.#queue.reduce((sum, block) => sum + block.batch.length, 0);
    return this.finished ? rows : rows + this.#ahead;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#room?.();
    await this.#done;
  }

  async #run(files: readonly FileTask[]): Promise<void> {
    let path = '';
    try {
      for (const [i, task] of files.entries()) {
        path = task.path;
        await this.#read(task, i === files.length - 1);
        if (this.#stop.signal.aborted) break;
      }
      this.#options.ended();
    } catch (error) {
      if (!this.#stop.signal.aborted) this.failure = fileError(error, path);
    }
    this.finished = true;
    this.#options.changed();
  }

  async #read(task: FileTask, isLast: boolean): Promise<void> {
    const { config } = this.#options.context;
    const detected = await detect(task.path, config.format);
    if (config.follow) checkFollowed(task.path, detected);
    if (detected.format.kind === 'parquet') await this.#readParquet(task, isLast);
    else await this.#readText(task, detected);
  }

  async #readParquet(task: FileTask, isLast: boolean): Promise<void> {
    // Its decompressors make tables when they are loaded: only for who reads Parquet.
    const { ParquetReader } = await import('../../formats/parquet/reader.ts');
    const reader = await ParquetReader.open(task.path, this.#options.fields);
    if (reader.rows < task.from.offset) throw shrunk(task.path, task.from.offset, 'rows');
    for (const name of reader.missing) this.#warn(task, `There is no column ${JSON.stringify(name)}.`);
    const blocks = this.#blocks(task, 'row');
    const ahead = (row: number): void => {
      // More files may follow, whose rows are not known.
      this.#ahead = isLast ? reader.rows - row : Number.NaN;
    };
    ahead(task.from.offset);
    await reader.read(task.path, task.from.offset, blocks, () => {
      if (blocks.rows > 0 || blocks.letters > 0) ahead(this.#push(blocks, null, false).end.offset);
      return this.#pause();
    });
    if (!this.#stop.signal.aborted) this.#push(blocks, null, true);
  }

  async #readText(task: FileTask, detected: Detected): Promise<void> {
    let from = task.from;
    if (await this.#readRest(task, detected)) from = START;
    for (;;) {
      const again = await this.#readOnce({ ...task, from }, detected, this.#options.context.config.follow);
      if (!again) return;
      from = START;
    }
  }

  /** Where a followed file lost its name to another while nobody followed: reads its rest. */
  async #readRest(task: FileTask, detected: Detected): Promise<boolean> {
    const { path, inode } = task;
    if (inode === undefined || (await inodeOf(path)) === inode) return false;
    const old = await renamed(path, inode);
    if (old === null) this.#warn(task, 'The file was replaced since: what it still had is lost.');
    else await this.#readOnce({ ...task, path: old }, detected, false);
    return true;
  }

  /** Reads the file to its end. True when a followed file began anew and has to be read from its start. */
  async #readOnce(task: FileTask, detected: Detected, follow: boolean): Promise<boolean> {
    const { config } = this.#options.context;
    const codec = this.#codec(task, detected);
    if (!detected.gzip && (await stat(task.path)).size < task.from.offset) {
      if (!follow) throw shrunk(task.path, task.from.offset);
      this.#warn(task, 'The file is shorter than what was read of it: it is read from its start.');
      return true;
    }
    const bytes: Bytes = detected.gzip
      ? new GzipBytes(task.path, task.from.offset)
      : await PlainBytes.open(task.path, task.from.offset);
    const inode = config.follow && bytes instanceof PlainBytes ? await bytes.inode() : undefined;
    const blocks = this.#blocks({ ...task, inode }, codec.unit);
    try {
      for (;;) {
        const chunk = await bytes.read();
        if (this.#stop.signal.aborted) return false;
        if (chunk !== null) {
          if (!(await this.#decode(chunk, codec, blocks))) return false;
          continue;
        }
        if (bytes instanceof GzipBytes && bytes.tooShort) throw shrunk(task.path, task.from.offset);
        if (!follow || !(bytes instanceof PlainBytes)) break;
        if (blocks.rows > 0 || blocks.letters > 0) this.#push(blocks, codec.memo, false);
        const fate = await this.#waitForMore(task, bytes);
        if (fate === 'stopped') return false;
        if (fate === 'replaced') {
          codec.end(blocks);
          this.#push(blocks, codec.memo, false);
          return true;
        }
      }
      codec.end(blocks);
      this.#push(blocks, codec.memo, !config.follow);
      return false;
    } finally {
      await bytes.close();
    }
  }

  async #decode(chunk: Buffer, codec: Codec, blocks: BlockBuilder): Promise<boolean> {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      const before = blocks.rows;
      codec.push(chunk.subarray(at, at + SLICE_BYTES), blocks);
      this.#sinceBreath += blocks.rows - before;
      if (this.#sinceBreath > SLICE_ROWS) {
        this.#sinceBreath = 0;
        await breathe();
      }
      const full = blocks.rows >= this.#options.context.batchRows || blocks.letters >= LETTERS_MAX;
      if (full || blocks.bytes >= this.#options.bytesMax / BLOCKS_MAX) this.#push(blocks, codec.memo, false);
      if (!(await this.#pause())) return false;
    }
    return true;
  }

  /** Waits until a followed file has more bytes, or another file stands under its name. */
  async #waitForMore(task: FileTask, bytes: PlainBytes): Promise<'more' | 'replaced' | 'stopped'> {
    const { clock } = this.#options.context;
    for (;;) {
      const own = await bytes.handle.stat();
      if (own.size > bytes.offset) return 'more';
      const named = await stat(task.path).catch(() => null);
      // Between removal and creation of a rotated file nothing is there: then it is waited for.
      if (named !== null && (named.ino !== own.ino || named.size < bytes.offset)) {
        this.#warn(task, 'The file was replaced or cut: it is read from its start.');
        return 'replaced';
      }
      await wait(clock, POLL_MS, this.#stop.signal);
      if (this.#stop.signal.aborted) return 'stopped';
    }
  }

  #codec(task: FileTask, { format }: Detected): Codec {
    const { context, fields } = this.#options;
    const options: CodecOptions = {
      fields,
      recordBytes: context.config.limits?.recordBytes ?? RECORD_BYTES_DEFAULT,
      from: task.from,
      warn: (text) => this.#warn(task, text),
    };
    return textCodec(format, options);
  }

  #blocks(task: FileTask, unit: string): BlockBuilder {
    const { context, interning } = this.#options;
    const now = (): number => context.clock.now();
    const { key, file, inode } = task;
    return new BlockBuilder({ key, inode, file, fields: context.fields, interning, unit, now }, task.from);
  }

  #push(blocks: BlockBuilder, memo: Place['memo'], last: boolean): Block {
    const block = blocks.take(memo, last, (batch) => this.#due(batch));
    this.#options.seen(block.batch);
    this.#queue.push(block);
    this.#bytes += block.bytes;
    this.#options.changed();
    return block;
  }

  #due(batch: Batch): Float64Array | null {
    const column = batch.columns[this.#options.timeColumn];
    if (column === undefined) return null;
    const due = new Float64Array(batch.length);
    for (let i = 0; i < batch.length; i++) {
      const valid = column.validity === null || column.validity[i] === 1;
      if (valid) this.#maxTime = Math.max(this.#maxTime, Number(column.values[i] ?? 0));
      due[i] = this.#maxTime;
    }
    return due;
  }

  /** Waits while the queue is full; false when reading has to end. */
  async #pause(): Promise<boolean> {
    while (
      !this.#stop.signal.aborted &&
      (this.#queue.length >= BLOCKS_MAX || this.#bytes >= this.#options.bytesMax)
    ) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
      this.#room = null;
    }
    return !this.#stop.signal.aborted;
  }

  #warn(task: FileTask, text: string): void {
    this.#options.context.log('warning', `${task.key}: ${text}`);
  }
}
