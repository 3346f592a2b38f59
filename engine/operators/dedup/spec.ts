/**
 * As Flink SQL: `SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY keys[, window_start, window_end] ORDER BY time ASC | DESC) AS n FROM
 * input) WHERE n = 1`, time being the rowtime, PROCTIME() or a field; `ttl` as the hint STATE_TTL.
 */
import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { ANOTHER_TIME } from '../../contract/keeping.ts';
import { zFieldName, zPositiveDuration } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, LATE_OUT, MAIN_IN, MAIN_OUT, setting } from '../../contract/spec.ts';
import { zWindowResults } from '../keyed/plan.ts';
import { planDedup } from './plan.ts';

const zTtl = setting(zPositiveDuration.optional(), {
  title: 'Forget after',
  widget: 'duration',
  placeholder: 'never',
  description: 'A key is forgotten this long after its record was last kept, by the clock, and starts anew',
});

const zBy = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('arrival') }),
  z.strictObject({ kind: z.literal('event-time') }),
  z.strictObject({
    kind: z.literal('field'),
    field: setting(zFieldName, { title: 'Field', widget: 'field', scope: 'input', placeholder: 'bid_time' }),
  }),
]);

const zResults = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('changes'), ttl: zTtl }),
  z.strictObject({ kind: z.literal('final'), ttl: zTtl }),
  zWindowResults,
]);

export const zDedup = z.strictObject({
  keys: setting(z.array(zFieldName).max(32).default([]), {
    title: 'One per',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all records together',
    description: 'Of the records with the same values of these fields, one is kept',
  }),
  keep: setting(z.enum(['first', 'last']).default('first'), {
    title: 'Keep',
    widget: 'segmented',
    labels: { first: 'First', last: 'Last' },
  }),
  by: setting(zBy.default({ kind: 'arrival' }), {
    title: 'By',
    widget: 'variants',
    labels: { arrival: 'Arrival', 'event-time': 'Event time', field: 'A field' },
  }),
  results: setting(zResults.default({ kind: 'changes' }), {
    title: 'Results',
    widget: 'variants',
    labels: { changes: 'At every change', final: 'When final', window: 'When the window closes' },
  }),
});

export type DedupConfig = z.output<typeof zDedup>;

export const dedupSpec = defineNode({
  type: 'dedup',
  kind: 'operator',
  group: 'rank',
  label: 'Deduplicate',
  summary: 'Keeps one record per key: the first or the last.',
  description:
    '**First by arrival**: the first record of a key goes on at once, all others end here; append-only. **Last by arrival**: each record of a ' +
    'key takes the place of the one before (`-U`, `+U`), unless it is the same and nothing is ever forgotten. **By event time or a field**: a record ' +
    'takes the place of the kept one where it is earlier (first) or not earlier (last); others end here. So the output is updating, also ' +
    'for the first, because an earlier one may come out of order.\n\n' +
    '**When final**: the first by event time is given when the watermark reaches its time, append-only; a record that comes behind the ' +
    'watermark, of a key that was not given yet, goes to the late port. **When the window closes**: one record per key and window, ' +
    'append-only, when the watermark reaches `window_end − 1 ms`; later ones go to the late port. Records must carry the fields of their ' +
    'window, as Window and Assign windows give them; these move the event time to the window’s end, so go by the field with the time ' +
    'that you mean.\n\n' +
    'These are the rules of Flink’s Deduplicate (ProcTime- and RowTimeDeduplicateFunction, window deduplication). For any other order, or of an ' +
    'updating input, use Top-N with 1.',
  icon: 'M2 5h8v8H2zM5 5V2h9v8h-4',
  config: zDedup,
  inputs: [{ ...MAIN_IN, appendOnlyHint: 'Use Top-N with 1 in place of this node: it takes records back,' }],
  outputs: [MAIN_OUT, LATE_OUT, DEAD_LETTER_OUT],
  stateful: true,
  keeps: {
    settings: { 'results.ttl': ANOTHER_TIME },
    // The first by arrival goes on at once: only its key is kept.
    fieldsMayChange: (config) => {
      const { keep, by, results } = config as DedupConfig;
      return keep === 'first' && by.kind === 'arrival' && results.kind === 'changes';
    },
  },
  passesRows: true,
  targets: ['weir', 'flink'],
  summarize({ keys, keep, by, results }) {
    const per = [...keys, ...(results.kind === 'window' ? ['window'] : [])];
    const order = by.kind === 'field' ? by.field : by.kind === 'arrival' ? 'arrival' : 'event time';
    return `${keep}${per.length === 0 ? '' : ` per ${per.join(', ')}`}, by ${order}`;
  },
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, late: null, errors: DEAD_LETTER_SCHEMA };
    return { out: planDedup(context.config, input, context).output, late: input, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Orders that were sent twice count once',
      fields: { order: 'INT', amount: 'INT' },
      config: { keys: ['order'] },
      input: [
        { order: 1, amount: 5 },
        { order: 2, amount: 7 },
        { order: 1, amount: 5 },
      ],
      output: [
        { order: 1, amount: 5 },
        { order: 2, amount: 7 },
      ],
    },
    {
      title: 'The newest reading of each sensor',
      fields: { sensor: 'STRING', value: 'INT' },
      config: { keys: ['sensor'], keep: 'last', by: { kind: 'event-time' } },
      input: [
        { __time: 1000, sensor: 'a', value: 5 },
        { __time: 3000, sensor: 'a', value: 7 },
        { __time: 2000, sensor: 'a', value: 6 },
      ],
      output: [
        { sensor: 'a', value: 5 },
        { sensor: 'a', value: 5 },
        { sensor: 'a', value: 7 },
      ],
    },
    {
      title: 'The last bid of each window',
      fields: { item: 'STRING', bid_time: 'TIMESTAMP', window_end: 'TIMESTAMP' },
      config: { keep: 'last', by: { kind: 'field', field: 'bid_time' }, results: { kind: 'window' } },
      input: [
        { __time: 599_999, item: 'A', bid_time: 100, window_end: 600_000 },
        { __time: 599_999, item: 'B', bid_time: 90, window_end: 600_000 },
      ],
      output: [{ item: 'A' }],
    },
  ],
});
