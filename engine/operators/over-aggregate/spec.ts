import { z } from 'zod';
import {
  AGGREGATE_FUNCTIONS,
  AGGREGATE_LABELS,
  AGGREGATES_HELP,
  aggregateShape,
} from '../../aggregates/spec.ts';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { ANOTHER_TIME } from '../../contract/keeping.ts';
import { zFieldName, zPositiveDuration } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, LATE_OUT, MAIN_IN, MAIN_OUT, setting } from '../../contract/spec.ts';
import { appendOnly } from '../../contract/types.ts';
import { PLACE_FUNCTIONS, planOver, reportOver } from './plan.ts';

const OVER_FUNCTIONS = [...AGGREGATE_FUNCTIONS, ...PLACE_FUNCTIONS] as const;

const zOverFunction = z.strictObject({
  function: setting(z.enum(OVER_FUNCTIONS), {
    title: 'Function',
    widget: 'select',
    labels: {
      ...AGGREGATE_LABELS,
      'row-number': 'row number',
      rank: 'rank',
      'dense-rank': 'dense rank',
      lag: 'lag (an earlier record)',
      lead: 'lead (a later record)',
    },
  }),
  ...aggregateShape,
  offset: setting(z.number().int().min(1).max(1000).optional(), {
    title: 'Records away',
    widget: 'number',
    placeholder: '1',
    advanced: true,
    description: 'Of lag and lead: how many records earlier or later',
  }),
  default: setting(z.string().min(1).max(20_000).optional(), {
    title: 'Where there is none',
    widget: 'expression',
    expects: 'ANY',
    scope: 'input',
    placeholder: 'NULL',
    advanced: true,
    description: 'Of lag and lead: what stands where there is no such record',
  }),
});

export type OverFunctionSetting = z.output<typeof zOverFunction>;

const zFrame = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('range'),
    preceding: setting(zPositiveDuration.optional(), {
      title: 'Back in time',
      widget: 'duration',
      placeholder: 'to the first record',
      description: 'Records that are at most this much older, and all that have the same time',
    }),
  }),
  z.strictObject({
    kind: z.literal('rows'),
    preceding: setting(z.number().int().min(0).max(1_000_000).optional(), {
      title: 'Records back',
      widget: 'number',
      placeholder: 'to the first record',
      description: 'This many records before the current one, and the current one',
    }),
  }),
  z.strictObject({
    kind: z.literal('session'),
    gap: setting(zPositiveDuration, {
      title: 'Gap',
      widget: 'duration',
      placeholder: '10 min',
      description: 'A session ends where the next record is this much later, or more',
    }),
    closes: setting(z.enum(['watermark', 'next-record']).default('watermark'), {
      title: 'Ends',
      widget: 'segmented',
      advanced: true,
      labels: { watermark: 'By the watermark', 'next-record': 'With the next record' },
      description: 'Whether the watermark alone ends a session, or only the first record of the next one',
    }),
  }),
]);

// Prints as: SELECT *, f(x) OVER (PARTITION BY keys ORDER BY time RANGE|ROWS BETWEEN … PRECEDING AND CURRENT ROW) AS y FROM input,
// LAG(x, n, default) OVER (PARTITION BY keys ORDER BY time). LEAD and session frames exist in batch or other engines only.
export const zOverAggregate = z.strictObject({
  keys: setting(z.array(zFieldName).max(32).default([]), {
    title: 'Partition by',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all records together',
  }),
  time: setting(z.enum(['event', 'processing']).default('event'), {
    title: 'Order by',
    widget: 'segmented',
    labels: { event: 'Event time', processing: 'Processing time' },
  }),
  frame: setting(zFrame.default({ kind: 'range' }), {
    title: 'Frame',
    widget: 'variants',
    drawing: 'frame',
    labels: { range: 'Time', rows: 'Records', session: 'Session' },
  }),
  aggregates: setting(z.array(zOverFunction).min(1).max(200), { title: 'Functions', widget: 'list' }),
  ttl: setting(zPositiveDuration.optional(), {
    title: 'Forget partitions after',
    widget: 'duration',
    placeholder: 'never',
    advanced: true,
    description: 'A partition that got no record for this long, by the clock, is forgotten and starts anew',
  }),
});

export type OverAggregateConfig = z.output<typeof zOverAggregate>;

export const overAggregateSpec = defineNode({
  type: 'over-aggregate',
  kind: 'operator',
  group: 'aggregate',
  label: 'Over',
  summary: 'Adds to each record an aggregate of the records before it.',
  description:
    'SQL’s `OVER`: every record goes on, with the functions of its frame beside its fields. The records of a partition are taken in ' +
    'the order of their event times, those of equal time as they came; so a record leaves when the watermark has reached its time. ' +
    'A frame of **records** ends with the record itself; a frame of **time** takes in all records of the same time, so that they ' +
    'share one result (`ROWS` and `RANGE BETWEEN … PRECEDING AND CURRENT ROW`; `RANGE UNBOUNDED PRECEDING` where nothing is set). ' +
    'A record at or before the watermark is late and goes to the late port, as in Flink’s `RowTimeRangeUnboundedPrecedingFunction`. By ' +
    'processing time every record leaves at once, and counts as later than all before it. Rules of Flink SQL.\n\n' +
    'Two things are beyond what Flink runs on streams, by the rules of RisingWave with `EMIT ON WINDOW CLOSE`: **lead** looks at a later record, so ' +
    'its record waits until that one’s time was reached (at the end of the input it is NULL); a frame of a **session** takes in ' +
    'all records around that follow each other by less than the gap, so its records wait until the session has ended. ' +
    'The watermark of the output waits with them.\n\n' +
    'With an unbounded frame, a frame of records, or functions of the place, state grows with the number of partitions, unless they ' +
    `are forgotten.\n\n${AGGREGATES_HELP}`,
  icon: 'M2 14h12M3.5 12v-2M6.5 12V8M9.5 12v-3M12.5 12V6M3 5V3h7v2',
  config: zOverAggregate,
  inputs: [{ ...MAIN_IN, appendOnlyHint: 'Put Over before the node that updates, where records are final,' }],
  outputs: [MAIN_OUT, LATE_OUT, DEAD_LETTER_OUT],
  stateful: true,
  keeps: { settings: { ttl: ANOTHER_TIME } },
  passesRows: true,
  targets: ['weir', 'flink', 'spark'],
  summarize(config) {
    const per = config.keys.length === 0 ? '' : `per ${config.keys.join(', ')}, `;
    const functions = config.aggregates.map((a) => `${a.function}(${a.of ?? ''})`).join(', ');
    return `${per}${functions} ${summarizeFrame(config.frame)}`;
  },
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, late: null, errors: DEAD_LETTER_SCHEMA };
    const plan = planOver(context.config, input.fields, context);
    reportOver(context, input, plan);
    return {
      out: appendOnly([...input.fields, ...plan.functions.map((f) => f.field)], input.eventTime),
      late: input,
      errors: DEAD_LETTER_SCHEMA,
    };
  },
  examples: [
    {
      title: 'Each flight beside the average delay of the hour before it, and the delay of the flight before',
      fields: { origin: 'STRING', delay: 'INT' },
      config: {
        keys: ['origin'],
        frame: { kind: 'range', preceding: '1 h' },
        aggregates: [
          { function: 'avg', of: 'delay', as: 'average' },
          { function: 'lag', of: 'delay', as: 'before' },
        ],
      },
      input: [
        { __time: 0, origin: 'ATL', delay: 10 },
        { __time: 3_600_000, origin: 'ATL', delay: 30 },
        { __time: 3_600_001, origin: 'ATL', delay: 50 },
      ],
      output: [
        { origin: 'ATL', delay: 10, average: 10, before: null },
        { origin: 'ATL', delay: 30, average: 20, before: 10 },
        { origin: 'ATL', delay: 50, average: 40, before: 30 },
      ],
    },
    {
      title: 'The last three measurements together',
      fields: { sensor: 'STRING', celsius: 'DOUBLE' },
      config: {
        keys: ['sensor'],
        frame: { kind: 'rows', preceding: 2 },
        aggregates: [{ function: 'max', of: 'celsius', as: 'warmest' }],
      },
      input: [
        { __time: 0, sensor: 'roof', celsius: 30.5 },
        { __time: 1000, sensor: 'roof', celsius: 21 },
        { __time: 2000, sensor: 'roof', celsius: 22 },
        { __time: 3000, sensor: 'roof', celsius: 20 },
      ],
      output: [
        { sensor: 'roof', celsius: 30.5, warmest: 30.5 },
        { sensor: 'roof', celsius: 21, warmest: 30.5 },
        { sensor: 'roof', celsius: 22, warmest: 30.5 },
        { sensor: 'roof', celsius: 20, warmest: 22 },
      ],
    },
  ],
});

function summarizeFrame(frame: OverAggregateConfig['frame']): string {
  if (frame.kind === 'session') return `over sessions, gap ${frame.gap}`;
  if (frame.preceding === undefined) return 'so far';
  return frame.kind === 'rows' ? `over ${frame.preceding + 1} records` : `over ${frame.preceding}`;
}
