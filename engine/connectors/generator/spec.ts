import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { anyChangeOf, SOURCE_TIME } from '../../contract/keeping.ts';
import {
  checkSourceSchema,
  withArrival,
  zArrival,
  zDuration,
  zFieldName,
  zPositiveDuration,
  zSchema,
  zTime,
} from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { appendOnly, field, TIMESTAMP } from '../../contract/types.ts';
import { checkFields, checkRows, checkStalls, schemaOf } from './plan.ts';
import { zValue } from './values/spec.ts';

export const PARTITIONS_MAX = 256;
/** A document holds small tables; more rows belong in a file. */
export const ROWS_MAX = 10_000;

const zShare = z.number().min(0).max(1);

const zField = z.strictObject({
  name: setting(zFieldName, { title: 'Name', widget: 'text' }),
  value: zValue,
  nulls: setting(zShare.optional(), {
    title: 'Share of NULL',
    widget: 'number',
    advanced: true,
    placeholder: '0',
    description: '0.1: one in ten',
  }),
});

const zStall = z.strictObject({
  partition: setting(
    z
      .int()
      .min(0)
      .max(PARTITIONS_MAX - 1),
    { title: 'Partition', widget: 'number' },
  ),
  after: setting(zDuration, { title: 'After', widget: 'duration', description: 'From the start of the run' }),
  for: setting(zPositiveDuration, { title: 'For', widget: 'duration' }),
});

const zFieldsData = z.strictObject({
  kind: z.literal('fields'),
  fields: setting(z.array(zField).min(1).max(1000), { title: 'Fields', widget: 'list' }),
  count: setting(z.int().min(0).optional(), {
    title: 'Records',
    widget: 'number',
    placeholder: 'endless',
    description: 'Ends after this many',
  }),
  start: setting(
    z.union([z.literal('now'), z.iso.datetime({ offset: true })]).default('2026-01-01T00:00:00Z'),
    {
      title: 'First event time',
      widget: 'text',
      description: 'An ISO time, or "now": then two runs differ in their times',
    },
  ),
  interval: setting(zPositiveDuration.optional(), {
    title: 'Between event times',
    widget: 'duration',
    placeholder: 'as the rate says, or 1 ms',
  }),
  disorder: setting(
    z
      .strictObject({
        share: setting(zShare, {
          title: 'Share of records',
          widget: 'number',
          description: '0.2: one in five comes late',
        }),
        delay: setting(zPositiveDuration, {
          title: 'Late by at most',
          widget: 'duration',
          description: 'Spread evenly up to this',
        }),
      })
      .optional(),
    { title: 'Out of order', widget: 'group' },
  ),
  stalls: setting(z.array(zStall).max(100).optional(), {
    title: 'Stalls',
    widget: 'list',
    advanced: true,
    description:
      'A partition gives nothing for a while, then all that it held back: its watermark stands still',
  }),
});

const zRowsData = z.strictObject({
  kind: z.literal('rows'),
  schema: zSchema,
  rows: setting(z.array(z.record(z.string(), z.unknown())).max(ROWS_MAX), {
    title: 'Rows',
    widget: 'rows',
    description: 'In the order of their arrival; a value that is left out is NULL',
  }),
  partitionBy: setting(zFieldName.optional(), {
    title: 'Partition by',
    widget: 'field',
    scope: 'self',
    advanced: true,
    placeholder: 'in turns',
    description: 'A whole number is the partition itself; anything else is hashed',
  }),
});

export const zGenerator = z.strictObject({
  data: setting(z.discriminatedUnion('kind', [zFieldsData, zRowsData]), {
    title: 'Data',
    widget: 'variants',
    labels: { fields: 'Random fields', rows: 'Fixed rows' },
  }),
  rate: setting(z.number().positive().max(1e9).optional(), {
    title: 'Rate',
    widget: 'number',
    unit: 'records/s',
    placeholder: 'as fast as possible',
  }),
  partitions: setting(z.int().min(1).max(PARTITIONS_MAX).default(1), {
    title: 'Partitions',
    widget: 'number',
    description: 'Records go to them in turns',
  }),
  arrival: zArrival,
  time: zTime,
});

export type GeneratorConfig = z.output<typeof zGenerator>;
export type FieldsData = z.output<typeof zFieldsData>;
export type RowsData = z.output<typeof zRowsData>;
export type GeneratedField = z.output<typeof zField>;

export const generatorSpec = defineNode({
  type: 'generator',
  kind: 'source',
  label: 'Generator',
  summary: 'Makes records from a seed, or gives a fixed table of rows.',
  description:
    'Every value is a function of the run’s seed, the field’s name and the record’s number, so the same seed gives ' +
    'the same records, whatever the speed. The event time of record *n* is the first event time plus *n* intervals; ' +
    '“out of order” moves a share of the records back in time, so that they arrive after later ones. A stalled ' +
    'partition holds its records back and gives them all when the stall ends: meanwhile its watermark stands still ' +
    'and holds the whole source back, unless an idle timeout lets it go.',
  icon: 'M1 8h3l2-5 4 10 2-5h3',
  config: zGenerator,
  inputs: [],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: false,
  // The position is the number of the record, of which each value is made.
  keeps: {
    settings: {
      ...SOURCE_TIME,
      ...anyChangeOf('arrival', 'data.fields'),
      rate: {
        when: 'where the times of records do not follow from it: rows, or an interval, and no stalls',
        fits: (_before, _after, { data }) => !followsRate(data as GeneratorConfig['data']),
      },
    },
  },
  replayable: true,
  targets: ['weir'],
  summarize: ({ data, rate, partitions }) =>
    [
      data.kind === 'rows'
        ? `${data.rows.length} fixed rows`
        : `${data.count ?? 'endless'} records: ${data.fields.map((f) => f.name).join(', ')}`,
      rate === undefined ? '' : `${rate}/s`,
      partitions === 1 ? '' : `${partitions} partitions`,
    ]
      .filter((part) => part !== '')
      .join(' · '),
  schemas(context) {
    const { data, arrival, time } = context.config;
    const found = [
      ...(data.kind === 'rows'
        ? checkSourceSchema(withArrival(data.schema, arrival), time).map((p) => inData(p, 'schema'))
        : checkFields(data, time, arrival)),
      ...(data.kind === 'rows' ? checkRows(data) : checkStalls(data, context.config.partitions)),
    ];
    for (const problem of found) context.report(problem);
    const made = schemaOf(data);
    const fields = arrival === undefined ? made : [...made, field(arrival, TIMESTAMP, false)];
    const out = appendOnly(fields, time !== undefined);
    return { out, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Readings of ten sensors, a fifth of them out of order',
      config: {
        data: {
          kind: 'fields',
          fields: [
            { name: 'at', value: { kind: 'time' } },
            { name: 'sensor', value: { kind: 'key', distinct: 10, prefix: 'sensor-' } },
            { name: 'temperature', value: { kind: 'normal', mean: 20, deviation: 4, decimals: 1 } },
          ],
          disorder: { share: 0.2, delay: '5 s' },
        },
        rate: 1000,
        time: { field: 'at', watermark: { kind: 'bounded', delay: '5 s' } },
      },
    },
    {
      title: 'Three fixed rows',
      config: {
        data: {
          kind: 'rows',
          schema: [
            { name: 'at', type: 'TIMESTAMP' },
            { name: 'n', type: 'INT' },
          ],
          rows: [
            { at: '2026-01-01T00:00:00Z', n: 1 },
            { at: '2026-01-01T00:00:02Z', n: 2 },
            { at: '2026-01-01T00:00:01Z', n: 3 },
          ],
        },
        time: { field: 'at', watermark: { kind: 'ascending' } },
      },
    },
  ],
});

/** `checkSourceSchema` counts from a config that has the schema on top; here it stands in `data`. */
function inData<P extends { readonly path: readonly (string | number)[] }>(problem: P, key: string): P {
  return problem.path[0] === key ? { ...problem, path: ['data', ...problem.path] } : problem;
}

const followsRate = (data: GeneratorConfig['data']): boolean =>
  data.kind === 'fields' && (data.interval === undefined || (data.stalls ?? []).length > 0);
