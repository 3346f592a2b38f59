import { z } from 'zod';
import { anyChangeOf } from '../../contract/keeping.ts';
import { zFieldName, zPositiveDuration } from '../../contract/settings.ts';
import { defineNode, MAIN_IN, setting } from '../../contract/spec.ts';
import { zKafkaSinkFormat } from '../../formats/sink-value/spec.ts';
import { zKafkaConnectionName } from '../kafka/spec.ts';
import { checkKafkaSink, protocolOf } from './plan.ts';

export const zKafkaSink = z.strictObject({
  connection: zKafkaConnectionName,
  topic: setting(
    z
      .string()
      .max(249)
      .regex(/^[A-Za-z0-9._-]+$/, { error: 'expected letters, digits, ".", "_" and "-"' }),
    { title: 'Topic', widget: 'text', placeholder: 'alerts' },
  ),
  format: zKafkaSinkFormat,
  key: setting(z.array(zFieldName).max(50).default([]), {
    title: 'Key',
    widget: 'fields',
    description:
      'One field: its text; several: a JSON object. Records of a key go to one partition. An updating stream has a key of its own',
  }),
  headers: setting(
    z
      .array(
        z.strictObject({
          name: setting(z.string().min(1).max(256), { title: 'Header', widget: 'text' }),
          field: setting(zFieldName, { title: 'Field', widget: 'field' }),
        }),
      )
      .max(50)
      .default([]),
    { title: 'Headers', widget: 'list' },
  ),
  partition: setting(zFieldName.optional(), {
    title: 'Partition from',
    widget: 'field',
    kinds: ['INT', 'BIGINT'],
    placeholder: 'the key',
    advanced: true,
    description: 'A field with the number of the partition; otherwise the key decides, as in Java’s client',
  }),
  timestamp: setting(zFieldName.optional(), {
    title: 'Timestamp from',
    widget: 'field',
    kinds: ['TIMESTAMP'],
    placeholder: 'event time',
    advanced: true,
    description: 'Otherwise the event time of the row, or the time of writing where it has none',
  }),
  compression: setting(z.enum(['none', 'gzip', 'zstd']).default('none'), {
    title: 'Compression',
    widget: 'segmented',
    labels: { none: 'None', gzip: 'gzip', zstd: 'zstd' },
  }),
  changes: setting(z.enum(['refuse', 'upsert', 'debezium']).default('refuse'), {
    title: 'Changes',
    widget: 'select',
    labels: { refuse: 'Inserts only', upsert: 'Upserts and tombstones', debezium: 'Debezium JSON' },
    description: 'How the updates and deletes of an updating stream are written; needed to connect one',
  }),
  delivery: setting(z.enum(['exactly-once', 'at-least-once']).default('exactly-once'), {
    title: 'Delivery',
    widget: 'segmented',
    labels: { 'exactly-once': 'Exactly once', 'at-least-once': 'At least once' },
    description:
      'Exactly once: transactions that commit with the checkpoint; readers of committed records see rows then. At least once: rows are there at once. Without checkpoints there is only that',
  }),
  transactionalId: setting(z.string().min(1).max(200).optional(), {
    title: 'Transactional id',
    widget: 'text',
    placeholder: 'one of its own',
    advanced: true,
    description:
      'What it begins with, where the brokers allow only certain ones. Two runs with the same one fence each other off',
  }),
  transactionTimeout: setting(zPositiveDuration.default('5 min'), {
    title: 'Transaction timeout',
    widget: 'duration',
    advanced: true,
    description:
      'After so long without a checkpoint the brokers abort what is open, and the run fails. Must not be above transaction.max.timeout.ms of the brokers',
  }),
});
export type KafkaSinkConfig = z.output<typeof zKafkaSink>;

export const kafkaSinkSpec = defineNode({
  type: 'kafka-sink',
  kind: 'sink',
  label: 'Kafka',
  summary: 'Writes records to a topic of Apache Kafka.',
  description:
    'Writes every row as a record: its value in JSON, CSV or one field as it is; key, headers, partition and timestamp of ' +
    'fields. An acknowledged record is on all replicas that are in sync.\n\n' +
    'With **exactly once**, in a run with checkpoints, rows are written in a transaction that commits when the checkpoint ' +
    'behind them is complete: readers with `isolation.level=read_committed` see each row once, at checkpoint intervals, ' +
    'whenever the run, the machine or the brokers died. What a transaction holds is also kept in a file beside the ' +
    'checkpoints until it has committed, so that nothing is lost where the brokers gave up a transaction. With **at ' +
    'least once** rows are there at once, and those since the last checkpoint come again after a failure.\n\n' +
    'An updating stream is written as **upserts and tombstones**: the last value of a key counts, and a deleted key has a ' +
    'record without a value, as compacted topics and Flink’s upsert-kafka have it; or as **Debezium JSON**.',
  icon: 'M11 8a1.8 1.8 0 1 0 3.6 0A1.8 1.8 0 1 0 11 8M2.4 3.4a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0M2.4 12.6a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0M5.9 4.3l5.4 2.8M5.9 11.7l5.4-2.8',
  config: zKafkaSink,
  inputs: [
    {
      ...MAIN_IN,
      changelog: {
        takesUpdates: (config) => config['changes'] === 'upsert' || config['changes'] === 'debezium',
        hint: 'Set "Changes" of the Kafka sink: upserts and tombstones by key, or Debezium JSON.',
      },
    },
  ],
  outputs: [],
  stateful: false,
  // What was prepared names its own topic and connection stays the node's: records that wait are written there.
  keeps: {
    settings: anyChangeOf(
      'format',
      'key',
      'headers',
      'partition',
      'timestamp',
      'compression',
      'transactionTimeout',
    ),
    fieldsMayChange: () => true,
  },
  protocol: 'transactional',
  protocolFor: protocolOf,
  targets: ['weir', 'flink', 'spark'],
  summarize: ({ topic, key, changes }) =>
    [
      topic,
      ...(key.length > 0 ? [`by ${key.join(', ')}`] : []),
      ...(changes === 'refuse' ? [] : [changes]),
    ].join(', '),
  schemas(context) {
    checkKafkaSink(context);
    return {};
  },
  examples: [
    {
      title: 'Alerts by device',
      config: { connection: 'localhost:9092', topic: 'alerts', key: ['device'] },
      fields: { device: 'STRING', level: 'DOUBLE' },
    },
    {
      title: 'The newest count of each page, in a compacted topic',
      config: { connection: 'production', topic: 'pages', key: ['page'], changes: 'upsert' },
      fields: { page: 'STRING', views: 'BIGINT' },
    },
  ],
});
