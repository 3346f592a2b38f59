/** Formats of a value that stands for itself, such as a record's of Kafka or Kinesis. */
import { z } from 'zod';
import { type SourceField, zFieldName } from '../../contract/settings.ts';
import { setting } from '../../contract/spec.ts';

export const zValueFormat = z.discriminatedUnion('kind', [
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
]);

export type ValueFormat = z.output<typeof zValueFormat>;

/** How a source's values are read; `of`: "value" or "data". */
export const valueFormatSetting = (of: string) =>
  setting(zValueFormat.default({ kind: 'json' }), {
    title: `Format of the ${of}`,
    widget: 'variants',
    labels: { json: 'JSON', csv: 'CSV', text: 'Text', bytes: 'Bytes' },
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
