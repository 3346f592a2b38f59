/** How a sink writes a row as a value that stands for itself. */
import { z } from 'zod';
import { zFieldName } from '../../contract/settings.ts';
import { setting } from '../../contract/spec.ts';
import { REGISTERED, REGISTERED_LABELS } from '../value/spec.ts';

const PLAIN = [
  z.strictObject({ kind: z.literal('json') }),
  z.strictObject({ kind: z.literal('csv') }),
  z.strictObject({
    kind: z.literal('field'),
    field: setting(zFieldName, { title: 'Field', widget: 'field', kinds: ['STRING', 'BYTES'] }),
  }),
] as const;

const zFormats = z.discriminatedUnion('kind', PLAIN);
const zRegisteredFormats = z.discriminatedUnion('kind', [...PLAIN, ...REGISTERED]);
export type SinkFormat = z.output<typeof zRegisteredFormats>;
const LABELS = { json: 'JSON', csv: 'CSV', field: 'A field as it is' };

export const zSinkFormat = setting(zFormats.default({ kind: 'json' }), {
  title: 'Format of the value',
  widget: 'variants',
  labels: LABELS,
});

/** Where there may be a schema registry. */
export const zKafkaSinkFormat = setting(zRegisteredFormats.default({ kind: 'json' }), {
  title: 'Format of the value',
  widget: 'variants',
  labels: { ...LABELS, ...REGISTERED_LABELS },
  description:
    'Avro and JSON Schema: the schema of the rows is registered for the subject TOPIC-value when the run begins, and its id stands before each value; the connection names the registry',
});
