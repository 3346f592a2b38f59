import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { anyChangeOf } from '../../contract/keeping.ts';
import { problem } from '../../contract/problems.ts';
import { zFieldName, zPositiveDuration } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, LATE_OUT, MAIN_IN, MAIN_OUT, setting } from '../../contract/spec.ts';
import { appendOnly } from '../../contract/types.ts';
import { planPattern } from './plan.ts';

const zVariable = setting(z.string().min(1).max(128), {
  title: 'Variable',
  widget: 'variable',
  placeholder: 'B',
});

const zAfter = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('past-last-row') }),
  z.strictObject({ kind: z.literal('to-next-row') }),
  z.strictObject({ kind: z.literal('to-first'), variable: zVariable }),
  z.strictObject({ kind: z.literal('to-last'), variable: zVariable }),
]);

export const zPattern = z.strictObject({
  keys: setting(z.array(zFieldName).max(32).default([]), {
    title: 'Partition by',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all records together',
    description: 'Rows of each key are matched on their own',
  }),
  pattern: setting(z.string().min(1).max(4000), {
    title: 'Pattern',
    widget: 'pattern',
    placeholder: 'START DOWN+ UP',
    description:
      'Variables in the order in which their rows must follow each other, with the quantifiers * + ? {n} {n,} {n,m} {,m}; ' +
      'a further ? takes as few rows as possible',
  }),
  define: setting(
    z
      .array(
        z.strictObject({
          variable: zVariable,
          when: setting(z.string().min(1).max(20_000), {
            title: 'When',
            widget: 'expression',
            scope: 'pattern',
            expects: 'BOOLEAN',
            placeholder: 'DOWN.price < LAST(DOWN.price, 1)',
          }),
        }),
      )
      .max(100)
      .default([]),
    {
      title: 'Define',
      widget: 'list',
      description: 'What a row must fulfil to be a variable; every row can be a variable that is not defined',
    },
  ),
  within: setting(zPositiveDuration.optional(), {
    title: 'Within',
    widget: 'duration',
    placeholder: 'no limit',
    description: 'The longest time from the first row of a match to its last, this span itself included',
  }),
  after: setting(zAfter.default({ kind: 'past-last-row' }), {
    title: 'After a match',
    widget: 'variants',
    labels: {
      'past-last-row': 'Skip past its last row',
      'to-next-row': 'Skip to its second row',
      'to-first': 'Skip to the first row of',
      'to-last': 'Skip to the last row of',
    },
    description: 'Where the next match may begin',
  }),
  measures: setting(
    z
      .array(
        z.strictObject({
          of: setting(z.string().min(1).max(20_000), {
            title: 'Value',
            widget: 'expression',
            scope: 'pattern',
            expects: 'ANY',
            placeholder: 'LAST(DOWN.price)',
          }),
          as: setting(zFieldName, { title: 'As', widget: 'text', placeholder: 'bottom' }),
        }),
      )
      .min(1)
      .max(200),
    {
      title: 'Measures',
      widget: 'list',
      description: 'The fields of the row that a match gives, behind its keys',
    },
  ),
  partialMatchesMax: setting(z.int().min(1).max(1_000_000).default(10_000), {
    title: 'Partial matches',
    widget: 'number',
    advanced: true,
    description: 'Ways in which the rows of one key may be on the way to one match; more end the run',
  }),
});

export type PatternConfig = z.output<typeof zPattern>;

/**
 * As Flink SQL: `SELECT * FROM input MATCH_RECOGNIZE (PARTITION BY keys ORDER BY rowtime MEASURES of AS as, … ONE ROW PER MATCH AFTER
 * MATCH SKIP … PATTERN (pattern) WITHIN INTERVAL … DEFINE variable AS when, …)`. What `beyondFlink` (program.ts) names, and
 * CLASSIFIER(), Flink refuses.
 */
export const patternSpec = defineNode({
  type: 'pattern',
  kind: 'operator',
  group: 'pattern',
  label: 'Pattern',
  summary: 'Finds sequences of records: one row for each match (MATCH_RECOGNIZE).',
  description:
    'Rows of a key are put in the order of their event times, as the watermark allows, and searched for the pattern, whose rows ' +
    'follow each other without gaps. A row at or behind the watermark goes to the late port.\n\n' +
    '`A.price` is the value of the last row mapped to A, where the row that is tried counts as mapped to the variable that is ' +
    'defined; `LAST(A.price, 1)` is the one before, `FIRST(A.price)` the first, NULL where there is none. `SUM`, `AVG`, `COUNT`, `MIN` and `MAX` ' +
    'take all rows of a variable. A name without variable means all rows of the match. `MATCH_ROWTIME()` is the time of the last row, ' +
    '`CLASSIFIER()` its variable.\n\n' +
    'A greedy quantifier (`*`, `+`, `{n,m}`) keeps every row that it can take: what follows is tried only with a row that it cannot take, and ' +
    'it never gives back. So the pattern cannot end with one. With a reluctant quantifier (`*?`, `+?`), `?` and `|`, all ways are followed, ' +
    'and the first to be complete wins; of two that are complete with the same row, the one that is written first. One ' +
    'match at most begins at a row, and earlier beginnings go first: a later one waits until they are complete or have failed. What is not complete when ' +
    'the input ends is no match. A match spanning exactly the limit of "within" counts. The event time of its row is ' +
    'that of the record that decided it.\n\n' +
    'A record for which a condition on itself alone has no value (a division by zero) goes to the errors port and takes no part; a condition ' +
    'over several records does not hold then, and is told there too.\n\n' +
    'These are the rules of Flink SQL and its CEP library (NFA, AfterMatchSkipStrategy). Groups, `|`, `??`, a variable that stands in ' +
    'the pattern twice and `CLASSIFIER()` are of the SQL standard; Flink does not run them.',
  icon: 'M2 8h3M11 8h3M5 8a2 2 0 1 0 4 0 2 2 0 1 0 -4 0M9 8l2 -4 2 4 -2 4z',
  config: zPattern,
  inputs: [
    {
      ...MAIN_IN,
      appendOnlyHint:
        'Patterns are matched over what happened, not over what was taken back. Put this node before the one that updates,',
    },
  ],
  outputs: [MAIN_OUT, LATE_OUT, DEAD_LETTER_OUT],
  stateful: true,
  keeps: { settings: anyChangeOf('partialMatchesMax') },
  targets: ['weir', 'flink'],
  summarize(config) {
    const per = config.keys.length === 0 ? '' : `, per ${config.keys.join(', ')}`;
    const within = config.within === undefined ? '' : ` within ${config.within}`;
    return `${config.pattern}${within}${per}`;
  },
  schemas({ config, inputs, report }) {
    const input = inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, late: null, errors: DEAD_LETTER_SCHEMA };
    if (!input.eventTime)
      report(
        problem('G-FIT', {
          path: [],
          message:
            'A pattern needs records with event time, by which it orders them; the source above gives none.',
          expected: 'a source with "time" set',
          next: 'Set the event-time field of the source.',
        }),
      );
    const plan = planPattern({ config, input, report });
    const out = plan === null ? null : appendOnly([...plan.keys, ...plan.measures.map((m) => m.field)], true);
    return { out, late: input, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Prices that fall, then rise',
      fields: { symbol: 'STRING', price: 'DOUBLE' },
      config: {
        keys: ['symbol'],
        pattern: 'START DOWN+ UP',
        define: [
          {
            variable: 'DOWN',
            when: '(LAST(DOWN.price, 1) IS NULL AND DOWN.price < START.price) OR DOWN.price < LAST(DOWN.price, 1)',
          },
          { variable: 'UP', when: 'UP.price > LAST(DOWN.price)' },
        ],
        after: { kind: 'to-last', variable: 'UP' },
        measures: [
          { of: 'START.price', as: 'top' },
          { of: 'LAST(DOWN.price)', as: 'bottom' },
          { of: 'COUNT(DOWN.price)', as: 'falls' },
          { of: 'MATCH_ROWTIME()', as: 'rose_at' },
        ],
      },
      input: [
        { __time: 4000, symbol: 'ACME', price: 25 },
        { __time: 5000, symbol: 'ACME', price: 18 },
        { __time: 6000, symbol: 'ACME', price: 15 },
        { __time: 7000, symbol: 'ACME', price: 14 },
        { __time: 8000, symbol: 'ACME', price: 24 },
        { __time: 9000, symbol: 'ACME', price: 25 },
      ],
      output: [{ symbol: 'ACME', top: 25, bottom: 14, falls: 3, rose_at: 8000 }],
    },
    {
      title: 'Three failed logins, then one that worked, within ten minutes',
      fields: { user: 'STRING', ok: 'BOOLEAN' },
      config: {
        keys: ['user'],
        pattern: 'FAILED{3,} WORKED',
        define: [
          { variable: 'FAILED', when: 'NOT ok' },
          { variable: 'WORKED', when: 'ok' },
        ],
        within: '10 min',
        measures: [
          { of: 'COUNT(FAILED.ok)', as: 'failures' },
          { of: 'MATCH_ROWTIME()', as: 'at' },
        ],
      },
      input: [
        { __time: 0, user: 'ann', ok: false },
        { __time: 60_000, user: 'bob', ok: false },
        { __time: 120_000, user: 'ann', ok: false },
        { __time: 180_000, user: 'ann', ok: false },
        { __time: 240_000, user: 'ann', ok: false },
        { __time: 300_000, user: 'bob', ok: true },
        { __time: 360_000, user: 'ann', ok: true },
      ],
      output: [{ user: 'ann', failures: 4, at: 360_000 }],
    },
  ],
});
