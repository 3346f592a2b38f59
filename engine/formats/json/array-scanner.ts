/**
 * Finds the elements of an array inside a JSON document, byte by byte, so that a document of any size is read in a
 * stream. It knows strings, brackets and commas; whether an element is JSON is for `JSON.parse` to say.
 */
import { Carry } from '../carry.ts';
import type { BadRecord, Place } from '../codec.ts';

export interface ElementReceiver {
  element(bytes: Buffer, offset: number, number: number): void;
  bad(record: BadRecord, raw: Buffer, offset: number, number: number): void;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const isBlank = (b: number): boolean => b === 32 || b === 10 || b === 13 || b === 9;

/** Longer keys are never on a path. */
const KEY_BYTES_MAX = 1024;

export type ScanState = 'seeking' | 'inside' | 'done' | 'absent';

export class ArrayScanner {
  state: ScanState;
  readonly #path: readonly string[];
  readonly #carry: Carry;
  #offset: number;
  #number: number;
  /** Brackets open inside the element, or (seeking) inside the document. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #inElement = false;
  /** Seeking: segments of the path whose objects are open. */
  #matched = 0;
  #key: number[] = [];
  #lastKey: string | null = null;
  /** Seeking: after the colon behind `#lastKey`. */
  #atValue = true;

  constructor(path: readonly string[], from: Place, recordBytes: number) {
    this.#path = path;
    this.#carry = new Carry(recordBytes);
    this.#offset = from.offset;
    this.#number = from.number;
    // A place in the middle stands behind an element.
    this.state = from.offset > 0 ? 'inside' : 'seeking';
  }

  push(chunk: Buffer, to: ElementReceiver): void {
    let at = 0;
    if (this.state === 'seeking') at = this.#seek(chunk);
    if (this.state === 'inside') this.#scan(chunk, at, to);
    this.#offset += chunk.length;
  }

  /** The document ends: an element, or the array itself, that is still open was cut off. */
  end(to: ElementReceiver): void {
    if (this.state !== 'inside') return;
    const { bytes } = this.#carry.take(Buffer.alloc(0));
    this.state = 'done';
    to.bad(
      {
        code: 'C-FORMAT',
        message: 'The file ends in the middle of the array of records.',
        expected: '] after the last record',
        next: 'Fetch the file again: it was cut.',
      },
      bytes,
      this.#offset,
      this.#number + 1,
    );
  }

  /** Walks to the array; returns the position behind its bracket. */
  #seek(chunk: Buffer): number {
    for (let i = 0; i < chunk.length; i++) {
      const b = chunk[i] ?? 0;
      if (this.#inString) {
        this.#inKey(b);
        continue;
      }
      // A byte order mark counts as blank.
      if (isBlank(b) || (this.#depth === 0 && b >= 0x80)) continue;
      if (b === QUOTE) {
        this.#inString = true;
        this.#key = [];
        this.#atValue = false;
      } else if (b === COLON) this.#atValue = this.#onPath();
      else if (b === OPEN_OBJECT || b === OPEN_ARRAY) {
        const found = this.#open(b);
        if (found) return i + 1;
      } else if (b === CLOSE_OBJECT || b === CLOSE_ARRAY) this.#close();
      else this.#atValue = false;
      if (this.state !== 'seeking') return chunk.length;
    }
    return chunk.length;
  }

  #inKey(b: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (b === BACKSLASH) this.#escaped = true;
    else if (b === QUOTE) {
      this.#inString = false;
      this.#lastKey = keyText(this.#key);
      return;
    }
    if (this.#key.length < KEY_BYTES_MAX) this.#key.push(b);
  }

  /** Whether the key before the colon is the next one of the path, in the object that the path leads to. */
  #onPath(): boolean {
    return this.#depth === this.#matched + 1 && this.#lastKey === this.#path[this.#matched];
  }

  #open(b: number): boolean {
    const atTop = this.#depth === 0;
    const expected = atTop
      ? this.#path.length === 0
      : this.#atValue && this.#matched + 1 === this.#path.length;
    if (expected && b === OPEN_ARRAY) {
      this.state = 'inside';
      this.#depth = 0;
      return true;
    }
    if ((atTop && (expected || b === OPEN_ARRAY)) || (expected && !atTop)) this.state = 'absent';
    if (!atTop && this.#atValue && b === OPEN_OBJECT) this.#matched++;
    this.#depth++;
    this.#atValue = false;
    return false;
  }

  #close(): void {
    this.#depth--;
    this.#atValue = false;
    // The object on the path ended without the key.
    if (this.#depth <= this.#matched) this.state = 'absent';
  }

  #scan(chunk: Buffer, from: number, to: ElementReceiver): void {
    let start = from;
    for (let i = from; i < chunk.length; i++) {
      const b = chunk[i] ?? 0;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (b === BACKSLASH) this.#escaped = true;
        else if (b === QUOTE) this.#inString = false;
        continue;
      }
      if (this.#depth === 0 && (b === COMMA || b === CLOSE_ARRAY)) {
        if (this.#inElement) this.#give(chunk.subarray(start, i), this.#offset + i, to);
        if (b === CLOSE_ARRAY) {
          this.state = 'done';
          return;
        }
        continue;
      }
      if (!this.#inElement) {
        if (isBlank(b)) continue;
        this.#inElement = true;
        start = i;
      }
      if (b === QUOTE) this.#inString = true;
      else if (b === OPEN_OBJECT || b === OPEN_ARRAY) this.#depth++;
      else if ((b === CLOSE_OBJECT || b === CLOSE_ARRAY) && this.#depth > 0) this.#depth--;
    }
    if (this.#inElement) this.#carry.add(chunk.subarray(start));
  }

  #give(rest: Buffer, offset: number, to: ElementReceiver): void {
    const { bytes, tooLarge } = this.#carry.take(rest);
    this.#inElement = false;
    this.#number++;
    if (tooLarge === null) to.element(bytes, offset, this.#number);
    else to.bad(tooLarge, bytes, offset, this.#number);
  }
}

/** A key's text; null where it is none. */
function keyText(bytes: readonly number[]): string | null {
  try {
    return JSON.parse(`"${Buffer.from(bytes).toString('utf8')}"`) as string;
  } catch {
    return null;
  }
}
