import { z } from 'zod';
import { setting } from '../../contract/spec.ts';

/** One JSON document that holds an array of records. */
export const zJson = z.strictObject({
  kind: z.literal('json'),
  records: setting(z.string().min(1).max(256).optional(), {
    title: 'Records at',
    widget: 'text',
    placeholder: 'the document itself',
    description: 'Where the array of records stands: features for GeoJSON, result.items for nested objects',
  }),
});
export type JsonSettings = z.output<typeof zJson>;
