/** Strings as SQL sees them: characters are code points, positions start at 1, and no result grows without bound. */
import { RowError } from './row-error.ts';

/** UTF-16 units that a string made by an expression may have. */
export const TEXT_LENGTH_MAX = 1_000_000;

export function bounded(text: string): string {
  if (text.length <= TEXT_LENGTH_MAX) return text;
  throw tooLong(text.length);
}

const tooLong = (length: number): RowError =>
  new RowError('A string becomes too long.', {
    value: `${length} characters`,
    expected: `at most ${TEXT_LENGTH_MAX}`,
  });

/** Order by code point, as databases have it: UTF-16 order differs where a surrogate meets U+E000 and above. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Lifts surrogates above the rest of the basic plane; their own order is that of the code points.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

const SURROGATE = /[\ud800-\udfff]/;

/** Characters (code points) of a text. */
export function charLength(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Characters from..to (0-based, end excluded). */
export function sliceChars(text: string, from: number, to: number): string {
  if (!SURROGATE.test(text)) return text.slice(from, to);
  return [...text].slice(from, to).join('');
}

/** SUBSTRING: positions from 1; negative ones count from the end; 0 is as 1. Flink and Spark agree on these. */
export function substring(text: string, start: number, length = Number.POSITIVE_INFINITY): string {
  if (length <= 0) return '';
  const size = charLength(text);
  let from = start > 0 ? start - 1 : start < 0 ? size + start : 0;
  const to = from + length;
  if (from < 0) from = 0;
  return to <= from ? '' : sliceChars(text, from, Math.min(size, to));
}

/** Position (from 1) of `needle` at or after character `start`; 0 where it is not there. */
export function position(needle: string, text: string, start = 1): number {
  if (start < 1) return 0;
  if (!SURROGATE.test(text)) return text.indexOf(needle, start - 1) + 1;
  const from = sliceChars(text, 0, start - 1).length;
  const at = text.indexOf(needle, from);
  return at < 0 ? 0 : charLength(text.slice(0, at)) + 1;
}

export function replace(text: string, from: string, to: string): string {
  if (from === '') return text;
  if (to.length > from.length && (text.length / from.length) * to.length > TEXT_LENGTH_MAX) {
    let count = 0;
    for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + from.length)) count++;
    const length = text.length + count * (to.length - from.length);
    if (length > TEXT_LENGTH_MAX) throw tooLong(length);
  }
  return text.replaceAll(from, () => to);
}

export function repeat(text: string, times: number): string {
  if (times <= 0) return '';
  if (text.length * times > TEXT_LENGTH_MAX) throw tooLong(text.length * times);
  return text.repeat(times);
}

/** LPAD and RPAD; null (NULL) for a negative length, and for an empty pad that would have to fill. */
export function pad(text: string, length: number, fill: string, left: boolean): string | null {
  if (length < 0) return null;
  if (length > TEXT_LENGTH_MAX) throw tooLong(length);
  const size = charLength(text);
  if (length <= size) return sliceChars(text, 0, length);
  if (fill === '') return null;
  const missing = length - size;
  const unit = charLength(fill);
  const filling = sliceChars(fill.repeat(Math.ceil(missing / unit)), 0, missing);
  return bounded(left ? filling + text : text + filling);
}

/** Cuts any of `chars` off the ends. */
export function trim(text: string, chars: string, left: boolean, right: boolean): string {
  const set = new Set(chars);
  const points = SURROGATE.test(text) ? [...text] : text;
  let from = 0;
  let to = points.length;
  if (left) while (from < to && set.has(points[from] ?? '')) from++;
  if (right) while (to > from && set.has(points[to - 1] ?? '')) to--;
  return typeof points === 'string' ? points.slice(from, to) : points.slice(from, to).join('');
}

export const reverse = (text: string): string => [...text].reverse().join('');

/** First letter of each word upper, the others lower; words are runs of letters and digits. */
export const initcap = (text: string): string =>
  text.toLowerCase().replace(/[\p{L}\p{N}]+/gu, (word) => {
    const [first = ''] = word;
    return first.toUpperCase() + word.slice(first.length);
  });

/** TRANSLATE: each character of `from` becomes the one of `to` at its place, or goes. */
export function translate(text: string, from: string, to: string): string {
  const targets = [...to];
  const map = new Map<string, string>();
  [...from].forEach((char, i) => {
    if (!map.has(char)) map.set(char, targets[i] ?? '');
  });
  let out = '';
  for (const char of text) out += map.get(char) ?? char;
  return out;
}
