import { z } from 'zod';
import { problem, showValue } from '../../contract/problems.ts';
import { durationMs, zPositiveDuration } from '../../contract/settings.ts';
import { defineNode, MAIN_IN, type SchemaContext, setting } from '../../contract/spec.ts';

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

export const CHANGELOG_ENCODINGS = ['refuse', 'op', 'upsert', 'debezium'] as const;
export type ChangelogEncoding = (typeof CHANGELOG_ENCODINGS)[number];

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
  changes: setting(z.enum(CHANGELOG_ENCODINGS).default('refuse'), {
    title: 'Changes',
    widget: 'select',
    labels: {
      refuse: 'Inserts only',
      op: 'A field op',
      upsert: 'Upserts and deletes',
      debezium: 'Debezium JSON',
    },
    description: 'How the updates and deletes of an updating stream are written; needed to connect one',
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
    'NaN and infinities, which JSON does not know, are written as text.\n\n' +
    'In a run with **checkpoints** a full file gets its final name when the next checkpoint is complete, and a run that ' +
    'goes on from a checkpoint goes on in the file that was open then: every row is there once, whenever the run or the ' +
    'machine died. Rows of a file that is not full stay hidden until the run ends; a small limit shows them sooner.\n\n' +
    'Changes of an updating stream are written as **a field op** in front of the others (`+I`, `-U`, `+U`, `-D`, as ' +
    'Flink prints them); as **upserts and deletes**, where the stream has a key: rows before an update are left out, ' +
    'and op is `upsert` or `delete`; or as **Debezium JSON**, as Flink’s format of that name writes it: ' +
    '`{"before":…,"after":…,"op":"c"|"d"}`, an update being a delete and a create. A file is not a table: whoever ' +
    'reads it applies the changes in order.',
  icon: 'M4 1.5h5.5L13 5v9.5H4zM9.5 1.5V5H13M8.5 7v5M6.5 10l2 2 2-2',
  config: zFileSink,
  inputs: [
    {
      ...MAIN_IN,
      changelog: {
        takesUpdates: (config) => config['changes'] !== 'refuse',
        hint: 'Set "Changes" of the file sink: a field op with every row, upserts and deletes by key, or Debezium JSON.',
      },
    },
  ],
  outputs: [],
  stateful: false,
  // A file that was open under other settings becomes visible as a file of its own.
  keeps: 'anything',
  protocol: 'transactional',
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
  schemas(context) {
    checkChanges(context);
    return {};
  },
  examples: [
    { title: 'NDJSON, a file every million rows', config: { folder: 'out' } },
    {
      title: 'CSV, a file every 5 minutes',
      config: { folder: 'out', name: 'late', format: 'csv', roll: { after: '5 min' } },
    },
  ],
});

function checkChanges({ config, inputs, report }: SchemaContext<FileSinkConfig>): void {
  const input = inputs['in']?.[0];
  const { changes, format } = config;
  const refuse = (message: string, expected: string, next: string): void =>
    report(problem('S-VALUE', { path: ['changes'], message, value: showValue(changes), expected, next }));
  if (changes === 'debezium' && format === 'csv')
    refuse(
      'Debezium’s format is JSON.',
      'NDJSON, or another way to write changes',
      'Switch the format to NDJSON.',
    );
  if (changes === 'upsert' && input?.changelog === 'updating' && input.key === undefined)
    refuse(
      'Upserts need a key, and the rows that arrive have none.',
      'a stream whose rows are told apart by key fields',
      'Write a field op, or keep the key fields of the operator that updates.',
    );
  const taken = input?.fields.some((f) => f.name === 'op') ?? false;
  if ((changes === 'op' || changes === 'upsert') && taken)
    refuse('A field of the rows is called op too.', 'no field of that name', 'Rename the field with a Map.');
}
