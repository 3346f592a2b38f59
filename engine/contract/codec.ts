/**
 * One frame format for every link: 4 bytes length of the JSON (little endian), padding so that figures start at a
 * multiple of 8, the JSON in UTF-8, then the figures as 64-bit floats. The JSON is padded with blanks.
 */

import type { z } from 'zod';
import { type Envelope, MESSAGE_SIZE_MAX } from './link.ts';
import { type Problem, problem } from './problems.ts';

const HEAD_BYTES = 8;

/** TextEncoder and TextDecoder exist in every place this runs, but in no library that this project may use. */
interface Text {
  encode(text: string): Uint8Array<ArrayBuffer>;
  decode(bytes: Uint8Array): string;
}
declare const TextEncoder: new () => Pick<Text, 'encode'>;
declare const TextDecoder: new (label: string, options: { fatal: boolean }) => Pick<Text, 'decode'>;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function encodeFrame<M>({ message, figures }: Envelope<M>): Uint8Array<ArrayBuffer> {
  const json = encoder.encode(JSON.stringify(message));
  const jsonBytes = Math.ceil(json.length / 8) * 8;
  const frame = new Uint8Array(HEAD_BYTES + jsonBytes + (figures?.byteLength ?? 0));
  new DataView(frame.buffer).setUint32(0, jsonBytes, true);
  frame.fill(0x20, HEAD_BYTES, HEAD_BYTES + jsonBytes);
  frame.set(json, HEAD_BYTES);
  if (figures !== null) {
    frame.set(new Uint8Array(figures.buffer, figures.byteOffset, figures.byteLength), HEAD_BYTES + jsonBytes);
  }
  return frame;
}

export type Decoded<M> =
  | { readonly ok: true; readonly envelope: Envelope<M> }
  | { readonly ok: false; readonly problem: Problem };

/** Reads and validates a frame; anything that does not fit is a problem, never a throw. */
export function decodeFrame<S extends z.ZodType>(frame: Uint8Array, schema: S): Decoded<z.output<S>> {
  if (frame.length < HEAD_BYTES || frame.length > MESSAGE_SIZE_MAX) {
    return refuse(`${frame.length} bytes`, `${HEAD_BYTES} to ${MESSAGE_SIZE_MAX} bytes`);
  }
  const jsonBytes = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0, true);
  const figuresAt = HEAD_BYTES + jsonBytes;
  if (figuresAt > frame.length || (frame.length - figuresAt) % 8 !== 0)
    return refuse('a torn frame', 'a whole frame');
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(frame.subarray(HEAD_BYTES, figuresAt)));
  } catch {
    return refuse('text that is not JSON', 'JSON in UTF-8');
  }
  const result = schema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    return refuse(
      issue === undefined ? 'another shape' : `${issue.path.join('.')}: ${issue.message}`,
      'a message of this version',
    );
  }
  // Copied: the frame may stand at an odd offset, and its buffer belongs to the link.
  const figures = figuresAt < frame.length ? new Float64Array(frame.slice(figuresAt).buffer) : null;
  return { ok: true, envelope: { message: result.data, figures } };
}

function refuse(value: string, expected: string): { ok: false; problem: Problem } {
  return {
    ok: false,
    problem: problem('L-MESSAGE', {
      path: [],
      message: 'A message between studio and engine is not understood.',
      value,
      expected,
      next: 'Restart Weir; if it happens again, report it with this text.',
    }),
  };
}
