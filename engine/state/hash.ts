/** Hashes of numbers for open addressing: 32-bit, non-negative. */
const bits = new ArrayBuffer(8);
const asFloat = new Float64Array(bits);
const asInt = new Int32Array(bits);

/** Of a double: whole numbers of 32 bits directly, others by their two halves. */
export function hashNumber(value: number): number {
  if ((value | 0) === value) return finish(value);
  asFloat[0] = value;
  return finish((asInt[0] ?? 0) ^ Math.imul(asInt[1] ?? 0, 0x9e3779b1));
}

/** The finalizer of MurmurHash3 (Austin Appleby, public domain). */
function finish(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) & 0x7fff_ffff;
}

export const mix = (a: number, b: number): number => (Math.imul(a, 31) + b) & 0x7fff_ffff;
