/**
 * Keeps accepted bodies on the disk until a checkpoint holds what became of them. Segments, each named by the offset of its first
 * byte; old ones are removed whole. What waits while others reach the disk is written together (group commit).
 */
import { join } from 'node:path';
import { problem, WeirError } from '../../contract/problems.ts';
import type { Files, OpenFile } from '../../files/files.ts';
import {
  type Body,
  decodeFrame,
  type Entry,
  encodeFrame,
  frameLength,
  hasFrameBehind,
  placesOf,
} from './frame.ts';

/** A segment that has this much is followed by another. */
const SEGMENT_BYTES = 4 * 1024 * 1024;
/** Bodies are written together up to this. */
const GROUP_BYTES = 4 * 1024 * 1024;

export interface JournalOptions {
  readonly files: Files;
  readonly folder: string;
  readonly nodeId: string;
  warn(text: string): void;
}

interface Waiting {
  readonly body: Body;
  kept(place: { readonly offset: number; readonly next: number }): void;
  resolve(): void;
  reject(error: unknown): void;
}

interface Segment {
  readonly base: number;
  /** Of the last segment, what is safe of it. */
  end: number;
}

export class Journal {
  readonly #options: JournalOptions;
  /** By place; the last is written to. */
  #segments: Segment[];
  #file: OpenFile | null = null;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  /** What is known to be lost: nothing can be kept any more. */
  #failure: unknown = null;
  #end: number;

  private constructor(options: JournalOptions, segments: Segment[], end: number) {
    this.#options = options;
    this.#segments = segments;
    this.#end = end;
  }

  /** @param from where reading goes on; null: at the beginning of what is there */
  static async open(options: JournalOptions, from: number | null): Promise<Journal> {
    const { files, folder, warn } = options;
    await files.makeFolder(folder);
    const bases = (await files.list(folder)).flatMap((name) => baseOf(name) ?? []).sort((a, b) => a - b);
    const segments = bases.map((base, i): Segment => ({ base, end: bases[i + 1] ?? base }));
    const last = segments.at(-1);
    if (last === undefined) {
      if (from !== null && from > 0)
        warn(
          'The journal of the checkpoint is not here: events that were accepted after it do not come again.',
        );
      return new Journal(options, [], from ?? 0);
    }
    const bytes = await readAll(files, join(folder, nameOf(last.base)));
    last.end += wholeLength(bytes, last.base, options);
    const torn = bytes.length - (last.end - last.base);
    const journal = new Journal(options, segments, last.end);
    if (from !== null && (from < journal.start || from > journal.end)) throw outside(journal, from, options);
    if (torn > 0) warn(`The last ${torn} bytes of the journal were torn: they were never answered with 202.`);
    journal.#file = await files.open(join(folder, nameOf(last.base)), 'edit');
    if (torn > 0) await journal.#file.truncate(last.end - last.base);
    return journal;
  }

  get start(): number {
    return this.#segments[0]?.base ?? this.#end;
  }

  /** The place behind all that is safe. */
  get end(): number {
    return this.#end;
  }

  /** What stands from `from` to the end of now, in parts. @throws WeirError where it is damaged */
  async *read(from: number): AsyncGenerator<Entry[]> {
    const { files, folder } = this.#options;
    let found = from === this.#end;
    for (const { base, end } of this.#segments.map((segment) => ({ ...segment }))) {
      if (end <= from) continue;
      const bytes = (await readAll(files, join(folder, nameOf(base)))).subarray(0, end - base);
      for (let at = 0; at < end - base; ) {
        const length = frameLength(bytes, at, base);
        if (length === 0) throw damaged(this.#options, base + at);
        const entries = decodeFrame(bytes.subarray(at, at + length), base + at);
        at += length;
        if (base + at <= from) continue;
        const behind = entries.filter(({ offset }) => offset >= from);
        found ||= behind[0]?.offset === from;
        if (!found) throw outside(this, from, this.#options);
        if (behind.length > 0) yield behind;
      }
    }
  }

  /**
   * Resolves when the body would survive a power cut; `kept` is called before that, in the order of the journal. Rejects where it
   * could not be written: then it is not in the journal.
   */
  append(body: Body, kept: Waiting['kept']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ body, kept, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#groupLength());
      const bodies = group.map(({ body }) => body);
      try {
        await this.#write(encodeFrame(bodies, this.#end));
      } catch (error) {
        for (const { reject } of group) reject(error);
        continue;
      }
      const places = placesOf(bodies, this.#end);
      this.#end = places.at(-1)?.next ?? this.#end;
      const last = this.#segments.at(-1);
      if (last !== undefined) last.end = this.#end;
      for (const [i, place] of places.entries()) group[i]?.kept(place);
      for (const { resolve } of group) resolve();
    }
    // In one go with the look at what waits: what comes after it begins anew.
    this.#writing = null;
  }

  #groupLength(): number {
    let bytes = 0;
    let count = 0;
    for (const { body } of this.#waiting) {
      bytes += body.bytes.length;
      if (count > 0 && bytes > GROUP_BYTES) break;
      count++;
    }
    return count;
  }

  async #write(frame: Buffer): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const { file, base } = await this.#segment();
    const at = this.#end - base;
    try {
      await file.write(frame, at);
    } catch (error) {
      // What was written of it must not stand behind what is kept.
      await file.truncate(at).catch((second: unknown) => {
        this.#failure = second;
      });
      throw error;
    }
    try {
      await file.sync();
    } catch (error) {
      // Nobody knows what is on the disk now; the kernel may say that the next sync went well.
      this.#failure = error;
      await file.truncate(at).catch(() => {});
      throw error;
    }
  }

  async #segment(): Promise<{ file: OpenFile; base: number }> {
    const { files, folder } = this.#options;
    const last = this.#segments.at(-1);
    if (this.#file !== null && last !== undefined && this.#end - last.base < SEGMENT_BYTES)
      return { file: this.#file, base: last.base };
    const path = join(folder, nameOf(this.#end));
    const file = await files.open(path, 'create');
    try {
      await files.syncFolder(folder);
    } catch (error) {
      await file.close();
      await files.remove(path);
      throw error;
    }
    await this.#file?.close();
    this.#file = file;
    this.#segments.push({ base: this.#end, end: this.#end });
    return { file, base: this.#end };
  }

  /** What lies before `offset` is needed no more. */
  async cut(offset: number): Promise<void> {
    const { files, folder } = this.#options;
    for (let first = this.#segments[0]; first !== undefined; first = this.#segments[0]) {
      if (this.#segments.length === 1 || first.end > offset) return;
      await files.remove(join(folder, nameOf(first.base)));
      this.#segments.shift();
    }
  }

  /** Why nothing more can be kept; null while it can. */
  get failure(): unknown {
    return this.#failure;
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#failure ??= new Error('the journal is closed');
    await this.#file?.close();
    this.#file = null;
  }
}

const nameOf = (base: number): string => `${String(base).padStart(16, '0')}.journal`;
const baseOf = (name: string): number | null => {
  const digits = /^(\d{16})\.journal$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
};

async function readAll(files: Files, path: string): Promise<Buffer> {
  const size = (await files.info(path))?.size ?? 0;
  const bytes = Buffer.alloc(size);
  const file = await files.open(path, 'read');
  try {
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}

/** Bytes of the whole frames at the beginning. @throws WeirError where what follows cannot be the work of a crash */
function wholeLength(bytes: Buffer, base: number, options: JournalOptions): number {
  let at = 0;
  for (let length = frameLength(bytes, at, base); length > 0; length = frameLength(bytes, at, base))
    at += length;
  if (hasFrameBehind(bytes, at, base)) throw damaged(options, base + at);
  return at;
}

const damaged = ({ nodeId, folder }: JournalOptions, offset: number): WeirError =>
  new WeirError(
    problem('C-FORMAT', {
      path: ['nodes', nodeId],
      message: `The journal of accepted events is damaged at offset ${offset}.`,
      value: folder,
      expected: 'the journal as it was written',
      next: 'Restore the folder from a copy, or remove it and start from the beginning: its events are lost then.',
    }),
  );

const outside = (journal: Journal, from: number, { nodeId, folder }: JournalOptions): WeirError =>
  new WeirError(
    problem('R-NODE', {
      path: ['nodes', nodeId],
      message: 'The journal of accepted events does not hold the place that the checkpoint names.',
      value: `offset ${from} in ${folder}`,
      expected: `the beginning of an event from ${journal.start} to ${journal.end}`,
      next: 'Go on from a later checkpoint, or start from the beginning.',
    }),
  );
