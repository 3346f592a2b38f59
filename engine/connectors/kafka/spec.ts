import { z } from 'zod';
import { anyChangeOf, SOURCE_TIME } from '../../contract/keeping.ts';
import { zArrival, zFieldName, zPositiveDuration, zSchema, zTime } from '../../contract/settings.ts';
import { DEAD_LETTER_OUT, defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { zKafkaFormat, zStartAt } from '../../formats/value/spec.ts';
import { sourceOutputs } from '../../plan/source-outputs.ts';
import { checkKafka, kafkaSchema, summarizeKafka } from './plan.ts';

/** Also of the sink. */
export const zKafkaConnectionName = setting(z.string().min(1).max(2000), {
  title: 'Connection',
  widget: 'connection',
  placeholder: 'localhost:9092',
  description:
    'The name of a connection that this machine knows ("weir connections"), or brokers as host:port where they want no password',
});

const zStart = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('earliest') }),
  z.strictObject({ kind: z.literal('latest') }),
  z.strictObject({
    kind: z.literal('committed'),
    otherwise: setting(z.enum(['earliest', 'latest', 'fail']).default('earliest'), {
      title: 'Where nothing is committed',
      widget: 'segmented',
      labels: { earliest: 'Earliest', latest: 'Latest', fail: 'Fail' },
    }),
  }),
  zStartAt,
  z.strictObject({
    kind: z.literal('offsets'),
    offsets: setting(
      z.string().regex(/^\s*([A-Za-z0-9._-]+:\d{1,15}\s*(,\s*|$))+$/, {
        error: 'expected orders-0:1200, orders-1:900',
      }),
      {
        title: 'Offsets',
        widget: 'text',
        placeholder: 'orders-0:1200, orders-1:900',
        description: 'By partition; those that are left out begin at the earliest',
      },
    ),
  }),
]);

/** What a record has beside its value. Names as in Flink's Kafka connector. */
export const METADATA = ['key', 'topic', 'partition', 'offset', 'timestamp', 'headers', 'header'] as const;
export type Metadata = (typeof METADATA)[number];

const zMetadata = z.strictObject({
  what: setting(z.enum(METADATA), {
    title: 'What',
    widget: 'select',
    labels: {
      key: 'Key, as text',
      topic: 'Topic',
      partition: 'Partition',
      offset: 'Offset',
      timestamp: 'Timestamp',
      headers: 'All headers, as JSON',
      header: 'One header, as text',
    },
  }),
  header: setting(z.string().min(1).max(256).optional(), {
    title: 'Header',
    widget: 'text',
    description: 'Its name, where it is one header',
  }),
  name: setting(zFieldName, { title: 'As field', widget: 'text' }),
});

export const zKafka = z.strictObject({
  connection: zKafkaConnectionName,
  topic: setting(z.string().min(1).max(4096), {
    title: 'Topic',
    widget: 'place',
    placeholder: 'orders',
    description: 'One or several with commas; * stands for any letters: orders-*',
  }),
  format: zKafkaFormat,
  schema: zSchema.optional(),
  metadata: setting(z.array(zMetadata).max(50).default([]), {
    title: 'Beside the value',
    widget: 'list',
    description: 'Fields of the key, the timestamp, headers and where the record stands',
  }),
  arrival: zArrival,
  time: zTime,
  start: setting(zStart.default({ kind: 'earliest' }), {
    title: 'Begin at',
    widget: 'variants',
    labels: {
      earliest: 'Earliest',
      latest: 'Latest',
      committed: 'Committed by the group',
      timestamp: 'A time',
      offsets: 'Offsets',
    },
    description: 'A run that goes on from a checkpoint begins where that was',
  }),
  end: setting(z.enum(['never', 'latest']).default('never'), {
    title: 'End',
    widget: 'segmented',
    labels: { never: 'Never', latest: 'At what is there now' },
    description:
      'Whether it waits for further records, or ends with the last one that was there when the run began',
  }),
  group: setting(z.string().min(1).max(249).optional(), {
    title: 'Consumer group',
    widget: 'text',
    placeholder: 'none',
    description:
      'Offsets of completed checkpoints are committed to it, for other tools to see how far this is. Partitions are not shared through it',
  }),
  isolation: setting(z.enum(['read_committed', 'read_uncommitted']).default('read_committed'), {
    title: 'Isolation',
    widget: 'segmented',
    labels: { read_committed: 'Committed', read_uncommitted: 'All' },
    advanced: true,
    description: 'Whether records of transactions that are open or aborted are read, too',
  }),
  tombstones: setting(z.enum(['errors', 'skip']).default('errors'), {
    title: 'Records without a value',
    widget: 'segmented',
    labels: { errors: 'To the errors port', skip: 'Left out' },
    advanced: true,
    description: 'Tombstones say that a key is deleted; a stream of inserts has no row for that',
  }),
  outOfRange: setting(z.enum(['fail', 'earliest', 'latest']).default('fail'), {
    title: 'Records that are gone',
    widget: 'segmented',
    labels: { fail: 'End the run', earliest: 'On at the earliest', latest: 'On at the latest' },
    advanced: true,
    description:
      'Where the topic dropped what was not read yet (retention). The log says how many are missing',
  }),
  discover: setting(zPositiveDuration.default('30 s'), {
    title: 'Look for partitions every',
    widget: 'duration',
    advanced: true,
    description: 'New partitions, and new topics that fit a *, are read from their beginning',
  }),
});
export type KafkaConfig = z.output<typeof zKafka>;

export const kafkaSpec = defineNode({
  type: 'kafka',
  kind: 'source',
  label: 'Kafka',
  summary: 'Reads topics of Apache Kafka.',
  description:
    'Reads one topic, several, or all that fit a pattern. Every partition of a topic is a partition here, with its own ' +
    'watermark, offset and lag; new ones are found while it runs. Values are JSON, CSV, text or bytes; key, timestamp, ' +
    'headers, partition and offset become fields where they are asked for. What cannot be read goes to the errors port, ' +
    'with topic, partition and offset.\n\nOffsets are part of the checkpoint: after a restart it goes on exactly there, ' +
    'whatever the consumer group says. With **isolation** committed, records of open and aborted transactions are not ' +
    'seen. Records are fetched straight from the leaders of the partitions, without joining a group: several runs may ' +
    'read the same topic, each all of it.',
  icon: 'M5 8a1.8 1.8 0 1 0-3.6 0A1.8 1.8 0 1 0 5 8M10 3.4a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0M10 12.6a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0M4.7 7.1l5.4-2.8M4.7 8.9l5.4 2.8',
  config: zKafka,
  inputs: [],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: false,
  // Offsets are kept by partition: those of a topic that stays are right, a new topic begins at its start.
  keeps: {
    settings: {
      ...SOURCE_TIME,
      ...anyChangeOf(
        'connection',
        'arrival',
        'schema',
        'metadata',
        'format',
        'start',
        'end',
        'group',
        'isolation',
        'tombstones',
        'outOfRange',
        'discover',
        'topic',
      ),
    },
  },
  replayable: true,
  infers: true,
  browses: true,
  targets: ['weir', 'flink', 'spark'],
  summarize: summarizeKafka,
  schemas(context) {
    checkKafka(context);
    return sourceOutputs(context, kafkaSchema(context.config));
  },
  examples: [
    {
      title: 'Orders in JSON, with the time that the producer gave them',
      config: {
        connection: 'localhost:9092',
        topic: 'orders',
        schema: [
          { name: 'id', type: 'BIGINT' },
          { name: 'amount', type: 'DECIMAL(10, 2)' },
        ],
        metadata: [
          { what: 'key', name: 'customer' },
          { what: 'timestamp', name: 'at' },
        ],
        time: { field: 'at', watermark: { kind: 'bounded', delay: '5 s' }, idleTimeout: '30 s' },
      },
    },
    {
      title: 'Lines of all log topics, from now on',
      config: {
        connection: 'production',
        topic: 'log-*',
        format: { kind: 'text', field: 'line' },
        metadata: [{ what: 'topic', name: 'log' }],
        start: { kind: 'latest' },
      },
    },
  ],
});
