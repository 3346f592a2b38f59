/** Pieces of state on the disk: cut into blocks, of which those that an earlier checkpoint wrote are not written again. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Files } from '../files/files.ts';

/** Of blocks that may be found again. */
export const BLOCK_BYTES = 256 * 1024;
/** Smaller ones are written anew: a checkpoint of little state stands alone. */
const SHARED_BYTES_LEAST = 16 * 1024;

/** In the state file of which checkpoint, from which byte on, how many bytes, and their SHA-256. */
export const zBlock = z.tuple([z.int().min(1), z.int().min(0), z.int().min(0), z.string()]);
export type Block = Readonly<z.output<typeof zBlock>>;

export interface WriteRequest {
  readonly path: string;
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

export const hashOf = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Writes what no known block holds into the file, and waits until it is on the disk. */
export async function writeBlocks(
  files: Pick<Files, 'open'>,
  { path, over, id, pieces, known }: WriteRequest,
  blockBytes = BLOCK_BYTES,
): Promise<Written> {
  const byHash = new Map(known.map((block) => [block[3], block]));
  const file = await files.open(path, over ? 'edit' : 'create');
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
      for (let at = 0; at < piece.length; at += blockBytes) {
        const bytes = piece.subarray(at, at + blockBytes);
        const hash = hashOf(bytes);
        const same = bytes.length < SHARED_BYTES_LEAST ? undefined : byHash.get(hash);
        if (same === undefined || same[2] !== bytes.length) {
          blocks.push([id, end, bytes.length, hash]);
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
  }
}
