/** Wrong settings of a pattern: each is told at its place, before a run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../../contract/problems.ts';
import { appendOnly, BOOLEAN, DOUBLE, field, INT, printType, STRING } from '../../contract/types.ts';
import { patternSpec } from './spec.ts';

const INPUT = appendOnly(
  [
    field('symbol', STRING, false),
    field('price', DOUBLE, false),
    field('ok', BOOLEAN),
    field('n', INT, false),
  ],
  true,
);
const GOOD = {
  keys: ['symbol'],
  pattern: 'A B+ C',
  define: [{ variable: 'B', when: 'B.price < A.price' }],
  measures: [{ of: 'LAST(B.price)', as: 'b' }],
};

function check(config: object, input = INPUT): { problems: Problem[]; out: string | null } {
  const problems: Problem[] = [];
  const schemas = patternSpec.schemas({
    config: patternSpec.config.parse({ ...GOOD, ...config }),
    inputs: { in: [input] },
    report: (found) => problems.push(found),
  });
  const out = schemas['out'] ?? null;
  return {
    problems,
    out:
      out?.fields.map((f) => `${f.name} ${printType(f.type)}${f.nullable ? '' : ' NOT NULL'}`).join(', ') ??
      null,
  };
}

/** Path, code and the marked text of the only problem. */
function fault(config: object): string {
  const { problems } = check(config);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  const [found] = problems as [Problem];
  assert.ok(found.expected !== undefined && found.next !== undefined, found.message);
  const at = found.path.join('.');
  const text = found.path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], {
    ...GOOD,
    ...config,
  });
  const marked = found.span === undefined ? '' : String(text).slice(found.span.from, found.span.to);
  return `${at} ${found.code}${marked === '' ? '' : ` [${marked}]`}`;
}

test('the output: keys, then measures, with types and what can be NULL', () => {
  const of = (...measures: string[]): string | null =>
    check({ pattern: 'A B+ C? D', measures: measures.map((m, i) => ({ of: m, as: `m${i}` })) }).out;
  assert.equal(
    of(
      'A.price',
      'LAST(B.n, 1)',
      'C.n',
      'COUNT(C.n)',
      'AVG(B.n)',
      'price > 1',
      'CLASSIFIER()',
      'MATCH_ROWTIME()',
    ),
    'symbol STRING NOT NULL, m0 DOUBLE NOT NULL, m1 INT, m2 INT, m3 BIGINT NOT NULL, m4 INT, m5 BOOLEAN NOT NULL, ' +
      'm6 STRING NOT NULL, m7 TIMESTAMP NOT NULL',
  );
});

const measure = (of: string): object => ({ measures: [{ of, as: 'm' }] });
const condition = (when: string, variable = 'B'): object => ({ define: [{ variable, when }] });

const WRONG: readonly (readonly [object, string])[] = [
  // The pattern.
  [{ pattern: 'A B+ (C' }, 'pattern T-SYNTAX'],
  [{ pattern: 'A & C' }, 'pattern T-SYNTAX [&]'],
  [{ pattern: 'A B{3,2} C' }, 'pattern T-SYNTAX [{3,2}]'],
  [{ pattern: 'A B{0} C' }, 'pattern T-SYNTAX [{0}]'],
  [{ pattern: 'A B{,} C' }, 'pattern T-SYNTAX [{,}]'],
  [{ pattern: 'A B{1001} C' }, 'pattern T-SYNTAX [{1001}]'],
  [{ pattern: 'A ((B{1000}){1000}) C' }, 'pattern T-SYNTAX [A ((B{1000}){1000}) C]'],
  [{ pattern: 'PERMUTE(A, B)' }, 'pattern T-SYNTAX [PERMUTE]'],
  [{ pattern: '^ A B' }, 'pattern T-SYNTAX [^]'],
  [{ pattern: 'A {- B -}' }, 'pattern T-SYNTAX [-]'],
  [{ pattern: 'A? B*' }, 'pattern S-VALUE [A? B*]'],
  [{ pattern: 'A (B? C*)* D B' }, 'pattern S-VALUE [(B? C*)*]'],
  // A greedy quantifier that may be the last.
  [{ pattern: 'A B+' }, 'pattern S-VALUE [B+]'],
  [{ pattern: 'A B* C?' }, 'pattern S-VALUE [C?]'],
  [{ pattern: 'A (B C+ | B D)' }, 'pattern S-VALUE [C+]'],
  [{ pattern: 'A (B C)+' }, 'pattern S-VALUE [(B C)+]'],
  [{ pattern: 'A B* C*?' }, 'pattern S-VALUE [B*]'],
  // DEFINE.
  [condition('TRUE', 'X'), 'define.0.variable S-VALUE'],
  [condition('TRUE', 'b'), 'define.0.variable S-VALUE'],
  [
    {
      define: [
        { variable: 'B', when: 'ok' },
        { variable: 'B', when: 'NOT ok' },
      ],
    },
    'define.1.variable S-VALUE',
  ],
  [condition('B.price < D.price'), 'define.0.when T-FIELD [D]'],
  [condition('B.price < LAST(a.price)'), 'define.0.when T-FIELD [a]'],
  [condition('B.prize < 3'), 'define.0.when T-FIELD [B.prize]'],
  [condition('B.price < A.prize'), 'define.0.when T-FIELD [A.prize]'],
  [condition('B.price + 1'), 'define.0.when T-TYPE [B.price + 1]'],
  [condition('LAST(B.price, 1) + 1'), 'define.0.when T-TYPE [LAST(B.price, 1) + 1]'],
  [condition("B.price < A.symbol || 'x'"), "define.0.when T-TYPE [B.price < A.symbol || 'x']"],
  [condition('B.price < '), 'define.0.when T-SYNTAX'],
  // FIRST, LAST and aggregates.
  [condition('LAST(B.price * A.price) > 1'), 'define.0.when T-TYPE [A.price]'],
  [measure('SUM(B.price * n)'), 'measures.0.of T-TYPE [n]'],
  [measure('SUM(LAST(B.price))'), 'measures.0.of T-TYPE [LAST(B.price)]'],
  [measure('LAST(B.price, n)'), 'measures.0.of T-TYPE [n]'],
  [measure('LAST(B.price, 1001)'), 'measures.0.of T-TYPE [1001]'],
  [measure('LAST()'), 'measures.0.of T-TYPE [LAST()]'],
  [measure('1 + SUM(B.symbol)'), 'measures.0.of T-TYPE [B.symbol]'],
  [measure('COUNT(DISTINCT B.n)'), 'measures.0.of T-SUPPORT [COUNT(DISTINCT B.n)]'],
  [measure('SUM(*)'), 'measures.0.of T-TYPE [SUM(*)]'],
  [measure('PREV(B.price)'), 'measures.0.of T-SUPPORT [PREV(B.price)]'],
  [measure('LAST(B.prize)'), 'measures.0.of T-FIELD [B.prize]'],
  [measure('B.price + A.symbol'), 'measures.0.of T-TYPE [A.symbol]'],
  // The rest.
  [{ keys: ['symbl'] }, 'keys.0 T-FIELD'],
  [{ measures: [{ of: 'A.n', as: 'symbol' }] }, 'measures.0.as S-VALUE'],
  [{ after: { kind: 'to-last', variable: 'Z' } }, 'after.variable S-VALUE'],
  [{ after: { kind: 'to-first', variable: 'A' } }, 'after.variable S-VALUE'],
  [{ after: { kind: 'to-last', variable: 'A' } }, 'after.variable S-VALUE'],
];

for (const [config, expected] of WRONG) {
  test(`refused: ${JSON.stringify(config)}`, () => assert.equal(fault(config), expected));
}

test('what is not wrong: a variable in two places, skips to later rows, names that need quotes', () => {
  for (const config of [
    { pattern: 'A B A C' },
    { pattern: 'A{2} B C', after: { kind: 'to-last', variable: 'A' } },
    { pattern: 'A B+ C', after: { kind: 'to-first', variable: 'B' } },
    { pattern: 'A B+? C{2}' },
    measure("B.`price` + CHAR_LENGTH('A.x') -- A.y"),
  ])
    assert.deepEqual(check(config).problems, [], JSON.stringify(config));
});

test('records without event time cannot be put in order', () => {
  const { problems } = check({}, { ...INPUT, eventTime: false });
  assert.deepEqual(
    problems.map((p) => p.code),
    ['G-FIT'],
  );
});

test('durations and numbers out of range are refused by the shape of the settings', () => {
  for (const config of [
    { within: '-1 s' },
    { within: '0 s' },
    { partialMatchesMax: 0 },
    { measures: [] },
    { pattern: '' },
  ])
    assert.equal(patternSpec.config.safeParse({ ...GOOD, ...config }).success, false, JSON.stringify(config));
});
