/** Longer texts seldom repeat. */
const TEXT_BYTES_MAX = 32;
const SLOTS = 2048;
/** After so many texts with too few hits no more are looked up: they do not repeat. */
const TRIAL = 8192;

/**
 * Texts that were made of bytes lately. A text that comes again is the very object of before: nothing is decoded, and a
 * table of strings finds its code by the hash that the object keeps. One text a slot, the newest stays.
 */
export class TextCache {
  readonly #bytes = new Uint8Array(SLOTS * TEXT_BYTES_MAX);
  readonly #lengths = new Int32Array(SLOTS).fill(-1);
  readonly #texts: string[] = new Array<string>(SLOTS).fill('');
  #asked = 0;
  #hits = 0;

  /** The ASCII text from `from` to `until`. */
  ascii(bytes: Buffer, from: number, until: number): string {
    const length = until - from;
    if (length > TEXT_BYTES_MAX || (this.#asked >= TRIAL && this.#hits * 4 < this.#asked))
      return bytes.toString('latin1', from, until);
    let hash = length;
    for (let at = from; at < until; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    this.#asked++;
    if (this.#lengths[slot] === length && this.#same(bytes, from, length, slot * TEXT_BYTES_MAX)) {
      this.#hits++;
      return this.#texts[slot] as string;
    }
    const text = bytes.toString('latin1', from, until);
    this.#lengths[slot] = length;
    this.#texts[slot] = text;
    for (let k = 0; k < length; k++) this.#bytes[slot * TEXT_BYTES_MAX + k] = bytes[from + k] as number;
    return text;
  }

  #same(bytes: Buffer, from: number, length: number, base: number): boolean {
    for (let k = 0; k < length; k++) if (this.#bytes[base + k] !== bytes[from + k]) return false;
    return true;
  }
}
