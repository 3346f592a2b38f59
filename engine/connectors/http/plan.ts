/** What an HTTP source's settings mean. Pure. */
import type { SourceField } from '../../contract/settings.ts';
import { toFields, withArrival } from '../../contract/settings.ts';
import type { JsonField } from '../../expressions/json-value.ts';
import type { HttpConfig } from './spec.ts';

export const httpSchema = ({ schema, arrival }: HttpConfig): SourceField[] => withArrival(schema, arrival);

/** How an event's fields are read. The field of the event time cannot be NULL. */
export function eventFields({ schema, time }: HttpConfig): JsonField[] {
  return toFields(schema).map((f, i) => {
    const { from, format } = schema[i] ?? {};
    return {
      ...f,
      nullable: f.nullable && f.name !== time?.field,
      path: from === undefined ? [f.name] : from.split('.'),
      ...(format === undefined ? {} : { format }),
    };
  });
}
