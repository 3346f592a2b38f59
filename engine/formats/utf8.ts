import type { BadRecord } from './codec.ts';

const strict = new TextDecoder('utf-8', { fatal: true });

/** The text, or null where the bytes are not UTF-8. */
export function strictText(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

export const NOT_UTF8: BadRecord = {
  code: 'R-DECODE',
  message: 'The record is not UTF-8.',
  expected: 'text in UTF-8',
  next: 'Convert the file to UTF-8, such as with iconv.',
};

/** Bytes of a byte order mark at the beginning. */
export const bomLength = (bytes: Uint8Array): number =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
