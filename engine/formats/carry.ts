import { RAW_TEXT_MAX } from '../runtime/contracts.ts';
import type { BadRecord } from './codec.ts';

/** UTF-8 bytes that hold RAW_TEXT_MAX characters, whatever they are. */
export const RAW_BYTES_MAX = RAW_TEXT_MAX * 4;

/**
 * The beginning of a record whose end has not come yet. Above the limit only its first bytes are kept, so that a line
 * of any length needs no memory.
 */
export class Carry {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** @param limit bytes of the largest record */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(part: Buffer): void {
    if (part.length === 0) return;
    const wasOver = this.#bytes > this.#limit;
    this.#bytes += part.length;
    if (wasOver) return;
    this.#parts.push(part);
    if (this.#bytes > this.#limit) {
      const head = Buffer.from(this.#joined().subarray(0, RAW_BYTES_MAX));
      this.#parts = [head];
    }
  }

  /** The whole record, or its beginning where it is too large; nothing is carried after it. */
  take(rest: Buffer): { readonly bytes: Buffer; readonly tooLarge: BadRecord | null } {
    if (this.#bytes === 0 && rest.length <= this.#limit) return { bytes: rest, tooLarge: null };
    this.add(rest);
    const bytes = this.#joined();
    const total = this.#bytes;
    this.#parts = [];
    this.#bytes = 0;
    if (total <= this.#limit) return { bytes, tooLarge: null };
    return { bytes: bytes.subarray(0, RAW_BYTES_MAX), tooLarge: tooLarge(total, this.#limit) };
  }

  #joined(): Buffer {
    const [first] = this.#parts;
    return this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
  }
}

function tooLarge(bytes: number, limit: number): BadRecord {
  return {
    code: 'C-LIMIT',
    message: `The record has ${bytes} bytes.`,
    value: `${bytes} bytes`,
    expected: `at most ${limit} bytes`,
    next: 'Raise "Largest record" in the limits of the source, or split the record.',
  };
}
