/** Functions of text beside those of `strings.ts`: parts, characters, addresses, formats. */
import { BOOLEAN, type DataType, STRING } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import { RowError } from '../row-error.ts';
import { define, MANY } from './define.ts';
import { printf } from './printf.ts';
import type { FunctionSpec } from './spec.ts';
import { bounded } from './strings.ts';
import { arrayOf, takes, text } from './types.ts';

/** Characters are replaced by those at the same place of `to`, or left out where it has none. */
function translate(s: string, from: string, to: string): string {
  const targets = Array.from(to);
  const by = new Map<string, string>();
  for (const [i, c] of Array.from(from).entries()) if (!by.has(c)) by.set(c, targets[i] ?? '');
  return Array.from(s, (c) => by.get(c) ?? c).join('');
}

/** Out of range, the text is as it was, as in Flink. */
function overlay(s: string, by: string, from: number, length?: number): string {
  const chars = Array.from(s);
  if (from < 1 || from > chars.length) return s;
  const taken = length ?? Array.from(by).length;
  if (taken < 0) return s;
  bounded(s.length + by.length);
  return chars.slice(0, from - 1).join('') + by + chars.slice(from - 1 + taken).join('');
}

function split(s: string, delimiter: string): string[] {
  return delimiter === '' ? Array.from(s) : s.split(delimiter);
}

/** Part `n` of what `split` gives, from 0; null where there is none. Looks no further than that part. */
function splitPart(s: string, delimiter: string, n: number): string | null {
  if (delimiter === '' || !(n >= 0)) return split(s, delimiter)[n] ?? null;
  let from = 0;
  for (let part = 0; ; part++) {
    const to = s.indexOf(delimiter, from);
    if (part === n) return s.slice(from, to < 0 ? s.length : to);
    if (to < 0) return null;
    from = to + delimiter.length;
  }
}

const isBlank = /^\s*$/;

/** `scheme://user@host:port/path?query#ref`, as java.net.URL has it. */
function parseUrl(url: string, part: string, key?: string): string | null {
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(url);
  if (match === null) return null;
  const [, scheme, authority, path = '', query, ref] = match;
  const user = authority?.includes('@') === true ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  const host = authority?.slice((user?.length ?? -1) + 1).replace(/:\d*$/, '');
  const value = {
    HOST: host,
    PATH: path,
    QUERY: query,
    REF: ref,
    PROTOCOL: scheme,
    AUTHORITY: authority,
    USERINFO: user,
    FILE: query === undefined ? path : `${path}?${query}`,
  }[part];
  if (key === undefined || part !== 'QUERY') return value ?? null;
  const pair = query?.split('&').find((p) => p.split('=')[0] === key);
  return pair?.slice(key.length + 1) ?? null;
}

/** As java.net.URLEncoder: application/x-www-form-urlencoded. */
function urlEncode(s: string): string {
  // A lone surrogate has no UTF-8.
  return encodeURIComponent(s.toWellFormed())
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function urlDecode(s: string): string | null {
  try {
    return decodeURIComponent(s.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

const withoutNulls = (all: readonly (string | null)[]): string[] => all.filter((s) => s !== null);

export const TEXTS: readonly FunctionSpec[] = [
  define(
    'string',
    'CONCAT_WS(between, a, b, …)',
    'One after the other with a text between; NULLs are left out, only a NULL between gives NULL.',
    ["CONCAT_WS('-', 'a', NULL, 'b')", 'a-b'],
    [1, MANY],
    text,
    (between: string | null, ...all: (string | null)[]) => {
      if (between === null) return null;
      const parts = withoutNulls(all);
      bounded(parts.reduce((length, part) => length + part.length + between.length, 0));
      return parts.join(between);
    },
    { takesNull: true, canBeNull: true },
  ),
  define(
    'string',
    'TRANSLATE(s, from, to)',
    'Each character of from becomes the one at the same place of to, or nothing where there is none.',
    ["TRANSLATE('www.flink.org', 'w.', 'W')", 'WWWflinkorg'],
    [3, 3],
    text,
    translate,
  ),
  define(
    'string',
    'OVERLAY(s PLACING by FROM n [FOR length])',
    'With a part replaced, counted from 1; as many characters as by has, unless said.',
    ["OVERLAY('xxxxxtest' PLACING 'xxxx' FROM 6)", 'xxxxxxxxx'],
    [3, 4],
    takes(STRING, 'STRING', 'STRING', 'WHOLE'),
    overlay,
  ),
  define(
    'string',
    'SPLIT_INDEX(s, delimiter, n)',
    'The n-th part between delimiters, counted from 0; NULL where there is none.',
    ["SPLIT_INDEX('a,b,c', ',', 1)", 'b'],
    [3, 3],
    takes(STRING, 'STRING', 'STRING', 'WHOLE'),
    splitPart,
    { canBeNull: true, note: 'Spark: SPLIT_PART, which counts from 1.' },
  ),
  define(
    'string',
    'SPLIT(s, delimiter)',
    'The parts between delimiters, as an array.',
    ["SPLIT('a,b', ',')", ['a', 'b']],
    [2, 2],
    takes(arrayOf(STRING), 'STRING'),
    split,
    { note: 'Spark takes the delimiter as a regular expression.' },
  ),
  define(
    'string',
    'BTRIM(s [, chars])',
    'Without blanks (or given characters) at both ends.',
    ["BTRIM('xxaxx', 'x')", 'a'],
    [1, 2],
    text,
    (s: string, chars = ' ') => {
      const set = new Set(chars);
      const all = Array.from(s);
      const from = all.findIndex((c) => !set.has(c));
      return from < 0 ? '' : all.slice(from, all.findLastIndex((c) => !set.has(c)) + 1).join('');
    },
  ),
  define(
    'string',
    'ELT(n, a, b, …)',
    'The n-th of the texts, counted from 1; NULL where there is none.',
    ["ELT(2, 'a', 'b')", 'b'],
    [2, MANY],
    takes(STRING, 'WHOLE', 'STRING'),
    (n: number | null, ...all: (string | null)[]) => (n === null ? null : (all[n - 1] ?? null)),
    { takesNull: true, canBeNull: true },
  ),
  define(
    'string',
    'IS_ALPHA(s)',
    'Whether all characters are letters, and there is one.',
    ["IS_ALPHA('abc')", true],
    [1, 1],
    takes(BOOLEAN, 'STRING'),
    (s: string) => /^\p{L}+$/u.test(s),
    { note: 'Not in Spark.' },
  ),
  define(
    'string',
    'IS_DIGIT(s)',
    'Whether all characters are digits, and there is one.',
    ["IS_DIGIT('123')", true],
    [1, 1],
    takes(BOOLEAN, 'STRING'),
    (s: string) => /^\p{Nd}+$/u.test(s),
    { note: 'Not in Spark.' },
  ),
  define(
    'string',
    'IS_DECIMAL(s)',
    'Whether the text is a number.',
    ["IS_DECIMAL('-1.5')", true],
    [1, 1],
    takes(BOOLEAN, 'STRING'),
    (s: string) => !isBlank.test(s) && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(s),
    { note: 'Not in Spark.' },
  ),
  define(
    'string',
    'PARSE_URL(url, part [, key])',
    'A part of an address: HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE, USERINFO; of QUERY also one key’s value.',
    ["PARSE_URL('http://a.org/p?k=v#r', 'QUERY', 'k')", 'v'],
    [2, 3],
    text,
    parseUrl,
    { canBeNull: true },
  ),
  define(
    'string',
    'URL_ENCODE(s)',
    'As it stands in a query of an address.',
    ["URL_ENCODE('a b&c')", 'a+b%26c'],
    [1, 1],
    text,
    urlEncode,
  ),
  define(
    'string',
    'URL_DECODE(s)',
    'What a part of a query says; NULL where it is not one.',
    ["URL_DECODE('a+b%26c')", 'a b&c'],
    [1, 1],
    text,
    urlDecode,
    { canBeNull: true },
  ),
  define(
    'string',
    'PRINTF(format, a, b, …)',
    'Values put into a format, as Java’s String.format: %s, %d, %x, %c, %b, %e, %f, %%, with flags, width and precision.',
    ["PRINTF('%05d|%-4s|%.2f', 42, 'ab', 1.5)", '00042|ab  |1.50'],
    [1, MANY],
    ([format]) => (format === undefined || format.kind === 'STRING' ? STRING : null),
    () => {
      throw new RowError('PRINTF is bound to its types');
    },
    {
      takesNull: true,
      canBeNull: true,
      exact: true,
      bind:
        ({ args }) =>
        (format: string | null, ...values: Value[]) =>
          format === null ? null : printf(format, values, args.slice(1) as DataType[]),
      note: 'Spark: also FORMAT_STRING.',
    },
  ),
];
