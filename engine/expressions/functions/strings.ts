import { BOOLEAN, BYTES, INT, STRING } from '../../contract/types.ts';
import { RowError } from '../row-error.ts';
import type { FunctionSpec } from './spec.ts';
import { takes, text } from './types.ts';

/** Characters that a function may make out of little: a stranger's REPEAT must not fill memory. */
const RESULT_MAX = 1_000_000;

export const bounded = (length: number): void => {
  if (length > RESULT_MAX)
    throw new RowError(`the string would be ${length} characters long; at most ${RESULT_MAX}`);
};

/** Counted from 1; from the end where negative. By code points. */
function substring(s: string, from: number, length = Infinity): string {
  if (length < 0) throw new RowError('SUBSTRING with a negative length');
  const chars = Array.from(s);
  const start = from > 0 ? from - 1 : from < 0 ? chars.length + from : 0;
  const end = start + length;
  return chars.slice(Math.max(0, start), Math.max(0, end)).join('');
}

function pad(s: string, length: number, fill: string, left: boolean): string | null {
  if (length < 0 || fill === '') return null;
  bounded(length);
  const chars = Array.from(s);
  if (chars.length >= length) return chars.slice(0, length).join('');
  const with_ = Array.from(fill);
  const filling = Array.from({ length: length - chars.length }, (_, i) => with_[i % with_.length]).join('');
  return left ? filling + s : s + filling;
}

function trimChars(s: string, chars: string, left: boolean, right: boolean): string {
  const set = new Set(chars);
  const all = Array.from(s);
  let from = 0;
  let to = all.length;
  while (left && from < to && set.has(all[from] ?? '')) from++;
  while (right && to > from && set.has(all[to - 1] ?? '')) to--;
  return all.slice(from, to).join('');
}

function position(part: string, s: string): number {
  const at = s.indexOf(part);
  return at < 0 ? 0 : Array.from(s.slice(0, at)).length + 1;
}

function concatBytes(...all: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(all.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const initcap = (s: string): string =>
  s.toLowerCase().replace(/[\p{L}\p{N}]+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));

function spec(
  name: string,
  args: readonly [number, number],
  signature: string,
  reference: string,
  example: readonly [string, string | number | boolean],
  result: FunctionSpec['result'],
  call: FunctionSpec['call'],
  more: Partial<FunctionSpec> = {},
): FunctionSpec {
  return {
    name,
    group: 'string',
    signature,
    reference,
    example: { text: example[0], result: example[1] },
    args,
    result,
    call,
    ...more,
  };
}

export const STRINGS: readonly FunctionSpec[] = [
  spec('UPPER', [1, 1], 'UPPER(s)', 'In upper case.', ["UPPER('atl')", 'ATL'], text, (s: string) =>
    s.toUpperCase(),
  ),
  spec('LOWER', [1, 1], 'LOWER(s)', 'In lower case.', ["LOWER('ATL')", 'atl'], text, (s: string) =>
    s.toLowerCase(),
  ),
  spec(
    'TRIM',
    [1, 2],
    "TRIM([BOTH | LEADING | TRAILING] ['x' FROM] s)",
    'Without blanks (or given characters) at its ends.',
    ["TRIM('  a ')", 'a'],
    text,
    (s: string, chars = ' ') => trimChars(s, chars, true, true),
  ),
  spec(
    'LTRIM',
    [1, 2],
    'LTRIM(s [, chars])',
    'Without blanks (or given characters) at its start.',
    ["LTRIM('  a')", 'a'],
    text,
    (s: string, chars = ' ') => trimChars(s, chars, true, false),
  ),
  spec(
    'RTRIM',
    [1, 2],
    'RTRIM(s [, chars])',
    'Without blanks (or given characters) at its end.',
    ["RTRIM('a  ')", 'a'],
    text,
    (s: string, chars = ' ') => trimChars(s, chars, false, true),
  ),
  spec(
    'SUBSTRING',
    [2, 3],
    'SUBSTRING(s, from [, length])',
    'A part, counted from 1; from the end where negative.',
    ["SUBSTRING('abcdef', 2, 3)", 'bcd'],
    takes(STRING, 'STRING', 'WHOLE'),
    substring,
  ),
  spec(
    'LEFT',
    [2, 2],
    'LEFT(s, n)',
    'The first n characters.',
    ["LEFT('abc', 2)", 'ab'],
    takes(STRING, 'STRING', 'WHOLE'),
    (s: string, n: number) => Array.from(s).slice(0, Math.max(0, n)).join(''),
  ),
  spec(
    'RIGHT',
    [2, 2],
    'RIGHT(s, n)',
    'The last n characters.',
    ["RIGHT('abc', 2)", 'bc'],
    takes(STRING, 'STRING', 'WHOLE'),
    (s: string, n: number) => (n <= 0 ? '' : Array.from(s).slice(-n).join('')),
  ),
  spec(
    'CONCAT',
    [1, 64],
    'CONCAT(a, b, …)',
    'One after the other; NULL where one is NULL.',
    ["CONCAT('a', 'b')", 'ab'],
    (args) => text(args) ?? takes(BYTES, 'BYTES')(args),
    (...all: string[]) => {
      bounded(all.reduce((length, part) => length + part.length, 0));
      return all.join('');
    },
    { bind: ({ result }) => (result.kind === 'BYTES' ? concatBytes : null) },
  ),
  spec(
    'REPLACE',
    [3, 3],
    'REPLACE(s, part, with)',
    'Every occurrence replaced.',
    ["REPLACE('a-b-c', '-', '+')", 'a+b+c'],
    text,
    (s: string, part: string, by: string) => {
      if (part === '') return s;
      bounded((s.split(part).length - 1) * by.length);
      return s.replaceAll(part, () => by);
    },
  ),
  spec(
    'LOCATE',
    [2, 3],
    'LOCATE(part, s [, from])',
    'Where a part first stands, from 1; 0 where it does not.',
    ["LOCATE('c', 'abc')", 3],
    takes(INT, 'STRING', 'STRING', 'WHOLE'),
    (part: string, s: string, from = 1) => {
      const rest = substring(s, Math.max(1, from));
      const at = position(part, rest);
      return at === 0 ? 0 : at + Math.max(1, from) - 1;
    },
  ),
  spec(
    'INSTR',
    [2, 2],
    'INSTR(s, part)',
    'Where a part first stands, from 1; 0 where it does not.',
    ["INSTR('abc', 'c')", 3],
    takes(INT, 'STRING'),
    (s: string, part: string) => position(part, s),
  ),
  spec(
    'LPAD',
    [3, 3],
    'LPAD(s, length, with)',
    'Filled up (or cut) to a length, on the left.',
    ["LPAD('7', 3, '0')", '007'],
    takes(STRING, 'STRING', 'WHOLE', 'STRING'),
    (s: string, n: number, w: string) => pad(s, n, w, true),
    { canBeNull: true },
  ),
  spec(
    'RPAD',
    [3, 3],
    'RPAD(s, length, with)',
    'Filled up (or cut) to a length, on the right.',
    ["RPAD('7', 3, '0')", '700'],
    takes(STRING, 'STRING', 'WHOLE', 'STRING'),
    (s: string, n: number, w: string) => pad(s, n, w, false),
    { canBeNull: true },
  ),
  spec(
    'REPEAT',
    [2, 2],
    'REPEAT(s, n)',
    'n times in a row.',
    ["REPEAT('ab', 2)", 'abab'],
    takes(STRING, 'STRING', 'WHOLE'),
    (s: string, n: number) => {
      bounded(s.length * Math.max(0, n));
      return s.repeat(Math.max(0, n));
    },
  ),
  spec('REVERSE', [1, 1], 'REVERSE(s)', 'Backwards.', ["REVERSE('abc')", 'cba'], text, (s: string) =>
    Array.from(s).reverse().join(''),
  ),
  spec(
    'INITCAP',
    [1, 1],
    'INITCAP(s)',
    'Every word with a capital.',
    ["INITCAP('new york')", 'New York'],
    text,
    initcap,
  ),
  spec(
    'STARTSWITH',
    [2, 2],
    'STARTSWITH(s, part)',
    'Whether it begins so.',
    ["STARTSWITH('abc', 'ab')", true],
    takes(BOOLEAN, 'STRING'),
    (s: string, part: string) => s.startsWith(part),
  ),
  spec(
    'ENDSWITH',
    [2, 2],
    'ENDSWITH(s, part)',
    'Whether it ends so.',
    ["ENDSWITH('abc', 'bc')", true],
    takes(BOOLEAN, 'STRING'),
    (s: string, part: string) => s.endsWith(part),
  ),
  spec(
    'CHR',
    [1, 1],
    'CHR(n)',
    'The character of a code, taken modulo 256.',
    ['CHR(65)', 'A'],
    takes(STRING, 'WHOLE'),
    (n: number) => String.fromCharCode(((n % 256) + 256) % 256),
  ),
];
