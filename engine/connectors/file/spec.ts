import { z } from 'zod';
import { anyChangeOf, SOURCE_TIME } from '../../contract/keeping.ts';
import { problem } from '../../contract/problems.ts';
import { toFields, withArrival, zArrival, zFieldName, zSchema, zTime } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { zFormat } from '../../formats/spec.ts';
import { sourceOutputs } from '../../plan/source-outputs.ts';
import { checkTogether, summarizeFile } from './plan.ts';

export const SORTED_ROWS_DEFAULT = 5_000_000;
export const RECORD_BYTES_DEFAULT = 16 * 1024 * 1024;

export const zPartitions = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('single') }),
  z.strictObject({ kind: z.literal('file') }),
  z.strictObject({
    kind: z.literal('field'),
    field: setting(zFieldName, { title: 'Field', widget: 'field', scope: 'self' }),
    count: setting(z.int().min(1).max(256), { title: 'Partitions', widget: 'number' }),
  }),
]);

export const zOrder = z.strictObject({
  by: setting(z.string().min(1).max(20_000), {
    title: 'Arrival time',
    widget: 'expression',
    expects: 'TIMESTAMP',
    scope: 'self',
    placeholder: 'TIMESTAMPADD(MINUTE, delay, date)',
    description:
      'Records are read whole, sorted by this, and arrive in that order; equal ones keep their order',
  }),
  rowsMax: setting(z.int().min(1).max(50_000_000).default(SORTED_ROWS_DEFAULT), {
    title: 'Rows at most',
    widget: 'number',
    advanced: true,
    description: 'Sorting holds all rows in memory; a file with more ends the run with an error',
  }),
});

export const zReplay = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fast') }),
  z.strictObject({
    kind: z.literal('time'),
    speed: setting(z.number().min(1).max(100_000), {
      title: 'Speed',
      widget: 'number',
      unit: '×',
      description:
        '1: as it happened; 3600: an hour a second. By arrival time where given, else by event time',
    }),
  }),
]);

export const zLimits = z.strictObject({
  recordBytes: setting(
    z
      .int()
      .min(1024)
      .max(256 * 1024 * 1024)
      .default(RECORD_BYTES_DEFAULT),
    {
      title: 'Largest record',
      widget: 'number',
      unit: 'bytes',
      description: 'A larger record goes to the errors port without being held in memory',
    },
  ),
});

export const zFile = z.strictObject({
  path: setting(z.string().min(1).max(4096), {
    title: 'Path',
    widget: 'path',
    placeholder: 'data/*.ndjson.gz',
    description: 'A file, a folder or a glob; relative paths start at the .weir file',
  }),
  format: zFormat.default({ kind: 'auto' }),
  schema: zSchema.optional(),
  arrival: zArrival,
  time: zTime,
  partitions: setting(zPartitions.default({ kind: 'single' }), {
    title: 'Partitions',
    widget: 'variants',
    labels: { single: 'One', file: 'A file each', field: 'By a field' },
    description: 'Every partition has its own watermark; the slowest holds back the whole',
  }),
  order: setting(zOrder.optional(), { title: 'Arrival order', widget: 'group' }),
  replay: setting(zReplay.default({ kind: 'fast' }), {
    title: 'Replay',
    widget: 'variants',
    labels: { fast: 'As fast as possible', time: 'By time' },
  }),
  follow: setting(z.boolean().default(false), {
    title: 'Follow',
    widget: 'switch',
    description: 'Waits for what is appended, and for new files of a folder or glob; never ends',
  }),
  limits: setting(zLimits.optional(), { title: 'Limits', widget: 'group', advanced: true }),
});
export type FileConfig = z.output<typeof zFile>;

export const fileSpec = defineNode({
  type: 'file',
  kind: 'source',
  label: 'File',
  summary: 'Reads records from a file, a folder or a glob.',
  description:
    'Reads NDJSON, a JSON array, CSV or Parquet, gzip too (told by the name or the first bytes), from one file or ' +
    'from all files of a folder or glob in the order of their names. `package:vega-datasets/data/…` reads the ' +
    'sample data that Weir brings along.\n\nRecords that cannot be read (broken JSON, ragged CSV rows, text that is ' +
    'not UTF-8, values that do not fit the schema, records above the limit) go to the errors port with the reason ' +
    'and the beginning of their text; reading goes on after them. A field that a record lacks is NULL, or an error ' +
    'where the schema says it is not nullable.\n\n**Arrival order** sorts the records by an expression before they ' +
    'are sent, so that recorded data comes as it came then. **Replay by time** paces them. **Partitions** spread ' +
    'records over watermarks of their own: by file (all files are read side by side), or by the hash of a field.',
  icon: 'M4 1.5h5.5L13 5v9.5H4zM9.5 1.5V5H13M6 8h5M6 10.5h5',
  config: zFile,
  inputs: [],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: false,
  keeps: {
    settings: {
      ...SOURCE_TIME,
      ...anyChangeOf('arrival', 'replay', 'limits'),
      schema: {
        when: 'where records arrive in the order of the file: their place in it does not depend on their fields',
        fits: (_before, _after, { order }) => order === undefined,
      },
    },
  },
  replayable: true,
  infers: true,
  targets: ['weir', 'flink', 'spark'],
  summarize: summarizeFile,
  schemas(context) {
    const { schema: read, arrival } = context.config;
    if (read === undefined) {
      context.report(
        problem('S-SCHEMA', {
          path: ['schema'],
          message: 'This file source has no schema yet.',
          expected: 'the fields to read, with their types',
          next: 'Press Infer to take the schema from the data (weir run does so by itself), or write it.',
        }),
      );
      return sourceOutputs(context, null);
    }
    checkTogether(context, toFields(read));
    return sourceOutputs(context, withArrival(read, arrival));
  },
  examples: [
    {
      title: 'Flights in the order in which they arrived, an hour a second',
      config: {
        path: 'package:vega-datasets/data/flights-20k.json',
        schema: [
          { name: 'date', type: 'TIMESTAMP', format: 'yyyy/MM/dd HH:mm' },
          { name: 'delay', type: 'INT' },
          { name: 'origin', type: 'STRING' },
        ],
        time: { field: 'date', watermark: { kind: 'bounded', delay: '30 min' } },
        order: { by: 'TIMESTAMPADD(MINUTE, delay, date)' },
        partitions: { kind: 'field', field: 'origin', count: 4 },
        replay: { kind: 'time', speed: 3600 },
      },
    },
    {
      title: 'GeoJSON: the records are its features',
      config: {
        path: 'package:vega-datasets/data/earthquakes.json',
        format: { kind: 'json', records: 'features' },
        schema: [
          { name: 'time', type: 'TIMESTAMP', from: 'properties.time', format: 'epoch-ms' },
          { name: 'mag', type: 'DOUBLE', from: 'properties.mag' },
        ],
      },
    },
    {
      title: 'A log that grows',
      config: { path: 'logs/*.ndjson', follow: true, schema: [{ name: 'text', type: 'STRING' }] },
    },
  ],
});
