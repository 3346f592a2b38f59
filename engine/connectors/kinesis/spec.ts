import { z } from 'zod';
import { anyChangeOf, SOURCE_TIME } from '../../contract/keeping.ts';
import { zArrival, zFieldName, zSchema, zTime } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { zDataFormat, zStartAt } from '../../formats/value/spec.ts';
import { sourceOutputs } from '../../plan/source-outputs.ts';
import { checkKinesis, kinesisSchema, summarizeKinesis } from './plan.ts';

/** Also of the sink. */
export const zKinesisConnectionName = setting(z.string().min(1).max(2000), {
  title: 'Connection',
  widget: 'connection',
  placeholder: 'eu-central-1',
  description:
    'The name of a connection that this machine knows ("weir connections"), or an AWS region: credentials then come from the AWS SDK’s own chain',
});

export const zStreamName = setting(
  z
    .string()
    .min(1)
    .max(128)
    .regex(/^[A-Za-z0-9_.-]+$/, { error: 'expected letters, digits, ".", "_" and "-"' }),
  { title: 'Stream', widget: 'text', placeholder: 'orders' },
);

/** What a record has beside its data. */
export const KINESIS_METADATA = ['partition-key', 'sequence-number', 'shard', 'arrival'] as const;
export type KinesisMetadata = (typeof KINESIS_METADATA)[number];

export const zKinesis = z.strictObject({
  connection: zKinesisConnectionName,
  stream: zStreamName,
  format: zDataFormat,
  schema: zSchema.optional(),
  metadata: setting(
    z
      .array(
        z.strictObject({
          what: setting(z.enum(KINESIS_METADATA), {
            title: 'What',
            widget: 'select',
            labels: {
              'partition-key': 'Partition key',
              'sequence-number': 'Sequence number',
              shard: 'Shard',
              arrival: 'Arrival in the stream',
            },
          }),
          name: setting(zFieldName, { title: 'As field', widget: 'text' }),
        }),
      )
      .max(50)
      .default([]),
    {
      title: 'Beside the data',
      widget: 'list',
      description: 'Fields of the partition key, when the record came into the stream, and where it stands',
    },
  ),
  arrival: zArrival,
  time: zTime,
  start: setting(
    z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('trim-horizon') }),
        z.strictObject({ kind: z.literal('latest') }),
        zStartAt,
      ])
      .default({ kind: 'trim-horizon' }),
    {
      title: 'Begin at',
      widget: 'variants',
      labels: { 'trim-horizon': 'Oldest', latest: 'Latest', timestamp: 'A time' },
      description: 'A run that goes on from a checkpoint begins where that was',
    },
  ),
  end: setting(z.enum(['never', 'caught-up']).default('never'), {
    title: 'End',
    widget: 'segmented',
    labels: { never: 'Never', 'caught-up': 'When caught up' },
    description: 'Whether it waits for further records, or ends when a shard says that nothing is behind',
  }),
});
export type KinesisConfig = z.output<typeof zKinesis>;

export const kinesisSpec = defineNode({
  type: 'kinesis',
  kind: 'source',
  label: 'Kinesis',
  summary: 'Reads an Amazon Kinesis data stream.',
  description:
    'Reads all shards of a stream, each with a watermark, a position and a lag of its own. When shards are split or ' +
    'merged while it runs, the records of a parent come before those of its children. Records that a producer library ' +
    '(KPL) packed together are taken apart. What cannot be read goes to the errors port, with shard and sequence number.\n\n' +
    'Sequence numbers are part of the checkpoint: after a restart it goes on exactly there. It keeps to what a shard ' +
    'allows (five calls a second), and waits longer where it is throttled. The lag is a time: how far the last record ' +
    'that was read is behind the newest, as the service says it.',
  icon: 'M2 4c3-2 5 2 8 0s3-1 4-1M2 8c3-2 5 2 8 0s3-1 4-1M2 12c3-2 5 2 8 0s3-1 4-1',
  config: zKinesis,
  inputs: [],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: false,
  keeps: {
    settings: {
      ...SOURCE_TIME,
      ...anyChangeOf('connection', 'arrival', 'schema', 'metadata', 'format', 'start', 'end'),
    },
  },
  replayable: true,
  targets: ['weir', 'flink', 'spark'],
  summarize: summarizeKinesis,
  schemas(context) {
    checkKinesis(context);
    return sourceOutputs(context, kinesisSchema(context.config));
  },
  examples: [
    {
      title: 'Clicks in JSON, by when they came into the stream',
      config: {
        connection: 'eu-central-1',
        stream: 'clicks',
        schema: [
          { name: 'user', type: 'STRING' },
          { name: 'page', type: 'STRING' },
        ],
        metadata: [{ what: 'arrival', name: 'at' }],
        time: { field: 'at', watermark: { kind: 'bounded', delay: '5 s' }, idleTimeout: '30 s' },
      },
    },
  ],
});
