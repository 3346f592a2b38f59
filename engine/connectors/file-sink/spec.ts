import { z } from 'zod';
import { durationMs, zPositiveDuration } from '../../contract/settings.ts';
import { defineNode, MAIN_IN, setting } from '../../contract/spec.ts';

const zRoll = z.strictObject({
  rows: setting(z.int().min(1).optional(), { title: 'Rows', widget: 'number', placeholder: 'no limit' }),
  bytes: setting(z.int().min(1024).optional(), {
    title: 'Bytes',
    widget: 'number',
    placeholder: 'no limit',
  }),
  after: setting(zPositiveDuration.optional(), {
    title: 'After',
    widget: 'duration',
    placeholder: 'never',
    description: 'Counted from the first row of the file',
  }),
});

export const zFileSink = z.strictObject({
  folder: setting(z.string().min(1).max(4096), {
    title: 'Folder',
    widget: 'path',
    placeholder: 'out',
    description: 'Made where it is missing; relative paths start at the .weir file',
  }),
  name: setting(
    z
      .string()
      .max(100)
      .regex(/^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u, {
        error: 'expected a file name without slashes that starts with a letter, a digit or _',
      })
      .default('out'),
    { title: 'Name', widget: 'text', description: 'Files are called out-0001.ndjson, out-0002.ndjson, …' },
  ),
  format: setting(z.enum(['ndjson', 'csv']).default('ndjson'), {
    title: 'Format',
    widget: 'segmented',
    labels: { ndjson: 'NDJSON', csv: 'CSV' },
  }),
  roll: setting(zRoll.default({ rows: 1_000_000 }), {
    title: 'Next file after',
    widget: 'group',
    description: 'Rows are visible to others once their file is complete',
  }),
  overwrite: setting(z.boolean().default(false), {
    title: 'Start at 0001 again',
    widget: 'switch',
    advanced: true,
    description: 'Replaces the files of earlier runs one by one; otherwise numbers go on after the highest',
  }),
});
export type FileSinkConfig = z.output<typeof zFileSink>;

export const fileSinkSpec = defineNode({
  type: 'file-sink',
  kind: 'sink',
  label: 'File',
  summary: 'Writes records to files of a folder.',
  description:
    'Writes NDJSON (one JSON object a line) or CSV (with a header line; NULL is an empty cell, an empty text is in ' +
    'quotes). Rows go to a hidden `.part` file beside the target; when it is full, or the run ends or is stopped, it ' +
    'is flushed to the disk and renamed, so a file under its final name is always whole. Times are ISO 8601 in UTC. ' +
    'NaN and infinities, which JSON does not know, are written as text.',
  icon: 'M4 1.5h5.5L13 5v9.5H4zM9.5 1.5V5H13M8.5 7v5M6.5 10l2 2 2-2',
  config: zFileSink,
  inputs: [MAIN_IN],
  outputs: [],
  stateful: false,
  targets: ['weir', 'flink', 'spark'],
  summarize: ({ folder, name, format, roll }) => {
    const limits = [
      ...(roll.rows === undefined ? [] : [`${roll.rows.toLocaleString('en-US')} rows`]),
      ...(roll.bytes === undefined ? [] : [`${Math.round(roll.bytes / 1024).toLocaleString('en-US')} KiB`]),
      ...(roll.after === undefined || durationMs(roll.after) === 0 ? [] : [roll.after]),
    ];
    const rolled = limits.length === 0 ? '' : `, next after ${limits.join(' or ')}`;
    return `${folder.replace(/\/+$/, '')}/${name}-….${format}${rolled}`;
  },
  schemas: () => ({}),
  examples: [
    { title: 'NDJSON, a file every million rows', config: { folder: 'out' } },
    {
      title: 'CSV, a file every 5 minutes',
      config: { folder: 'out', name: 'late', format: 'csv', roll: { after: '5 min' } },
    },
  ],
});
