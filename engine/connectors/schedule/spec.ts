import { z } from 'zod';
import { anyChangeOf } from '../../contract/keeping.ts';
import { nearest, type Problem, problem, showValue } from '../../contract/problems.ts';
import { withArrival, zArrival, zFieldName, zPositiveDuration } from '../../contract/settings.ts';
import { defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { appendOnly, BIGINT, type Field, field, TIMESTAMP } from '../../contract/types.ts';
import { CONSTANT_TYPES, constantOf, cronFault, isTimeZone, neverDue } from './plan.ts';

export const DUE_FIELD = 'due';
export const NUMBER_FIELD = 'n';

const zInterval = z.strictObject({
  kind: z.literal('interval'),
  every: setting(zPositiveDuration, { title: 'Every', widget: 'duration', placeholder: '5 min' }),
});

const zCron = z.strictObject({
  kind: z.literal('cron'),
  expression: setting(z.string().min(1).max(200), {
    title: 'Cron expression',
    widget: 'text',
    placeholder: '*/5 * * * *',
    description: 'minute hour day month weekday; with six parts, seconds come first; with seven, years last',
  }),
  zone: setting(z.string().min(1).max(64).default('UTC'), {
    title: 'Time zone',
    widget: 'text',
    placeholder: 'UTC',
    description: 'A name of the IANA database, such as Europe/Berlin',
  }),
});

const zConstant = z.strictObject({
  name: setting(zFieldName, { title: 'Name', widget: 'text' }),
  type: setting(z.enum(CONSTANT_TYPES).default('STRING'), { title: 'Type', widget: 'select' }),
  value: setting(z.string().max(10_000), { title: 'Value', widget: 'text' }),
});

export const zSchedule = z.strictObject({
  when: setting(z.discriminatedUnion('kind', [zInterval, zCron]), {
    title: 'When',
    widget: 'variants',
    labels: { interval: 'Every so often', cron: 'Cron' },
  }),
  start: setting(z.union([z.literal('now'), z.iso.datetime({ offset: true })]).default('now'), {
    title: 'From',
    widget: 'text',
    description:
      'An ISO time, or "now": the start of the run. An interval is due then for the first time; a cron expression not before',
  }),
  count: setting(z.int().min(1).optional(), {
    title: 'Records',
    widget: 'number',
    placeholder: 'endless',
    description: 'Ends after this many',
  }),
  missed: setting(z.enum(['emit', 'skip']).default('emit'), {
    title: 'Missed times',
    widget: 'segmented',
    labels: { emit: 'Give all', skip: 'Give the last' },
    description:
      'Where several are due at once: after a pause, behind a full sink, or with a start that lies in the past',
  }),
  fields: setting(z.array(zConstant).max(100).optional(), {
    title: 'Constant fields',
    widget: 'list',
    description: 'The same in every record',
  }),
  arrival: zArrival,
});

export type ScheduleConfig = z.output<typeof zSchedule>;

export const scheduleSpec = defineNode({
  type: 'schedule',
  kind: 'source',
  label: 'Schedule',
  summary: 'Gives a record at every due time of an interval or a cron expression.',
  description:
    'A record has the time that it was due in `due`, its number from 1 in `n`, and the constant fields. Its event time ' +
    'is `due`, whenever it was given, and the watermark stands at it: two runs over the same times give the same. ' +
    'Several that are due at once are given one after the other, or only the last of them (`missed`). A cron expression ' +
    'is that of Vixie cron, with seconds in front where it has six parts (not the AWS form, whose sixth is the year), ' +
    'also `@hourly` and the like, `L`, `W` and `#`; `?` is `*`. In its time zone, a single time of day that the change ' +
    'to summer time leaves out is due at the next moment that exists, and one that comes twice is due once; ' +
    'expressions that repeat within a day pass over the gap and repeat the hour. The run’s clock decides what is due, ' +
    'also a simulated one.',
  icon: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.500V8l2.500 2',
  config: zSchedule,
  inputs: [],
  outputs: [MAIN_OUT],
  stateful: false,
  keeps: { settings: anyChangeOf('missed', 'fields') },
  replayable: true,
  targets: ['weir'],
  summarize: ({ when, count }) =>
    [
      when.kind === 'interval'
        ? `every ${when.every}`
        : `${when.expression}${when.zone === 'UTC' ? '' : ` ${when.zone}`}`,
      count === undefined ? '' : `${count} times`,
    ]
      .filter((part) => part !== '')
      .join(' · '),
  schemas(context) {
    for (const found of faults(context.config)) context.report(found);
    return { out: appendOnly(scheduleFields(context.config), true) };
  },
  examples: [
    {
      title: 'Three times, every quarter of an hour',
      config: {
        when: { kind: 'interval', every: '15 min' },
        start: '1969-12-31T23:00:00Z',
        count: 3,
        fields: [{ name: 'job', value: 'report' }],
      },
      output: [
        { due: -3_600_000, n: 1, job: 'report' },
        { due: -2_700_000, n: 2, job: 'report' },
        { due: -1_800_000, n: 3, job: 'report' },
      ],
    },
    {
      title: 'Working days at half past eight in Berlin',
      config: { when: { kind: 'cron', expression: '30 8 * * MON-FRI', zone: 'Europe/Berlin' } },
    },
  ],
});

export function scheduleFields(config: ScheduleConfig): Field[] {
  const constants = (config.fields ?? []).map((f) => ({
    name: f.name,
    type: constantOf(f).type,
    nullable: false,
  }));
  const arrival = withArrival([], config.arrival).map((f) => field(f.name, TIMESTAMP, false));
  return [field(DUE_FIELD, TIMESTAMP, false), field(NUMBER_FIELD, BIGINT, false), ...constants, ...arrival];
}

function faults(config: ScheduleConfig): Problem[] {
  const { when } = config;
  const found: Problem[] = [];
  if (when.kind === 'cron') {
    const fault = cronFault(when.expression);
    if (fault !== null || neverDue(when.expression)) {
      found.push(
        problem('S-VALUE', {
          path: ['when', 'expression'],
          message:
            fault === null ? 'No calendar has such a day.' : `The text is not a cron expression: ${fault}`,
          value: showValue(when.expression),
          expected: 'five parts such as "*/5 * * * *", or six with seconds in front',
          next: 'Correct the expression.',
        }),
      );
    }
    if (!isTimeZone(when.zone)) {
      found.push(
        problem('S-VALUE', {
          path: ['when', 'zone'],
          message: 'The time zone is not known.',
          value: showValue(when.zone),
          expected: `a name of the IANA database, such as "${nearest(when.zone, Intl.supportedValuesOf('timeZone')) ?? 'Europe/Berlin'}"`,
          next: 'Correct the name.',
        }),
      );
    }
  }
  return [...found, ...fieldFaults(config)];
}

function fieldFaults(config: ScheduleConfig): Problem[] {
  const found: Problem[] = [];
  const seen = new Set([DUE_FIELD, NUMBER_FIELD]);
  const name = (text: string, path: (string | number)[]): void => {
    if (seen.has(text)) {
      found.push(
        problem('S-VALUE', {
          path,
          message: `Two fields would be called ${showValue(text)}.`,
          value: showValue(text),
          expected: `every name once, and none of ${DUE_FIELD}, ${NUMBER_FIELD}`,
          next: 'Choose another name.',
        }),
      );
    }
    seen.add(text);
  };
  (config.fields ?? []).forEach((f, i) => {
    name(f.name, ['fields', i, 'name']);
    if (constantOf(f).value !== null) return;
    found.push(
      problem('T-TYPE', {
        path: ['fields', i, 'value'],
        message: `The value is not a ${f.type}.`,
        value: showValue(f.value),
        expected: `the text of a ${f.type}`,
        next: 'Correct the value, or choose another type.',
      }),
    );
  });
  if (config.arrival !== undefined) name(config.arrival, ['arrival']);
  return found;
}
