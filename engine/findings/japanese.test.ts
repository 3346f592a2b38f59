import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sayFinding, type Words } from './english.ts';
import type { Facts, Finding, FindingCode } from './finding.ts';
import { sayFindingInJapanese } from './japanese.ts';

const AT = Date.UTC(2026, 10, 25, 12);
/** Typed: a new finding has to be here, and so is said in Japanese. */
const FACTS: { readonly [C in FindingCode]: readonly Facts[C][] } = {
  'no-input': [{}],
  'source-ended': [
    { records: 1200, holds: true },
    { records: 1, holds: false },
  ],
  unusable: [
    { count: 3, of: 1200, first: null },
    { count: 3, of: 1200, first: { code: 'record', message: 'not JSON', record: '{' } },
  ],
  'all-filtered': [
    { count: 1200, last: null },
    { count: 1200, last: { record: [], parts: [{ text: 'n < 0', value: null }] } },
  ],
  'held-by-partition': [
    { partition: '3', watermark: null, quietMs: null, others: AT },
    { partition: '3', watermark: AT - 90_000, quietMs: 90_000, others: AT },
  ],
  'window-open': [
    { due: AT, watermark: null, open: 2 },
    { due: AT, watermark: AT - 90_000, open: 1200 },
  ],
  'session-open': [{ due: AT, watermark: AT - 90_000, open: 3, gap: '30 s' }],
  'all-late': [
    { late: 900, of: 1200, median: 5000, most: 90_000, bound: null, better: null },
    { late: 900, of: 1200, median: 5000, most: 90_000, bound: '1 s', better: '90 s' },
  ],
  'time-unit': [{ newest: AT / 1000, wouldBe: AT, unit: 's' }],
  'time-zone': [{ newest: AT, now: AT - 32_400_000, hours: 9 }],
  'from-the-future': [{ from: AT, to: AT + 86_400_000, late: 1200 }],
  'no-match': [
    {
      sides: [
        { port: 'left', fields: [], rows: [['a']] },
        { port: 'right', fields: [], rows: [['A'], [null]] },
      ],
      nulls: [0, 0.6],
      almost: 'case',
    },
  ],
  'back-pressure': [{ culprit: 'slow', share: 0.8, fill: 1 }],
  'waits-for-checkpoint': [{ rows: 1200, every: '10 s' }],
};
const WORDS: Words = {
  name: (node) => `<${node}>`,
  time: (ms) => new Date(ms).toISOString().slice(0, 16),
};
/** What a sentence says beside its words: names, instants and numbers. */
const figures = (text: string): string[] =>
  [...text.matchAll(/<\w+>|\d{4}-\d\d-\d\dT\d\d:\d\d|\d+(?:[,.]\d+)*/g)].map(([found]) => found).sort();

for (const [code, all] of Object.entries(FACTS))
  test(`${code} says in Japanese what it says in English`, () => {
    for (const facts of all) {
      const finding = { code, node: 'node', facts, fix: null } as Finding;
      const [english, japanese] = [sayFinding(finding, WORDS), sayFindingInJapanese(finding, WORDS)];
      assert.match(japanese.sentence, /[ぁ-ん].*(?:。|JSON)$/u);
      assert.equal(japanese.advice === null, english.advice === null);
      assert.deepEqual(
        figures(japanese.sentence).filter((figure) => !UNSAID.has(`${code} ${figure}`)),
        figures(english.sentence).filter((figure) => !UNSAID.has(`${code} ${figure}`)),
      );
    }
  });

/** "None", "the last second", "no keys", "a record" have a number in Japanese. */
const UNSAID: ReadonlySet<string> = new Set([
  'all-filtered 1',
  'back-pressure 1',
  'no-match 1',
  'from-the-future 1',
]);
