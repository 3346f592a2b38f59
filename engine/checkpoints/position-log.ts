/**
 * Where each source is, written down before its rows are passed on: a run that must give nothing twice goes on behind that, whatever
 * killed it. Two files a source, written in turns, so that one of them is whole at any instant. It is not forced to the disk with
 * every batch: it survives the death of the process, not that of the machine.
 */
import { closeSync, constants, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { Guarantee } from '../contract/document.ts';

const FOLDER = 'positions';
/** Number of the entry, bytes behind the header, checksum of number and bytes. */
const HEADER_BYTES = 16;
/** Made where it is missing; what stands there stays. */
const READ_WRITE = constants.O_RDWR | constants.O_CREAT;

interface Source {
  /** File descriptors. */
  readonly files: readonly [number, number];
  next: number;
  last: unknown;
}

export class PositionLog {
  readonly #folder: string;
  readonly #sources = new Map<string, Source>();

  /** @param folder of the checkpoints; whoever opens it has locked it */
  constructor(folder: string) {
    this.#folder = join(folder, FOLDER);
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Nothing goes on from what stands there. */
  static remove(folder: string): void {
    rmSync(join(folder, FOLDER), { recursive: true, force: true });
  }

  /** What was written last of a source; null: nothing. */
  read(source: string): unknown {
    return this.#open(source).last;
  }

  write(source: string, data: unknown): void {
    const own = this.#open(source);
    const body = serialize(data);
    const entry = Buffer.alloc(HEADER_BYTES + body.length);
    entry.writeDoubleLE(own.next, 0);
    entry.writeUInt32LE(body.length, 8);
    body.copy(entry, HEADER_BYTES);
    entry.writeUInt32LE(checksum(entry), 12);
    // One call: a process that is killed has made it or not.
    writeSync(own.next % 2 === 0 ? own.files[0] : own.files[1], entry, 0, entry.length, 0);
    own.next++;
    own.last = data;
  }

  /** The source begins anew: what stands here is of a position that was given up. */
  forget(source: string): void {
    for (const file of this.#sources.get(source)?.files ?? []) closeSync(file);
    this.#sources.delete(source);
    for (const path of this.#paths(source)) rmSync(path, { force: true });
  }

  close(): void {
    for (const { files } of this.#sources.values()) for (const file of files) closeSync(file);
    this.#sources.clear();
  }

  #paths(source: string): readonly [string, string] {
    return [join(this.#folder, `${source}.0`), join(this.#folder, `${source}.1`)];
  }

  #open(source: string): Source {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    const paths = this.#paths(source);
    const files = [openSync(paths[0], READ_WRITE), openSync(paths[1], READ_WRITE)] as const;
    const found = paths.flatMap((path) => entryIn(path) ?? []).sort((a, b) => b.number - a.number)[0];
    const made: Source = { files, next: (found?.number ?? 0) + 1, last: found?.data ?? null };
    this.#sources.set(source, made);
    return made;
  }
}

/**
 * The positions that a run goes on from and keeps. Null in modes that read sources again: theirs stand in checkpoints.
 * @param goesOn from where the last run on this folder died; otherwise what stands there is forgotten
 */
export function openPositions(folder: string, mode: Guarantee, goesOn: boolean): PositionLog | null {
  if (mode !== 'at-most-once' || !goesOn) PositionLog.remove(folder);
  return mode === 'at-most-once' ? new PositionLog(folder) : null;
}

/** Null where none is whole. */
function entryIn(path: string): { number: number; data: unknown } | null {
  const bytes = readFileSync(path);
  if (bytes.length < HEADER_BYTES) return null;
  const entry = bytes.subarray(0, HEADER_BYTES + bytes.readUInt32LE(8));
  if (entry.length !== HEADER_BYTES + bytes.readUInt32LE(8) || checksum(entry) !== entry.readUInt32LE(12))
    return null;
  return { number: entry.readDoubleLE(0), data: deserialize(entry.subarray(HEADER_BYTES)) };
}

const checksum = (entry: Buffer): number =>
  crc32(entry.subarray(HEADER_BYTES), crc32(entry.subarray(0, HEADER_BYTES - 4)));
