/** As RisingWave: `SELECT * FROM GAP_FILL(input, time, INTERVAL …, LOCF(a), INTERPOLATE(b), …)`, EMIT ON WINDOW CLOSE. Flink SQL has no such function. */
import { z } from 'zod';
import { SMALLER } from '../../contract/keeping.ts';
import { problem } from '../../contract/problems.ts';
import { zFieldName, zPositiveDuration } from '../../contract/settings.ts';
import { defineNode, LATE_OUT, MAIN_IN, MAIN_OUT, setting } from '../../contract/spec.ts';
import { appendOnly } from '../../contract/types.ts';
import { planGapFill } from './plan.ts';

const zFill = z.strictObject({
  field: setting(zFieldName, { title: 'Field', widget: 'field', scope: 'input' }),
  with: setting(z.enum(['previous', 'interpolate', 'null']), {
    title: 'With',
    widget: 'select',
    labels: { previous: 'the value before', interpolate: 'between before and after', null: 'NULL' },
  }),
});

export const zGapFill = z.strictObject({
  every: setting(zPositiveDuration, {
    title: 'A record every',
    widget: 'duration',
    placeholder: '1 min',
    description: 'Where the next record of a series is further away, records this far apart fill the gap',
  }),
  keys: setting(z.array(zFieldName).max(32).default([]), {
    title: 'Per',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all records are one series',
  }),
  time: setting(zFieldName.optional(), {
    title: 'Time field',
    widget: 'field',
    scope: 'input',
    kinds: ['TIMESTAMP'],
    placeholder: 'none',
    description: 'The field that gets the time of the filling record; its event time is that in any case',
  }),
  fill: setting(z.array(zFill).max(200).default([]), {
    title: 'Fill',
    widget: 'list',
    description: 'Fields that are not named here are NULL in filling records',
  }),
  longest: setting(z.int().min(1).max(1_000_000).default(1000), {
    title: 'Longest gap',
    widget: 'number',
    unit: 'records',
    advanced: true,
    description:
      'A gap that needs more stays open: after a long silence, or one wrong time in the far future',
  }),
});

export type GapFillConfig = z.output<typeof zGapFill>;

export const gapFillSpec = defineNode({
  type: 'gap-fill',
  kind: 'operator',
  group: 'rank',
  label: 'Fill gaps',
  summary: 'Adds records where a series has none.',
  description:
    'Records leave by ascending event time when the watermark has reached them, as those of Sort; where the one before of the same series is ' +
    'further away than the interval, records fill the gap: one interval after that one, two, and so on, up to the next. Their fields are ' +
    'the series’ keys, the value before, a value on the straight line between before and after (whole numbers are rounded; NULL where ' +
    'one end is NULL), or NULL. Nothing is filled behind the last record of a series: whether it goes on is not known.\n\n' +
    'The watermark below stays behind the last record of each series as long as a gap after it may still be filled, so that filling ' +
    'records are never late: a series that falls silent holds it for “Longest gap” intervals. The last record of every series is kept. ' +
    'These are the rules of RisingWave’s GAP_FILL with EMIT ON WINDOW CLOSE; Flink SQL has none.',
  icon: 'M2 12V8M5 12V6M8 12v-1M8 8V7M11 12v-1M11 6V5M14 12V3',
  config: zGapFill,
  inputs: [{ ...MAIN_IN, appendOnlyHint: 'Fill gaps in front of the node that updates,' }],
  outputs: [MAIN_OUT, LATE_OUT],
  stateful: true,
  // A longer gap would be filled behind the watermark.
  keeps: { settings: { longest: SMALLER } },
  targets: ['weir'],
  summarize: ({ every, keys, fill }) =>
    `every ${every}${keys.length === 0 ? '' : `, per ${keys.join(', ')}`}${fill.map((f) => `, ${f.field} ${f.with}`).join('')}`,
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, late: null };
    if (!input.eventTime) {
      context.report(
        problem('G-FIT', {
          path: ['every'],
          message: 'Gaps are told by event time, and the source above gives none.',
          expected: 'a source with "time" set',
          next: 'Set the event-time field of the source.',
        }),
      );
    }
    return { out: appendOnly(planGapFill(context.config, input, context).fields, true), late: input };
  },
  examples: [
    {
      title: 'A value every minute, on the line between two readings',
      fields: { value: 'DOUBLE' },
      config: { every: '1 min', time: '__time', fill: [{ field: 'value', with: 'interpolate' }] },
      input: [
        { __time: 0, value: 10 },
        { __time: 180_000, value: 16 },
      ],
      output: [
        { __time: 0, value: 10 },
        { __time: 60_000, value: 12 },
        { __time: 120_000, value: 14 },
        { __time: 180_000, value: 16 },
      ],
    },
  ],
});
