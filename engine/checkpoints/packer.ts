/** Takes the state of all nodes apart, a few ms at a time, for the run goes on meanwhile. */
import type { Block } from './blocks.ts';
import type { Part } from './format.ts';
import { type Piece, takeApart } from './pack.ts';

/** As long as a slice of the run's own work. */
const SLICE_MS = 4;

export interface PackedPart extends Omit<Part, 'state'> {
  /** Bytes to be written, or the blocks that have them already. */
  readonly pieces: readonly (Uint8Array | readonly Block[])[];
  readonly owners: readonly (object | null)[];
}

/** A block is known by where it is. */
export const keyOf = ([file, at]: Block): string => `${file}:${at}`;

export class Packer {
  /** Of frozen lists, where their bytes were written: they need not even be encoded again. */
  readonly #written = new WeakMap<object, readonly Block[]>();

  /** @param known keys of the blocks that may be referred to */
  async pack(parts: readonly Part[], known: ReadonlySet<string>): Promise<PackedPart[]> {
    let since = performance.now();
    const packed: PackedPart[] = [];
    for (const { state, ...part } of parts) {
      const taken = takeApart(state);
      const pieces: PackedPart['pieces'][number][] = [];
      for (const piece of taken) {
        pieces.push(this.#found(piece, known) ?? piece.bytes());
        if (performance.now() - since < SLICE_MS) continue;
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
      packed.push({ ...part, pieces, owners: taken.map((piece) => piece.owner) });
    }
    return packed;
  }

  #found({ owner }: Piece, known: ReadonlySet<string>): readonly Block[] | null {
    const blocks = owner === null ? undefined : this.#written.get(owner);
    return blocks?.every((block) => known.has(keyOf(block))) === true ? blocks : null;
  }

  /** The checkpoint stands: its pieces, by part. */
  complete(packed: readonly PackedPart[], pieces: readonly (readonly (readonly Block[])[])[]): void {
    packed.forEach(({ owners }, p) => {
      owners.forEach((owner, i) => {
        const blocks = pieces[p]?.[i];
        if (owner !== null && blocks !== undefined) this.#written.set(owner, blocks);
      });
    });
  }
}
