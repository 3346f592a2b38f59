/** Hashes, base64 and character sets. */
import { md5 as md5Of, sha1 as sha1Of } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { BIGINT, BYTES, STRING } from '../../contract/types.ts';
import { base64 } from '../../contract/value-text.ts';
import { RowError } from '../row-error.ts';
import { fromBase64, fromUtf8, hex, utf8 } from '../text-bytes.ts';
import { define } from './define.ts';
import type { FunctionSpec } from './spec.ts';
import { takes } from './types.ts';

type Hash = (bytes: Uint8Array) => Uint8Array;

const bytesOf = (x: string | Uint8Array): Uint8Array => (typeof x === 'string' ? utf8(x) : x);
const hashText =
  (hash: Hash) =>
  (x: string | Uint8Array): string =>
    hex(hash(bytesOf(x))).toLowerCase();

const hashFunction = (name: string, title: string, hash: Hash, example: string): FunctionSpec =>
  define(
    'string',
    `${name}(s)`,
    `The ${title} hash of a text in UTF-8, or of bytes, in hexadecimal.`,
    [`LEFT(${name}('abc'), 8)`, example],
    [1, 1],
    takes(STRING, 'TEXT-OR-BYTES'),
    hashText(hash),
  );

const SHA2: Readonly<Record<number, Hash>> = {
  224: sha224,
  256: sha256,
  384: sha384,
  512: sha512,
  0: sha256,
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** The checksum of zip and gzip. */
function crc32(x: string | Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytesOf(x)) crc = (CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const CHARSETS = ['UTF-8', 'US-ASCII', 'ISO-8859-1', 'UTF-16BE', 'UTF-16LE', 'UTF-16'];
function charset(name: string): string {
  const found = CHARSETS.find(
    (known) => known === name.toUpperCase() || known.replace('-', '') === name.toUpperCase(),
  );
  if (found === undefined)
    throw new RowError(
      `no character set ${JSON.stringify(name.slice(0, 40))}; known: ${CHARSETS.join(', ')}`,
    );
  return found;
}

function encode(text: string, name: string): Uint8Array {
  const set = charset(name);
  if (set === 'UTF-8') return utf8(text);
  if (set === 'US-ASCII' || set === 'ISO-8859-1') {
    const most = set === 'US-ASCII' ? 127 : 255;
    return Uint8Array.from(text, (c) => ((c.codePointAt(0) ?? 0) > most ? 63 : (c.codePointAt(0) ?? 0)));
  }
  const mark = set === 'UTF-16' ? '\ufeff' : '';
  return Uint8Array.from(
    Array.from({ length: (mark + text).length }, (_, i) => (mark + text).charCodeAt(i)).flatMap((unit) =>
      set === 'UTF-16LE' ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255],
    ),
  );
}

function decode(bytes: Uint8Array, name: string): string {
  const set = charset(name);
  if (set === 'UTF-8') return fromUtf8(bytes);
  if (set === 'US-ASCII' || set === 'ISO-8859-1') {
    const most = set === 'US-ASCII' ? 127 : 255;
    return Array.from(bytes, (b) => (b > most ? '\ufffd' : String.fromCharCode(b))).join('');
  }
  const swapped = set === 'UTF-16LE' || (set === 'UTF-16' && bytes[0] === 0xff && bytes[1] === 0xfe);
  let text = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const [a, b] = [bytes[i] ?? 0, bytes[i + 1] ?? 0];
    text += String.fromCharCode(swapped ? (b << 8) | a : (a << 8) | b);
  }
  return set === 'UTF-16' ? text.replace(/^\ufeff/, '') : text;
}

export const BYTE_FUNCTIONS: readonly FunctionSpec[] = [
  hashFunction('MD5', 'MD5', md5Of, '90015098'),
  hashFunction('SHA1', 'SHA-1', sha1Of, 'a9993e36'),
  hashFunction('SHA224', 'SHA-224', sha224, '23097d22'),
  hashFunction('SHA256', 'SHA-256', sha256, 'ba7816bf'),
  hashFunction('SHA384', 'SHA-384', sha384, 'cb00753f'),
  hashFunction('SHA512', 'SHA-512', sha512, 'ddaf35a1'),
  define(
    'string',
    'SHA2(s, bits)',
    'The SHA-2 hash of 224, 256, 384 or 512 bits, in hexadecimal.',
    ["LEFT(SHA2('abc', 256), 8)", 'ba7816bf'],
    [2, 2],
    takes(STRING, 'TEXT-OR-BYTES', 'WHOLE'),
    (x: string | Uint8Array, bits: number) => {
      const hash = Object.hasOwn(SHA2, bits) ? SHA2[bits] : undefined;
      return hash === undefined ? null : hashText(hash)(x);
    },
    { canBeNull: true, note: 'NULL for other numbers of bits, as in Spark; Flink refuses them.' },
  ),
  define(
    'string',
    'CRC32(s)',
    'The CRC-32 checksum of a text in UTF-8, or of bytes.',
    ["CRC32('123456789')", 3421780262],
    [1, 1],
    takes(BIGINT, 'TEXT-OR-BYTES'),
    crc32,
    { note: 'Spark’s; Flink has none.' },
  ),
  define(
    'string',
    'TO_BASE64(s)',
    'A text in UTF-8, or bytes, in base64.',
    ["TO_BASE64('hello')", 'aGVsbG8='],
    [1, 1],
    takes(STRING, 'TEXT-OR-BYTES'),
    (x: string | Uint8Array) => base64(bytesOf(x)),
    { note: 'Spark: BASE64.' },
  ),
  define(
    'string',
    'FROM_BASE64(s)',
    'The text that base64 stands for; NULL where it is none.',
    ["FROM_BASE64('aGVsbG8=')", 'hello'],
    [1, 1],
    takes(STRING, 'STRING'),
    (s: string) => {
      const bytes = fromBase64(s);
      return bytes === null ? null : fromUtf8(bytes);
    },
    { canBeNull: true, note: 'Spark: UNBASE64, which gives bytes.' },
  ),
  define(
    'string',
    'ENCODE(s, charset)',
    'A text as bytes: UTF-8, US-ASCII, ISO-8859-1, UTF-16BE, UTF-16LE or UTF-16.',
    ["HEX(ENCODE('é', 'UTF-8'))", 'C3A9'],
    [2, 2],
    takes(BYTES, 'STRING'),
    encode,
  ),
  define(
    'string',
    'DECODE(bytes, charset)',
    'Bytes as a text.',
    ["DECODE(X'C3A9', 'UTF-8')", 'é'],
    [2, 2],
    takes(STRING, 'BYTES', 'STRING'),
    decode,
  ),
];
