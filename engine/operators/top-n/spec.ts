/**
 * As Flink SQL: `SELECT *[, rank] FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY keys[, window_start, window_end] ORDER BY …) AS rank FROM
 * input) WHERE rank BETWEEN from AND n`, with `ttl` as the hint STATE_TTL. Flink knows RANK and DENSE_RANK there only in batch mode.
 */
import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { ANOTHER_TIME } from '../../contract/keeping.ts';
import { zFieldName, zPositiveDuration } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, LATE_OUT, MAIN_IN, MAIN_OUT, setting } from '../../contract/spec.ts';
import { printSort, zSortTerm } from '../../plan/sort-terms.ts';
import { zWindowResults } from '../keyed/plan.ts';
import { planTopN } from './plan.ts';

const zResults = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('changes'),
    ttl: setting(zPositiveDuration.optional(), {
      title: 'Forget after',
      widget: 'duration',
      placeholder: 'never',
      advanced: true,
      description:
        'A group whose kept records have not changed for this long, by the clock, is forgotten and starts anew',
    }),
  }),
  zWindowResults,
]);

export const zTopN = z.strictObject({
  n: setting(z.int().min(1).max(100_000), {
    title: 'Keep the top',
    widget: 'number',
    placeholder: '10',
    description: 'The last rank that is given',
  }),
  orderBy: setting(z.array(zSortTerm).min(1).max(16), {
    title: 'Order by',
    widget: 'list',
    description: 'Rank 1 comes first in this order; where it ties, what came earlier',
  }),
  keys: setting(z.array(zFieldName).max(32).default([]), {
    title: 'Per',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all records together',
  }),
  results: setting(zResults.default({ kind: 'changes' }), {
    title: 'Results',
    widget: 'variants',
    labels: { changes: 'At every change', window: 'When the window closes' },
  }),
  as: setting(zFieldName.optional(), {
    title: 'Rank as',
    widget: 'text',
    placeholder: 'not given',
    description:
      'A field for the rank. With it, every record whose rank shifts is sent again; without, only those that come and go',
  }),
  function: setting(z.enum(['row-number', 'rank', 'dense-rank']).default('row-number'), {
    title: 'Ties',
    widget: 'select',
    labels: {
      'row-number': 'in order of arrival: 1, 2, 3 (ROW_NUMBER)',
      rank: 'share a rank, then a gap: 1, 1, 3 (RANK)',
      'dense-rank': 'share a rank, no gap: 1, 1, 2 (DENSE_RANK)',
    },
    advanced: true,
  }),
  from: setting(z.int().min(1).default(1), {
    title: 'From rank',
    widget: 'number',
    advanced: true,
    description: '2 leaves the first out; the same as the last rank gives exactly that one',
  }),
});

export type TopNConfig = z.output<typeof zTopN>;

export const topNSpec = defineNode({
  type: 'top-n',
  kind: 'operator',
  group: 'rank',
  label: 'Top-N',
  summary: 'Keeps the first records of an order, per group or window.',
  description:
    '**At every change** the result is kept up to date, so the output is updating. Without a rank field, a record that comes into the top ' +
    'gives `+I`, after `-D` for the one that it pushes out. With one (or where ranks begin above 1) each rank is a row: from the place of ' +
    'the newcomer on, every rank gives `-U` with its record before and `+U` with the one after. An updating input takes records out again: ' +
    'then all records are kept, because any of them may move up; of an append-only one only the top is kept. These are the rules of ' +
    'Flink’s `AppendOnlyTopNFunction` and `RetractableTopNFunction`; equal records rank by arrival. Taking back a record that is not ' +
    'there is ignored.\n\n' +
    '**When the window closes** the top of each window is given once, append-only, when the watermark reaches `window_end − 1 ms`; a ' +
    'record that comes later goes to the late port. Records must carry the fields of their window, as Window and Assign windows give them ' +
    '(Flink’s Window Top-N, `WindowRankOperator`).\n\n' +
    'RANK and DENSE_RANK give every record whose rank is in the range, so ties may be more records than N; Flink has them in batch ' +
    'mode only.',
  icon: 'M2 13h3V8H2zM6.5 13h3V3h-3zM11 13h3V6h-3z',
  config: zTopN,
  inputs: [
    {
      ...MAIN_IN,
      changelog: {
        takesUpdates: (config) => (config as TopNConfig).results.kind === 'changes',
        hint: 'Set Results to “At every change”.',
      },
    },
  ],
  outputs: [MAIN_OUT, LATE_OUT, DEAD_LETTER_OUT],
  stateful: true,
  keeps: { settings: { 'results.ttl': ANOTHER_TIME } },
  targets: ['weir', 'flink'],
  summarize(config) {
    const { n, from, keys, results } = config;
    const ranks = from === 1 ? `top ${n}` : from === n ? `rank ${n}` : `ranks ${from} to ${n}`;
    const per = [...keys, ...(results.kind === 'window' ? ['window'] : [])];
    return `${ranks} by ${printSort(config.orderBy)}${per.length === 0 ? '' : `, per ${per.join(', ')}`}`;
  },
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, late: null, errors: DEAD_LETTER_SCHEMA };
    return { out: planTopN(context.config, input, context).output, late: input, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'The two cheapest of each category, with their rank',
      fields: { category: 'STRING', id: 'INT', price: 'INT' },
      config: { n: 2, orderBy: [{ field: 'price' }], keys: ['category'], as: 'rank' },
      input: [
        { category: 'book', id: 1, price: 12 },
        { category: 'book', id: 2, price: 19 },
        { category: 'book', id: 4, price: 11 },
      ],
      output: [
        { category: 'book', id: 1, price: 12, rank: 1 },
        { category: 'book', id: 2, price: 19, rank: 2 },
        { category: 'book', id: 1, price: 12, rank: 1 },
        { category: 'book', id: 4, price: 11, rank: 1 },
        { category: 'book', id: 2, price: 19, rank: 2 },
        { category: 'book', id: 1, price: 12, rank: 2 },
      ],
    },
    {
      title: 'The dearest bid of every ten minutes',
      fields: { item: 'STRING', price: 'INT', window_end: 'TIMESTAMP' },
      config: { n: 1, orderBy: [{ field: 'price', direction: 'desc' }], results: { kind: 'window' } },
      input: [
        { __time: 100, item: 'A', price: 4, window_end: 600_000 },
        { __time: 200, item: 'B', price: 7, window_end: 600_000 },
        { __time: 700_000, item: 'C', price: 1, window_end: 1_200_000 },
      ],
      output: [
        { item: 'B', price: 7 },
        { item: 'C', price: 1 },
      ],
    },
  ],
});
