import { type SourceField, toFields } from '../contract/settings.ts';
import type { DecodeField } from './codec.ts';

/** The fields of a schema as decoders take them. */
export function decodeFields(schema: readonly SourceField[]): DecodeField[] {
  return toFields(schema).map((field, i) => ({
    ...field,
    path: schema[i]?.from?.split('.') ?? [field.name],
    format: schema[i]?.format ?? 'iso',
  }));
}
