/** 64 bits of hash as two numbers, for sketches: MurmurHash3_x86_32 (Austin Appleby, public domain) with two seeds. */
import type { Key } from './accumulator.ts';

/** The last result; both unsigned. */
export const hashed = { high: 0, low: 0 };

const bits = new DataView(new ArrayBuffer(8));

export function hash64(key: Key): void {
  if (typeof key === 'number') {
    bits.setFloat64(0, key);
    const a = bits.getUint32(0);
    const b = bits.getUint32(4);
    hashed.high = finish(round(round(0x2f7d_3b61, a), b), 8);
    hashed.low = finish(round(round(0x51ed_270b, a), b), 8);
    return;
  }
  const text = String(key);
  hashed.high = hashText(text, 0x2f7d_3b61);
  hashed.low = hashText(text, 0x51ed_270b);
}

/** Of UTF-16 units, two to a block. */
function hashText(text: string, seed: number): number {
  let h = seed;
  let at = 0;
  for (; at + 1 < text.length; at += 2) h = round(h, text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
  if (at < text.length) h ^= scramble(text.charCodeAt(at));
  return finish(h, text.length * 2);
}

function scramble(k: number): number {
  const x = Math.imul(k, 0xcc9e_2d51);
  return Math.imul((x << 15) | (x >>> 17), 0x1b87_3593);
}

function round(h: number, k: number): number {
  const x = h ^ scramble(k);
  return (Math.imul((x << 13) | (x >>> 19), 5) + 0xe654_6b64) | 0;
}

function finish(value: number, length: number): number {
  let h = value ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
