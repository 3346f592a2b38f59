/**
 * Formats of a value that stands for itself, such as a record's of Kafka or Kinesis. Those of a schema registry have five bytes before
 * them that name the schema: https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
import { z } from 'zod';
import { type SourceField, zFieldName } from '../../contract/settings.ts';
import { setting } from '../../contract/spec.ts';

const PLAIN = [
  z.strictObject({ kind: z.literal('json') }),
  z.strictObject({
    kind: z.literal('csv'),
    delimiter: setting(z.enum([',', ';', '\t', '|']).default(','), {
      title: 'Delimiter',
      widget: 'select',
      labels: { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Bar' },
    }),
  }),
  z.strictObject({
    kind: z.literal('text'),
    field: setting(zFieldName.default('value'), { title: 'Field', widget: 'text' }),
  }),
  z.strictObject({
    kind: z.literal('bytes'),
    field: setting(zFieldName.default('value'), { title: 'Field', widget: 'text' }),
  }),
] as const;
/** Whose values name a schema of a registry; also of sinks. */
export const REGISTERED = [
  z.strictObject({ kind: z.literal('avro') }),
  z.strictObject({ kind: z.literal('json-schema') }),
] as const;
export const REGISTERED_LABELS = { avro: 'Avro', 'json-schema': 'JSON Schema' };

const zPlainFormat = z.discriminatedUnion('kind', PLAIN);
const zValueFormat = z.discriminatedUnion('kind', [...PLAIN, ...REGISTERED]);
export type ValueFormat = z.output<typeof zValueFormat>;

const LABELS = { json: 'JSON', csv: 'CSV', text: 'Text', bytes: 'Bytes' };

export const zDataFormat = setting(zPlainFormat.default({ kind: 'json' }), {
  title: 'Format of the data',
  widget: 'variants',
  labels: LABELS,
});

/** Where there may be a schema registry. */
export const zKafkaFormat = setting(zValueFormat.default({ kind: 'json' }), {
  title: 'Format of the value',
  widget: 'variants',
  labels: { ...LABELS, ...REGISTERED_LABELS },
  description:
    'Avro and JSON Schema: with the id of a schema before the value, as Confluent’s serializers write it; the connection names the registry',
});

/** Where a source begins that finds records by their time. */
export const zStartAt = z.strictObject({
  kind: z.literal('timestamp'),
  at: setting(z.iso.datetime({ offset: true, error: 'expected a time such as 2026-11-25T12:00:00Z' }), {
    title: 'From',
    widget: 'text',
    placeholder: '2026-11-25T12:00:00Z',
  }),
});

/** Fields of the value. Null where they have to be said and are not. */
export function valueSchema(
  format: ValueFormat,
  schema: readonly SourceField[] | undefined,
): readonly SourceField[] | null {
  if (format.kind === 'text') return [{ name: format.field, type: 'STRING', nullable: false }];
  if (format.kind === 'bytes') return [{ name: format.field, type: 'BYTES', nullable: false }];
  return schema ?? null;
}
