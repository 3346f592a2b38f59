/** UTF-8, hexadecimal and base64, written out: not every host of this code has TextEncoder or Buffer. */

export function utf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    // A lone surrogate has no bytes: it becomes the replacement character, as with TextEncoder.
    const c = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    if (c < 0x80) out.push(c);
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return Uint8Array.from(out);
}

/** Bytes that are not UTF-8 become replacement characters. */
export function fromUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at++] ?? 0;
    const more =
      lead < 0x80
        ? 0
        : lead >= 0xc2 && lead < 0xe0
          ? 1
          : lead >= 0xe0 && lead < 0xf0
            ? 2
            : lead >= 0xf0 && lead < 0xf5
              ? 3
              : -1;
    let code = more === 0 ? lead : more < 0 ? -1 : lead & (63 >> more);
    for (let i = 0; i < more && code >= 0; i++) {
      const next = bytes[at] ?? 0;
      if ((next & 0xc0) === 0x80) {
        code = (code << 6) | (next & 63);
        at++;
      } else code = -1;
    }
    const least = [0, 0x80, 0x800, 0x10000][Math.max(0, more)] ?? 0;
    const fits = code >= least && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    text += fits ? String.fromCodePoint(code) : '\ufffd';
  }
  return text;
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();

/** Null where the text is not pairs of hexadecimal digits. An odd one in front counts as with a zero before it. */
export function fromHex(text: string): Uint8Array | null {
  if (!/^[0-9a-f]*$/i.test(text)) return null;
  const even = text.length % 2 === 0 ? text : `0${text}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, i) =>
    Number.parseInt(even.slice(i * 2, i * 2 + 2), 16),
  );
}

const DIGITS = new Map(
  Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', (c, i) => [c, i] as const),
);

/** RFC 4648; null where the text is not base64. */
export function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const digits = text.replace(/=+$/, '');
  if (digits.length % 4 === 1 || (text.length !== digits.length && text.length % 4 !== 0)) return null;
  const out = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const c of digits) {
    word = (word << 6) | (DIGITS.get(c) ?? 0);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (word >> bits) & 255;
      word &= (1 << bits) - 1;
    }
  }
  return out;
}
