/** How a sink writes a row as a value that stands for itself. */
import { z } from 'zod';
import { zFieldName } from '../../contract/settings.ts';
import { setting } from '../../contract/spec.ts';

const zFormats = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('json') }),
  z.strictObject({ kind: z.literal('csv') }),
  z.strictObject({
    kind: z.literal('field'),
    field: setting(zFieldName, { title: 'Field', widget: 'field', kinds: ['STRING', 'BYTES'] }),
  }),
]);
export type SinkFormat = z.output<typeof zFormats>;

export const zSinkFormat = setting(zFormats.default({ kind: 'json' }), {
  title: 'Format of the value',
  widget: 'variants',
  labels: { json: 'JSON', csv: 'CSV', field: 'A field as it is' },
});
