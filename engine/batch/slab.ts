/**
 * Small arrays cut from large ones. A batch's selection is 4 kB: allocated one by one, such buffers cost more in the garbage
 * collector than the loop that fills them (bench q0). A slab lives as long as any array cut from it.
 */
const SLAB_VALUES = 64 * 1024;
let slab = new Int32Array(SLAB_VALUES);
let used = 0;

/** An array of `length` with unspecified content, the caller's own. */
export function takeCodes(length: number): Int32Array {
  if (length > SLAB_VALUES / 4) return new Int32Array(length);
  if (used + length > SLAB_VALUES) {
    slab = new Int32Array(SLAB_VALUES);
    used = 0;
  }
  used += length;
  return slab.subarray(used - length, used);
}
