/**
 * Copies of state arrays for snapshots. The memory of a checkpoint that was written is given back here and used for the next: to touch
 * fresh pages takes longer than the copy itself (45 MB: 29 ms against 7 on the build machine), and the run stands still meanwhile.
 * It is shared memory, so that the thread which writes it can read it; to transfer it back and forth makes the garbage collector work.
 */
type Copied = Float64Array | Int32Array | Int16Array | Uint8Array;

/** What is smaller comes from the allocator as fast. */
const LEAST_BYTES = 64 * 1024;
/** By size in bytes. */
let spare = new Map<number, SharedArrayBuffer[]>();

/** The first `length` elements, as `slice` gives them; its buffer may be larger than that. */
export function copyOf<T extends Copied>(array: T, length = array.length): T {
  const count = Math.min(length, array.length);
  const bytes = count * array.BYTES_PER_ELEMENT;
  if (bytes < LEAST_BYTES) return array.slice(0, count) as T;
  const size = sizeClass(bytes);
  const buffer = spare.get(size)?.pop() ?? new SharedArrayBuffer(size);
  const View = array.constructor as new (buffer: SharedArrayBuffer, offset: number, length: number) => T;
  const copy = new View(buffer, 0, count);
  copy.set(count === array.length ? array : array.subarray(0, count));
  return copy;
}

/**
 * Copies of an array that seldom changes: as long as it does not, the same copy, which a checkpoint then need not write again. It is nobody's
 * to write into.
 */
export class FixedCopy<T extends Copied> {
  #copy: T | null = null;
  #version = Number.NaN;

  /** @param version differs whenever the array does */
  of(array: T, version: number, length = array.length): T {
    if (
      this.#copy === null ||
      this.#version !== version ||
      this.#copy.length !== Math.min(length, array.length)
    ) {
      // Of its own memory: it is not given back.
      this.#copy = array.slice(0, length) as T;
      this.#version = version;
      fixed.add(this.#copy);
    }
    return this.#copy;
  }
}
const fixed = new WeakSet<object>();
export const isFixed = (array: object): boolean => fixed.has(array);

/** Buffers of copies that nobody reads any more. Those that were given back before and not used since are let go. */
export function giveBack(buffers: Iterable<ArrayBufferLike>): void {
  spare = new Map();
  for (const buffer of buffers) {
    if (!(buffer instanceof SharedArrayBuffer)) continue;
    const same = spare.get(buffer.byteLength);
    if (same === undefined) spare.set(buffer.byteLength, [buffer]);
    else same.push(buffer);
  }
}

/** Up to an eighth more: state that grows a little still fits what was given back. */
function sizeClass(bytes: number): number {
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}
