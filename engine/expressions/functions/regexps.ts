/** Functions that take a regular expression. */
import { BOOLEAN, INT, STRING } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import type { Places } from '../regexp/machine.ts';
import { type Regexp, regexpFault, regexpOf, takenBy } from '../regexp/regexp.ts';
import { define } from './define.ts';
import { codePoints } from './numbers.ts';
import type { FunctionSpec } from './spec.ts';
import { bounded } from './strings.ts';
import { arrayOf, takes } from './types.ts';

/** Every match, one after the other. */
function* matches(regexp: Regexp, text: string): Generator<Places> {
  for (let from = 0; from <= text.length; ) {
    const found = regexp.find(text, from);
    if (found === null) return;
    yield found;
    const [start = 0, end = 0] = found;
    // After an empty match, one character on.
    from = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
  }
}

const extract = (s: string, pattern: string, index = 0): string | null => regexpOf(pattern).take(s, index);

function extractAll(s: string, pattern: string, index = 1): Value {
  const regexp = regexpOf(pattern);
  if (index < 0 || index > regexp.groups) return null;
  return Array.from(matches(regexp, s), (found) => takenBy(s, found, index));
}

function replace(s: string, pattern: string, by: string): string {
  if (pattern === '') return s;
  let out = '';
  let at = 0;
  for (const [start = 0, end = 0] of matches(regexpOf(pattern), s)) {
    out += s.slice(at, start) + by;
    at = end;
    bounded(out.length);
  }
  return out + s.slice(at);
}

const count = (s: string, pattern: string): number => Array.from(matches(regexpOf(pattern), s)).length;

function place(s: string, pattern: string): number {
  const start = regexpOf(pattern).find(s, 0)?.[0];
  return start === undefined ? 0 : codePoints(s.slice(0, start)) + 1;
}

const fault: NonNullable<FunctionSpec['fault']> = ([, pattern]) => {
  const message = typeof pattern === 'string' ? regexpFault(pattern) : null;
  return message === null
    ? null
    : {
        at: 1,
        message,
        expected: "a regular expression such as '[a-z]+', without look-around and back references",
      };
};
const SUBSET =
  'Java’s syntax without look-around, back references and possessive repeats, so that its time is bounded.';

export const REGEXPS: readonly FunctionSpec[] = [
  define(
    'string',
    'REGEXP(s, pattern)',
    'Whether a part of the text matches a regular expression.',
    ["REGEXP('flight 12', '[0-9]+')", true],
    [2, 2],
    takes(BOOLEAN, 'STRING'),
    (s: string, pattern: string) => regexpOf(pattern).find(s, 0) !== null,
    { fault, note: `${SUBSET} Also RLIKE and REGEXP_LIKE.` },
  ),
  define(
    'string',
    'REGEXP_EXTRACT(s, pattern [, group])',
    'What a group of the first match took, the whole match (0) unless said; NULL where nothing matches.',
    ["REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2)", 'bar'],
    [2, 3],
    takes(STRING, 'STRING', 'STRING', 'WHOLE'),
    extract,
    {
      fault,
      canBeNull: true,
      note: `${SUBSET} Spark takes group 1 unless said, and gives '' where nothing matches.`,
    },
  ),
  define(
    'string',
    'REGEXP_EXTRACT_ALL(s, pattern [, group])',
    'What a group (1 unless said) of every match took.',
    ["REGEXP_EXTRACT_ALL('a1 b2', '([a-z])[0-9]')", ['a', 'b']],
    [2, 3],
    takes(arrayOf(STRING), 'STRING', 'STRING', 'WHOLE'),
    extractAll,
    { fault, canBeNull: true, note: SUBSET },
  ),
  define(
    'string',
    'REGEXP_REPLACE(s, pattern, by)',
    'Every match replaced by a text, which is taken as it stands.',
    ["REGEXP_REPLACE('foobar', 'oo|ar', '')", 'fb'],
    [3, 3],
    takes(STRING, 'STRING'),
    replace,
    { fault, note: `${SUBSET} In Spark $1 in the text is a group.` },
  ),
  define(
    'string',
    'REGEXP_COUNT(s, pattern)',
    'How many times it matches.',
    ["REGEXP_COUNT('a1b22', '[0-9]')", 3],
    [2, 2],
    takes(INT, 'STRING'),
    count,
    { fault, note: SUBSET },
  ),
  define(
    'string',
    'REGEXP_INSTR(s, pattern)',
    'Where the first match begins, from 1; 0 where there is none.',
    ["REGEXP_INSTR('ab12', '[0-9]+')", 3],
    [2, 2],
    takes(INT, 'STRING'),
    place,
    { fault, note: SUBSET },
  ),
  define(
    'string',
    'REGEXP_SUBSTR(s, pattern)',
    'The first match; NULL where there is none.',
    ["REGEXP_SUBSTR('ab12', '[0-9]+')", '12'],
    [2, 2],
    takes(STRING, 'STRING'),
    (s: string, pattern: string) => extract(s, pattern),
    { fault, canBeNull: true, note: SUBSET },
  ),
];
