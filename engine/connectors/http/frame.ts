/**
 * How accepted bodies stand in a journal: in frames, one for all that were written together, each with its place and a checksum.
 * A frame is written only when the one before is safe on the disk: a broken one with none behind it was torn by a crash.
 */
import { crc32 } from 'node:zlib';
import type { BodyFormat } from './decode.ts';

export interface Body {
  /** As it was sent, unpacked. */
  readonly bytes: Uint8Array;
  readonly format: BodyFormat;
  /** Events in it. */
  readonly rows: number;
  /** When it came, ms. */
  readonly at: number;
}

/** A body in the journal, from `offset` to `next`. Offsets count bytes since the first body ever, also those that were cut. */
export interface Entry extends Body {
  readonly offset: number;
  readonly next: number;
}

/** "WJ01". */
const MAGIC = Buffer.from([0x57, 0x4a, 0x30, 0x31]);
/** Magic, length of what follows the header, checksum, offset. */
const HEADER_BYTES = 20;
/** Length, events, arrival, format. */
const ENTRY_BYTES = 17;
const FORMATS: readonly BodyFormat[] = ['json', 'ndjson'];

export function encodeFrame(bodies: readonly Body[], offset: number): Buffer {
  const length = bodies.reduce((sum, { bytes }) => sum + ENTRY_BYTES + bytes.length, 0);
  const frame = Buffer.alloc(HEADER_BYTES + length);
  let at = HEADER_BYTES;
  for (const { bytes, format, rows, at: arrival } of bodies) {
    frame.writeUInt32LE(bytes.length, at);
    frame.writeUInt32LE(rows, at + 4);
    frame.writeDoubleLE(arrival, at + 8);
    frame.writeUInt8(FORMATS.indexOf(format), at + 16);
    frame.set(bytes, at + ENTRY_BYTES);
    at += ENTRY_BYTES + bytes.length;
  }
  MAGIC.copy(frame);
  frame.writeUInt32LE(length, 4);
  frame.writeDoubleLE(offset, 12);
  frame.writeUInt32LE(checksum(frame), 8);
  return frame;
}

/** Where the bodies of a frame at `offset` begin and end. The first begins with the frame. */
export function placesOf(bodies: readonly Body[], offset: number): { offset: number; next: number }[] {
  let at = offset + HEADER_BYTES;
  return bodies.map(({ bytes }, i) => {
    const from = i === 0 ? offset : at;
    at += ENTRY_BYTES + bytes.length;
    return { offset: from, next: at };
  });
}

/** The bytes of the frame at `at`; 0 where there is no whole one. @param base offset of the first of `bytes` */
export function frameLength(bytes: Buffer, at: number, base: number): number {
  if (at + HEADER_BYTES > bytes.length || bytes.compare(MAGIC, 0, 4, at, at + 4) !== 0) return 0;
  const length = HEADER_BYTES + bytes.readUInt32LE(at + 4);
  if (at + length > bytes.length || bytes.readDoubleLE(at + 12) !== base + at) return 0;
  const frame = bytes.subarray(at, at + length);
  return checksum(frame) === frame.readUInt32LE(8) ? length : 0;
}

/** Whether a whole frame stands somewhere behind `at`. */
export function hasFrameBehind(bytes: Buffer, at: number, base: number): boolean {
  for (let next = bytes.indexOf(MAGIC, at + 1); next >= 0; next = bytes.indexOf(MAGIC, next + 1))
    if (frameLength(bytes, next, base) > 0) return true;
  return false;
}

/** What a whole frame holds. */
export function decodeFrame(frame: Buffer, offset: number): Entry[] {
  const bodies: Body[] = [];
  for (let at = HEADER_BYTES; at < frame.length; ) {
    const length = frame.readUInt32LE(at);
    bodies.push({
      bytes: frame.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + length),
      rows: frame.readUInt32LE(at + 4),
      at: frame.readDoubleLE(at + 8),
      format: FORMATS[frame.readUInt8(at + 16)] ?? 'json',
    });
    at += ENTRY_BYTES + length;
  }
  const places = placesOf(bodies, offset);
  return bodies.map((body, i) => ({ ...body, offset: 0, next: 0, ...places[i] }));
}

/** Of everything but magic, length and itself: a wrong length makes it wrong too. */
const checksum = (frame: Buffer): number => crc32(frame.subarray(12));
