/** Unpacks record batches. gzip and zstd are Node's; snappy and lz4 come from hyparquet-compressors, which reads Parquet here already. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { decompressLz4Raw, decompressSnappy } from 'hyparquet-compressors';

/** What a batch may grow to: a broker takes at most 1 MB packed by default, and a bomb must not take the memory. */
const UNPACKED_MAX = 256 * 1024 * 1024;

/** @param codec bits 0 to 2 of a batch's attributes */
export function unpack(payload: Buffer, codec: number): Buffer {
  switch (codec) {
    case 0:
      return payload;
    case 1:
      return gunzipSync(payload, { maxOutputLength: UNPACKED_MAX });
    case 2:
      return unpackSnappy(payload);
    case 3:
      return unpackLz4(payload);
    case 4:
      return zstdDecompressSync(payload, { maxOutputLength: UNPACKED_MAX });
    default:
      throw new Error(`an unknown compression (${codec})`);
  }
}

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);

/** Java's clients cut the text into blocks behind a head of 16 bytes (xerial's snappy-java); others write one block. */
function unpackSnappy(payload: Buffer): Buffer {
  if (!payload.subarray(0, 8).equals(XERIAL)) return snappyBlock(payload);
  const blocks: Buffer[] = [];
  for (let at = 16; at < payload.length; ) {
    const length = payload.readInt32BE(at);
    blocks.push(snappyBlock(payload.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}

function snappyBlock(block: Buffer): Buffer {
  let length = 0;
  for (let at = 0, shift = 1; at < 5; at++, shift *= 128) {
    const byte = block[at] as number;
    length += (byte & 127) * shift;
    if (byte < 128) break;
  }
  if (length > UNPACKED_MAX) throw new Error('a batch that is too large unpacked');
  return asBuffer(decompressSnappy(block, length));
}

const LZ4_MAGIC = 0x184d2204;
const BLOCK_SIZES: Readonly<Record<number, number>> = {
  4: 64 * 1024,
  5: 256 * 1024,
  6: 1024 * 1024,
  7: 4 * 1024 * 1024,
};

/** An LZ4 frame with blocks of their own, as Kafka's clients write it. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
function unpackLz4(payload: Buffer): Buffer {
  if (payload.readUInt32LE(0) !== LZ4_MAGIC) throw new Error('lz4 without its frame');
  const flags = payload[4] as number;
  if ((flags & 0x20) === 0) throw new Error('lz4 blocks that need those before them');
  const blockSize = BLOCK_SIZES[((payload[5] as number) >> 4) & 7] ?? 0;
  let at = 7 + ((flags & 0x08) === 0 ? 0 : 8);
  const blocks: Buffer[] = [];
  for (;;) {
    const head = payload.readUInt32LE(at);
    at += 4;
    if (head === 0) return Buffer.concat(blocks);
    const length = head & 0x7fffffff;
    const block = payload.subarray(at, at + length);
    blocks.push(head >>> 31 === 1 ? block : lz4Block(block, blockSize));
    at += length + ((flags & 0x10) === 0 ? 0 : 4);
  }
}

/** Only the last block is shorter than the block size, and its length stands nowhere: its sequences say it. */
function lz4Block(block: Buffer, most: number): Buffer {
  return asBuffer(decompressLz4Raw(block, Math.min(most, lz4Length(block))));
}

function lz4Length(block: Buffer): number {
  let length = 0;
  for (let at = 0; at < block.length; ) {
    const token = block[at++] as number;
    let literals = token >> 4;
    if (literals === 15) for (let byte = 255; byte === 255; literals += byte) byte = block[at++] as number;
    at += literals;
    length += literals;
    if (at >= block.length) break;
    at += 2;
    let match = token & 15;
    if (match === 15) for (let byte = 255; byte === 255; match += byte) byte = block[at++] as number;
    length += match + 4;
  }
  return length;
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
