/**
 * Small arrays cut from large ones. A batch's selection is 4 kB: allocated one by one, such buffers cost more in the garbage
 * collector than the loop that fills them (bench q0). A slab lives as long as any array cut from it.
 */
const SLAB_VALUES = 64 * 1024;
/** A longer array is made on its own: it would waste the rest of a slab. */
const SHARED_MAX = SLAB_VALUES / 4;

let codes = new ArrayBuffer(SLAB_VALUES * 4);
let codesUsed = 0;
let floats = new ArrayBuffer(SLAB_VALUES * 8);
let floatsUsed = 0;

/** An array of `length` with unspecified content, the caller's own. */
export function takeCodes(length: number): Int32Array {
  if (length > SHARED_MAX) return new Int32Array(length);
  if (codesUsed + length > SLAB_VALUES) {
    codes = new ArrayBuffer(SLAB_VALUES * 4);
    codesUsed = 0;
  }
  codesUsed += length;
  return new Int32Array(codes, (codesUsed - length) * 4, length);
}

/**
 * Gives back what lies beyond `used` of an array that `takeCodes` just gave: a filter that keeps little then needs hardly any
 * memory, and fresh memory costs more than filling it. Only for who has handed the array to nobody yet.
 */
export function trimCodes(array: Int32Array, used: number): void {
  const end = array.byteOffset / 4 + array.length;
  if (array.buffer === codes && end === codesUsed) codesUsed -= array.length - used;
}

/** The same as `takeCodes` for doubles. */
export function takeFloats(length: number): Float64Array {
  if (length > SHARED_MAX) return new Float64Array(length);
  if (floatsUsed + length > SLAB_VALUES) {
    floats = new ArrayBuffer(SLAB_VALUES * 8);
    floatsUsed = 0;
  }
  floatsUsed += length;
  return new Float64Array(floats, (floatsUsed - length) * 8, length);
}
