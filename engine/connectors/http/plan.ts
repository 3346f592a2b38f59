/** What an HTTP source's settings mean. Pure. */
import type { SourceField } from '../../contract/settings.ts';
import { toFields } from '../../contract/settings.ts';
import type { JsonField } from '../../expressions/json-value.ts';
import type { HttpConfig } from './spec.ts';

/** The fields of its records: those of the schema, then the arrival time where it has a name. */
export function httpSchema({ schema, arrival }: HttpConfig): SourceField[] {
  return arrival === undefined ? schema : [...schema, { name: arrival, type: 'TIMESTAMP', nullable: false }];
}

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
