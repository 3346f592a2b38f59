import { z } from 'zod';
import { zFieldName } from '../../contract/settings.ts';
import { defineNode, MAIN_IN, setting } from '../../contract/spec.ts';
import { zSinkFormat } from '../../formats/sink-value/spec.ts';
import { zKinesisConnectionName, zStreamName } from '../kinesis/spec.ts';
import { checkKinesisSink } from './plan.ts';

export const zKinesisSink = z.strictObject({
  connection: zKinesisConnectionName,
  stream: zStreamName,
  format: zSinkFormat,
  partitionKey: setting(zFieldName.optional(), {
    title: 'Partition key',
    widget: 'field',
    placeholder: 'spread over all shards',
    description: 'Records of a key go to one shard',
  }),
  explicitHash: setting(zFieldName.optional(), {
    title: 'Explicit hash from',
    widget: 'field',
    kinds: ['STRING'],
    placeholder: 'by the key',
    advanced: true,
    description:
      'A field with a number up to 2^128 − 1 in digits, which decides about the shard in place of the key',
  }),
  order: setting(z.enum(['free', 'per-key']).default('free'), {
    title: 'Order',
    widget: 'segmented',
    labels: { free: 'As fast as possible', 'per-key': 'Kept per key' },
    description:
      'The service may refuse single records of a call. Kept per key: a later record of a key waits for the one before it, so a call holds one record of each key',
  }),
  eventId: setting(zFieldName.optional(), {
    title: 'Event id as',
    widget: 'text',
    placeholder: 'none',
    description:
      'Adds a field to JSON: the number of the row at this sink. Rows that come again after a failure have the same number where the input is in one order, so that a reader can leave them out',
  }),
});
export type KinesisSinkConfig = z.output<typeof zKinesisSink>;

export const kinesisSinkSpec = defineNode({
  type: 'kinesis-sink',
  kind: 'sink',
  label: 'Kinesis',
  summary: 'Writes records to an Amazon Kinesis data stream.',
  description:
    'Writes every row as a record, up to 500 and 5 MB a call. Of a call, the service may refuse single records (a shard ' +
    'takes 1 MB and 1,000 records a second): only those are sent again, with growing pauses, and nothing is lost. A ' +
    'checkpoint is complete when every row before it was taken.\n\n' +
    'Kinesis has no transactions: after a failure the rows since the last checkpoint are written again. Let readers leave ' +
    'out what they have seen, by a field of the data or the **event id**. A record above 1 MB ends the run.',
  icon: 'M2 4c3-2 5 2 8 0M2 8c3-2 5 2 8 0M2 12c3-2 5 2 8 0M11 5l3 3-3 3',
  config: zKinesisSink,
  inputs: [
    {
      ...MAIN_IN,
      appendOnlyHint:
        'A stream has no keys that could be overwritten: send results that are final, such as those of a window.',
    },
  ],
  outputs: [],
  stateful: false,
  // Which number comes next, and nothing of the rows.
  keeps: 'anything',
  protocol: 'none',
  targets: ['weir', 'flink', 'spark'],
  summarize: ({ stream, partitionKey, order }) =>
    [
      stream,
      ...(partitionKey === undefined ? [] : [`by ${partitionKey}`]),
      ...(order === 'per-key' ? ['in order'] : []),
    ].join(', '),
  schemas(context) {
    checkKinesisSink(context);
    return {};
  },
  examples: [
    {
      title: 'Alerts by device, in order',
      config: { connection: 'eu-central-1', stream: 'alerts', partitionKey: 'device', order: 'per-key' },
      fields: { device: 'STRING', level: 'DOUBLE' },
    },
  ],
});
