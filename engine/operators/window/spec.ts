import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { problem, showValue } from '../../contract/problems.ts';
import {
  durationMs,
  zDuration,
  zFieldName,
  zPositiveDuration,
  zSignedDuration,
} from '../../contract/settings.ts';
import {
  DEAD_LETTER_OUT,
  defineNode,
  LATE_OUT,
  MAIN_IN,
  MAIN_OUT,
  type SchemaContext,
  setting,
} from '../../contract/spec.ts';
import { type EdgeSchema, type Field, field, TIMESTAMP } from '../../contract/types.ts';
import { checkFieldName } from '../../plan/check-setting.ts';
import { AGGREGATE_FUNCTIONS, planAggregates } from './plan.ts';

const zSize = setting(zPositiveDuration, { title: 'Size', widget: 'duration', placeholder: '1 h' });
const zOffset = setting(zSignedDuration.optional(), {
  title: 'Offset',
  widget: 'duration',
  advanced: true,
  placeholder: '0',
  description: 'Moves all window starts: -8 h makes days begin at 16:00 UTC',
});

const zWindowKind = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tumbling'), size: zSize, offset: zOffset }),
  z.strictObject({
    kind: z.literal('hopping'),
    size: zSize,
    slide: setting(zPositiveDuration, { title: 'Every', widget: 'duration', placeholder: '5 min' }),
    offset: zOffset,
  }),
  z.strictObject({
    kind: z.literal('session'),
    gap: setting(zPositiveDuration, {
      title: 'Gap',
      widget: 'duration',
      placeholder: '30 min',
      description: 'A session ends when no record came for this long',
    }),
  }),
]);

const zAggregate = z.strictObject({
  function: setting(z.enum(AGGREGATE_FUNCTIONS), {
    title: 'Function',
    widget: 'select',
    labels: {
      count: 'count',
      'count-distinct': 'count distinct',
      sum: 'sum',
      avg: 'average',
      min: 'minimum',
      max: 'maximum',
    },
  }),
  of: setting(z.string().min(1).max(20_000).optional(), {
    title: 'Of',
    widget: 'expression',
    expects: 'ANY',
    scope: 'input',
    placeholder: 'delay',
    description: 'Left out for count: every record counts',
  }),
  as: setting(zFieldName, { title: 'As', widget: 'text', placeholder: 'flights' }),
});

export const zWindow = z.strictObject({
  window: setting(zWindowKind, {
    title: 'Window',
    widget: 'variants',
    drawing: 'window',
    labels: { tumbling: 'Tumbling', hopping: 'Hopping', session: 'Session' },
  }),
  time: setting(z.enum(['event', 'processing']).default('event'), {
    title: 'Time',
    widget: 'segmented',
    labels: { event: 'Event time', processing: 'Processing time' },
  }),
  keys: setting(z.array(zFieldName).max(32).default([]), {
    title: 'Group by',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all records together',
  }),
  aggregates: setting(z.array(zAggregate).min(1).max(200), { title: 'Aggregates', widget: 'list' }),
  lateness: setting(zDuration.optional(), {
    title: 'Allowed lateness',
    widget: 'duration',
    placeholder: '0 (off)',
    description: 'A fired window takes records this much longer, and fires again for each of them',
  }),
});

export type WindowConfig = z.output<typeof zWindow>;

/** Windows of one record that a hopping window may have; more is a mistake in the settings, not a wish. */
const OVERLAP_MAX = 100_000;

export const windowSpec = defineNode({
  type: 'window',
  kind: 'operator',
  group: 'aggregate',
  label: 'Window',
  summary: 'Groups records by time and keys, and aggregates each group.',
  description:
    'Windows are half-open, `[start, end)`, and align to the epoch in UTC plus the offset. A window fires when the ' +
    'watermark reaches `end − 1 ms`, once for every key that has records; a window without records gives nothing. ' +
    'A record is late when the watermark had reached `end − 1 ms + allowed lateness` of all its windows before it came: it ' +
    'goes to the late port. For a session this is judged on the session that the record would merge into. Sessions ' +
    'that touch (the gap exactly) merge. With allowed lateness a fired window stays, and each further record in it gives its row ' +
    'again with the new values. NULL is a key like any other. These are the rules of Flink SQL and its WindowOperator.',
  icon: 'M2 3v10M6 3v10M10 3v10M14 3v10M2 5h4M6 8h4M10 11h4',
  config: zWindow,
  inputs: [MAIN_IN],
  outputs: [MAIN_OUT, LATE_OUT, DEAD_LETTER_OUT],
  stateful: true,
  targets: ['weir', 'flink', 'spark'],
  summarize(config) {
    const per = config.keys.length === 0 ? '' : `, per ${config.keys.join(', ')}`;
    const aggregates = config.aggregates.map((a) => `${a.function}(${a.of ?? '*'})`).join(', ');
    return `${summarizeWindow(config.window)}${per}, ${aggregates}`;
  },
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, late: null, errors: DEAD_LETTER_SCHEMA };
    checkWindow(context, input);
    const keys = context.config.keys.flatMap((name, i): Field[] => {
      const index = checkFieldName(context, ['keys', i], name, input.fields);
      const key = index === null ? undefined : input.fields[index];
      return key === undefined ? [] : [key];
    });
    const fields = [
      ...keys,
      field('window_start', TIMESTAMP, false),
      field('window_end', TIMESTAMP, false),
      ...planAggregates(context.config.aggregates, input.fields, context).map((a) => a.field),
    ];
    reportTwice(context, fields);
    const eventTime = context.config.time === 'event';
    return { out: { fields, eventTime, changelog: 'append' }, late: input, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Flights per hour and airport',
      fields: { origin: 'STRING', delay: 'INT' },
      config: {
        window: { kind: 'tumbling', size: '1 h' },
        keys: ['origin'],
        aggregates: [
          { function: 'count', as: 'flights' },
          { function: 'max', of: 'delay', as: 'worst' },
        ],
      },
      input: [
        { __time: 0, origin: 'ATL', delay: 5 },
        { __time: 3_599_999, origin: 'ATL', delay: 65 },
        { __time: 3_600_000, origin: 'ATL', delay: 1 },
      ],
      output: [
        { origin: 'ATL', window_start: 0, window_end: 3_600_000, flights: 2, worst: 65 },
        { origin: 'ATL', window_start: 3_600_000, window_end: 7_200_000, flights: 1, worst: 1 },
      ],
    },
  ],
});

function summarizeWindow(window: WindowConfig['window']): string {
  switch (window.kind) {
    case 'tumbling':
      return `tumble ${window.size}`;
    case 'hopping':
      return `hop ${window.size} every ${window.slide}`;
    case 'session':
      return `session, gap ${window.gap}`;
  }
}

function checkWindow(context: SchemaContext<WindowConfig>, input: EdgeSchema): void {
  const { window, time } = context.config;
  if (time === 'event' && !input.eventTime) {
    context.report(
      problem('G-FIT', {
        path: ['time'],
        message: 'An event-time window needs records with event time; the source above gives none.',
        value: showValue(time),
        expected: 'a source with "time" set, or "processing"',
        next: 'Set the event-time field of the source, or switch this window to processing time.',
      }),
    );
  }
  if (window.kind !== 'hopping') return;
  const size = durationMs(window.size);
  const slide = durationMs(window.slide);
  if (slide > size || size / slide > OVERLAP_MAX) {
    context.report(
      problem('S-VALUE', {
        path: ['window', 'slide'],
        message:
          slide > size
            ? `The window slides by ${window.slide}, which is more than its size ${window.size}: records between windows would vanish.`
            : `Every record would fall into more than ${OVERLAP_MAX} windows.`,
        value: showValue(window.slide),
        expected:
          slide > size ? `at most the size, ${window.size}` : `at least ${Math.ceil(size / OVERLAP_MAX)} ms`,
        next:
          slide > size ? 'Make it smaller, or use a filter to drop records on purpose.' : 'Make it larger.',
      }),
    );
  }
}

function reportTwice(context: SchemaContext<WindowConfig>, fields: readonly Field[]): void {
  const names = fields.map((f) => f.name);
  context.config.aggregates.forEach((aggregate, i) => {
    if (names.filter((name) => name === aggregate.as).length > 1) {
      context.report(
        problem('S-VALUE', {
          path: ['aggregates', i, 'as'],
          message: `Two fields would be called ${showValue(aggregate.as)}.`,
          value: showValue(aggregate.as),
          expected: 'every field name once',
          next: 'Choose another name.',
        }),
      );
    }
  });
}
