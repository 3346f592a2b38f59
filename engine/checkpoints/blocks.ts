/** Pieces of state on the disk: cut into blocks, of which those that an earlier checkpoint wrote are not written again. */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Files, OpenFile } from '../files/files.ts';

/** Of blocks that may be found again. */
export const BLOCK_BYTES = 256 * 1024;
/** Smaller ones are written anew: a checkpoint of little state stands alone. */
const SHARED_BYTES_LEAST = 16 * 1024;

/** In the state file of which checkpoint, from which byte on, how many bytes, and their CRC-32. */
export type Block = readonly [file: number, at: number, bytes: number, crc: number];

export interface WriteRequest {
  readonly folder: string;
  /** A file of its name is there, which nobody reads any more, to be written over. */
  readonly over: boolean;
  /** Of the checkpoint. */
  readonly id: number;
  readonly pieces: readonly Uint8Array[];
  /** Blocks of earlier checkpoints that may stand for equal ones. */
  readonly known: readonly Block[];
}

/** By piece, where its bytes are. */
export type Written = readonly (readonly Block[])[];

/** A third of the time that SHA-256 takes, while the run wants the same caches. */
export const checksum = (bytes: Uint8Array): number => crc32(bytes);

/** Of the files of checkpoint `id`: `chk-000012.state`. */
export const fileName = (id: number, kind: string): string => `chk-${String(id).padStart(6, '0')}.${kind}`;

/** Tells whether a checksum, of which there are too few to trust in, stands for the same bytes. */
class EarlierBlocks {
  readonly #files: Pick<Files, 'open'>;
  readonly #folder: string;
  readonly #bySum = new Map<number, Block>();
  readonly #open = new Map<number, OpenFile>();
  readonly #found = new Uint8Array(BLOCK_BYTES);

  constructor(files: Pick<Files, 'open'>, folder: string, known: readonly Block[]) {
    this.#files = files;
    this.#folder = folder;
    for (const block of known) this.#bySum.set(block[3], block);
  }

  async find(bytes: Uint8Array, sum: number): Promise<Block | null> {
    const block = this.#bySum.get(sum);
    if (block === undefined || block[2] !== bytes.length || bytes.length > this.#found.length) return null;
    const found = this.#found.subarray(0, bytes.length);
    try {
      const file = this.#open.get(block[0]) ?? (await this.#files.open(this.#path(block[0]), 'read'));
      this.#open.set(block[0], file);
      return (await file.read(found, block[1])) === bytes.length && Buffer.compare(found, bytes) === 0
        ? block
        : null;
    } catch {
      // What cannot be read cannot be referred to: it is written anew.
      return null;
    }
  }

  #path(id: number): string {
    return join(this.#folder, fileName(id, 'state'));
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await file.close();
  }
}

/** Writes what no known block holds into the file, and waits until it is on the disk. */
export async function writeBlocks(
  files: Pick<Files, 'open'>,
  { folder, over, id, pieces, known }: WriteRequest,
): Promise<Written> {
  const earlier = new EarlierBlocks(files, folder, known);
  const file = await files.open(join(folder, fileName(id, 'state')), over ? 'edit' : 'create');
  let end = 0;
  try {
    const written: Block[][] = [];
    for (const piece of pieces) {
      const blocks: Block[] = [];
      // What is new and stands side by side is written at once.
      let from = 0;
      const flush = async (to: number): Promise<void> => {
        if (to > from) await file.write(piece.subarray(from, to), end - (to - from));
      };
      for (let at = 0; at < piece.length; at += BLOCK_BYTES) {
        const bytes = piece.subarray(at, at + BLOCK_BYTES);
        const sum = checksum(bytes);
        const same = bytes.length < SHARED_BYTES_LEAST ? null : await earlier.find(bytes, sum);
        if (same === null) {
          blocks.push([id, end, bytes.length, sum]);
          end += bytes.length;
        } else {
          await flush(at);
          from = at + bytes.length;
          blocks.push(same);
        }
      }
      await flush(piece.length);
      written.push(blocks);
    }
    if (over) await file.truncate(end);
    await file.sync();
    return written;
  } finally {
    await file.close();
    await earlier.close();
  }
}
