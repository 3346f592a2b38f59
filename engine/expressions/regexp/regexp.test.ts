import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runMachine } from './machine.ts';
import { parseRegexp } from './parse.ts';
import { compileProgram } from './program.ts';
import { regexpFault, regexpOf } from './regexp.ts';

/** The groups of the first match as texts. */
function groups(pattern: string, text: string): (string | null)[] | null {
  const found = regexpOf(pattern).find(text, 0);
  if (found === null) return null;
  return Array.from({ length: found.length / 2 }, (_, i) => {
    const start = found[i * 2] ?? -1;
    return start < 0 ? null : text.slice(start, found[i * 2 + 1]);
  });
}

const CASES: readonly (readonly [pattern: string, text: string, groups: (string | null)[] | null])[] = [
  ['a|ab', 'ab', ['a']],
  ['(a+)(b*)', 'xaab', ['aab', 'aa', 'b']],
  ['(a+?)(a*)', 'aaa', ['aaa', 'a', 'aa']],
  ['^(\\d{2}):(\\d{2})$', '12:34\n', ['12:34', '12', '34']],
  ['\\Aab\\z', 'ab\n', null],
  ['(?i)straße|ÄB', 'äb', ['äb']],
  ['(?is)a.c', 'A\nC', ['A\nC']],
  ['a.c', 'a\u2028c', null],
  ['[^a-c\\d]+', 'ab1xyz2', ['xyz']],
  ['[\\]x]+', 'a]x]', [']x]']],
  ['\\bcat\\b', 'concat cat', ['cat']],
  ['\\p{Lu}\\p{L}*', 'über Öl', ['Öl']],
  ['.', '\u{1f600}x', ['\u{1f600}']],
  ['(?<year>\\d+)-(?:x|y)', '2001-y', ['2001-y', '2001']],
  ['(a|b)*c', 'ababc', ['ababc', 'b']],
  ['(?:(a)|b)*', 'ab', ['ab', 'a']],
  ['x{2,3}', 'xxxx', ['xxx']],
  ['(?i)\\W', 's', null],
  ['', 'a', ['']],
  ['(a)|(b)', 'b', ['b', null, 'b']],
];
for (const [pattern, text, expected] of CASES)
  test(`${pattern} in ${JSON.stringify(text)}`, () => assert.deepEqual(groups(pattern, text), expected));

test('what is refused, with the reason', () => {
  for (const [pattern, why] of [
    ['(a', /not closed/],
    ['a)', /too many/],
    ['[a', /not closed/],
    ['*a', /nothing to repeat/],
    ['a{2', /not a repeat/],
    ['a{3,2}', /does not repeat/],
    ['a{5000}', /does not repeat/],
    ['(a)\\1', /back references/],
    ['(?=a)', /look-around/],
    ['a*+', /possessive/],
    ['[z-a]', /range/],
    ['[a&&b]', /classes inside/],
    ['\\q', /not supported/],
    ['(?:(?:a{1000}){1000})', /too many/],
    ['x'.repeat(1001), /longer/],
    [`${'('.repeat(200)}${')'.repeat(200)}`, /nested/],
  ] as const)
    assert.match(regexpFault(pattern) ?? 'taken', why, pattern);
});

test('patterns that run away elsewhere take linear time', () => {
  const started = performance.now();
  for (const pattern of ['(a+)+$', '(a|a)*$', '(a?){30}a{30}', 'a*a*a*a*b', '(.*)(.*)(.*)(.*)x'])
    regexpOf(pattern).find(`${'a'.repeat(20_000)}!`, 0);
  assert.ok(performance.now() - started < 10_000);
});

/**
 * A pattern without groups inside of repeats, and without repeats of what may be empty: there JavaScript differs from Java.
 * `solid` is never empty.
 */
const patterns: fc.Arbitrary<string> = fc.letrec<{ solid: string; plain: string; any: string }>((tie) => ({
  solid: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\W', 'é'),
    fc.tuple(tie('solid'), tie('plain')).map(([x, y]) => x + y),
    fc.tuple(tie('solid'), tie('solid')).map(([x, y]) => `(?:${x}|${y})`),
    fc.tuple(tie('solid'), fc.constantFrom('+', '{2}', '{1,2}', '+?')).map(([x, q]) => `(?:${x})${q}`),
  ),
  plain: fc.oneof(
    { depthSize: 'small' },
    tie('solid'),
    fc.constantFrom('^', '$', '\\b', '\\B', ''),
    fc.tuple(tie('plain'), tie('plain')).map(([x, y]) => `(?:${x}|${y})`),
    fc.tuple(tie('solid'), fc.constantFrom('*', '?', '*?', '??', '{0,2}?')).map(([x, q]) => `(?:${x})${q}`),
  ),
  any: fc.oneof(
    { depthSize: 'small' },
    tie('plain'),
    tie('plain').map((x) => `(${x})`),
    fc.tuple(tie('any'), tie('any')).map(([x, y]) => x + y),
    fc.tuple(tie('any'), tie('any')).map(([x, y]) => `(?:${x}|${y})`),
  ),
})).any;

test('the machine finds what the host’s engine finds', () => {
  fc.assert(
    fc.property(
      patterns,
      fc.string({ unit: fc.constantFrom('a', 'b', '1', 'é', '\n', ' '), maxLength: 8 }),
      (pattern, text) => {
        const parsed = parseRegexp(pattern);
        const found = runMachine(compileProgram(parsed), (parsed.groups + 1) * 2, text, 0);
        // Only the dot and $ differ in JavaScript.
        const host = new RegExp(
          pattern.replaceAll('.', '[^\\n\\r]').replaceAll('$', '(?=\\n?(?![^]))'),
          'du',
        ).exec(text);
        const expected = host?.indices?.flatMap((place) => place ?? [-1, -1]) ?? null;
        assert.deepEqual(found, expected);
      },
    ),
    { numRuns: 3000 },
  );
});
