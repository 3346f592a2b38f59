import { z } from 'zod';
import { anyChangeOf, SOURCE_TIME } from '../../contract/keeping.ts';
import {
  checkSourceSchema,
  toFields,
  zArrival,
  zPositiveDuration,
  zSchema,
  zTime,
} from '../../contract/settings.ts';
import { defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { appendOnly } from '../../contract/types.ts';
import { httpSchema } from './plan.ts';

export const zHttp = z.strictObject({
  port: setting(z.int().min(0).max(65_535).default(8089), {
    title: 'Port',
    widget: 'number',
    description: 'On 127.0.0.1, this machine alone; 0 takes any free port, and the log says which',
  }),
  path: setting(
    z
      .string()
      .max(200)
      .regex(/^\/[A-Za-z0-9/_.~-]*$/, { error: 'expected a path such as /events' })
      .default('/events'),
    { title: 'Path', widget: 'text' },
  ),
  schema: zSchema,
  arrival: zArrival,
  time: zTime,
  bodyMax: setting(
    z
      .int()
      .min(1)
      .max(16 * 1024 * 1024)
      .default(1024 * 1024),
    {
      title: 'Largest body',
      widget: 'number',
      unit: 'bytes',
      advanced: true,
      description: 'After unpacking; larger ones are answered with 413',
    },
  ),
  bodyTimeout: setting(zPositiveDuration.default('10 s'), {
    title: 'Longest upload',
    widget: 'duration',
    advanced: true,
    description: 'A body that takes longer is cut and answered with 408',
  }),
  bufferRows: setting(z.int().min(1).max(1_000_000).default(10_000), {
    title: 'Events that may wait',
    widget: 'number',
    advanced: true,
    description: 'When the pipeline is slower than the callers, further events are answered with 429',
  }),
});

export type HttpConfig = z.output<typeof zHttp>;

export const httpSpec = defineNode({
  type: 'http',
  kind: 'source',
  label: 'HTTP events',
  summary: 'Takes events by POST on a loopback port.',
  description:
    'An API server on 127.0.0.1. `POST` one event or many: `application/json` (an object or an array of objects) or ' +
    '`application/x-ndjson` (an object a line), gzip too. A request is taken whole or not at all: `202 {"accepted": n}` ' +
    'when every event fits the schema, `400` with the index and reason of each event that does not. `413` says that ' +
    'the body is too large, `415` that its type is not known, `408` that it took too long, `429` with `Retry-After` ' +
    'that the pipeline is busy, `503` that the run is stopping or the disk is full.\n\n' +
    'In a run with **checkpoints** a request is answered with 202 when its events are on the disk, in a journal: a 202 ' +
    'means kept, whenever the run or the machine dies. A run that goes on from a checkpoint reads what was accepted ' +
    'after it from the journal before it takes new events (429 until then); the journal is cut when a checkpoint is ' +
    'complete. Without checkpoints, events that were taken and not yet processed are lost when the run stops.',
  icon: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M2 8h12M8 2c3 3 3 9 0 12M8 2c-3 3-3 9 0 12',
  config: zHttp,
  inputs: [],
  outputs: [MAIN_OUT],
  stateful: false,
  // Events that wait in the journal are kept as they were sent, and read by the new schema.
  keeps: {
    settings: {
      ...SOURCE_TIME,
      ...anyChangeOf('port', 'path', 'bodyMax', 'bodyTimeout', 'bufferRows', 'schema'),
    },
  },
  // In a run with checkpoints: there accepted events are kept in a journal.
  replayable: true,
  targets: ['weir'],
  summarize: ({ port, path }) => `POST 127.0.0.1:${port === 0 ? '(any)' : port}${path}`,
  schemas(context) {
    const schema = httpSchema(context.config);
    for (const problem of checkSourceSchema(schema, context.config.time)) context.report(problem);
    return { out: appendOnly(toFields(schema), context.config.time !== undefined) };
  },
  examples: [
    {
      title: 'Clicks with their own time',
      config: {
        schema: [
          { name: 'at', type: 'TIMESTAMP' },
          { name: 'user', type: 'STRING' },
          { name: 'page', type: 'STRING' },
        ],
        time: { field: 'at', watermark: { kind: 'bounded', delay: '5 s' } },
      },
    },
    {
      title: 'Readings whose event time is their arrival, on any free port',
      config: {
        port: 0,
        path: '/readings',
        schema: [{ name: 'value', type: 'DOUBLE' }],
        arrival: 'received',
        time: { field: 'received', watermark: { kind: 'ascending' } },
      },
    },
  ],
});
