/** Settings that several specs share. */
import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { type Problem, problem, showValue } from './problems.ts';
import { setting } from './spec.ts';
import { type DataType, type Field, parseType, TYPE_NAMES } from './types.ts';

const DURATION_HINT = 'a duration such as "250 ms", "30 s", "5 min", "1 h 30 min" or "2 d"';

/** A duration of 0 or more, as text. */
export const zDuration = z
  .string()
  .refine((text) => (parseDuration(text) ?? -1) >= 0, { error: `expected ${DURATION_HINT}` });

/** A duration above 0. */
export const zPositiveDuration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, { error: `expected ${DURATION_HINT}, above 0` });

/** A duration of either sign (window offsets). */
export const zSignedDuration = z.string().refine((text) => parseDuration(text) !== null, {
  error: `expected ${DURATION_HINT}, with or without a minus`,
});

/** The ms of a duration that was validated. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`not a validated duration: ${showValue(text)}`);
  return ms;
}

/** Field names: what SQL takes without quotes and more, but nothing that hides or breaks a line. */
export const zFieldName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\p{L}_$][\p{L}\p{N}_$ .-]*$/u, { error: 'expected a name that starts with a letter or _' });

export const zTypeText = z.string().refine((text) => parseType(text) !== null, {
  error: `expected one of ${TYPE_NAMES.join(', ')}`,
});

/** One field that a source reads. */
export const zSourceField = z.strictObject({
  name: setting(zFieldName, { title: 'Name', widget: 'text' }),
  type: setting(zTypeText, { title: 'Type', widget: 'select' }),
  /** Where the value stands in the record: `properties.mag`; the name where it is left out. */
  from: setting(z.string().min(1).max(512).optional(), {
    title: 'From',
    widget: 'text',
    advanced: true,
    description: 'Path in the record where it is not the name, such as properties.mag',
  }),
  /** How times are written, where it is not ISO 8601: see `TIME_FORMATS`. */
  format: setting(z.string().min(1).max(64).optional(), {
    title: 'Format',
    widget: 'text',
    advanced: true,
    description: 'For TIMESTAMP: iso, epoch-ms, epoch-s, or a pattern such as yyyy/MM/dd HH:mm',
  }),
  nullable: setting(z.boolean().optional(), { title: 'Nullable', widget: 'switch', advanced: true }),
});

export type SourceField = z.output<typeof zSourceField>;

export const zSchema = setting(z.array(zSourceField).min(1).max(2000), {
  title: 'Schema',
  widget: 'schema',
  description: 'The fields that are read, with their types',
});

/** How a source gives its records their event time, and how its watermark follows. */
export const zTimeSettings = z.strictObject({
  field: setting(zFieldName, {
    title: 'Event time',
    widget: 'field',
    scope: 'self',
    kinds: ['TIMESTAMP'],
    description: 'The field that says when a record happened',
  }),
  watermark: setting(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('bounded'),
        delay: setting(zDuration, {
          title: 'Out of order by at most',
          widget: 'duration',
          description: 'The watermark stays this far behind the newest event time',
        }),
      }),
      z.strictObject({ kind: z.literal('ascending') }),
      z.strictObject({ kind: z.literal('none') }),
    ]),
    {
      title: 'Watermark',
      widget: 'variants',
      labels: { bounded: 'Bounded', ascending: 'Ascending', none: 'None' },
    },
  ),
  idleTimeout: setting(zPositiveDuration.optional(), {
    title: 'Idle after',
    widget: 'duration',
    placeholder: 'never',
    description: 'A partition without records for this long no longer holds the watermark back',
  }),
  atEnd: setting(z.enum(['complete', 'hold']).optional(), {
    title: 'At the end of the data',
    widget: 'segmented',
    labels: { complete: 'Everything fires', hold: 'The watermark stays' },
    advanced: true,
    description:
      'Whether the end is the end of time, so that what is open is completed (stop with drain, in Flink); or more may come another day, and what is open stays open',
  }),
});

export type TimeSettings = z.output<typeof zTimeSettings>;

/** `time` of every source. Without it records have no event time, and only processing-time windows fire. */
export const zTime = setting(zTimeSettings.optional(), { title: 'Time', widget: 'group' });

/** Ingestion time as a field: stamped by the source, kept with the record from then on. */
export const zArrival = setting(zFieldName.optional(), {
  title: 'Arrival time as',
  widget: 'text',
  placeholder: 'not kept',
  description:
    'Adds a TIMESTAMP field of this name: when the source took the record in (ingestion time). It can be the event time',
});

/** The fields that a source gives: those of its schema, then the arrival time where it has a name. */
export function withArrival(schema: readonly SourceField[], arrival: string | undefined): SourceField[] {
  return arrival === undefined
    ? [...schema]
    : [...schema, { name: arrival, type: 'TIMESTAMP', nullable: false }];
}

/** Fields of a validated schema. */
export function toFields(schema: readonly SourceField[]): Field[] {
  return schema.map((f) => ({ name: f.name, type: typeOf(f), nullable: f.nullable ?? true }));
}

function typeOf(f: SourceField): DataType {
  const type = parseType(f.type);
  if (type === null) throw new Error(`not a validated type: ${showValue(f.type)}`);
  return type;
}

/** Checks of a source's schema and time that zod cannot state: names once, the time field there and a TIMESTAMP. */
export function checkSourceSchema(schema: readonly SourceField[], time: TimeSettings | undefined): Problem[] {
  const found: Problem[] = [];
  const seen = new Set<string>();
  schema.forEach((f, i) => {
    if (seen.has(f.name)) {
      found.push(
        problem('S-VALUE', {
          path: ['schema', i, 'name'],
          message: `Two fields are called ${showValue(f.name)}.`,
          value: showValue(f.name),
          expected: 'every field name once',
          next: 'Rename one of them.',
        }),
      );
    }
    seen.add(f.name);
  });
  if (time === undefined) return found;
  const timeField = schema.find((f) => f.name === time.field);
  if (timeField === undefined || typeOf(timeField).kind !== 'TIMESTAMP') {
    found.push(
      problem(timeField === undefined ? 'T-FIELD' : 'T-TYPE', {
        path: ['time', 'field'],
        message:
          timeField === undefined
            ? `The event-time field ${showValue(time.field)} is not in the schema.`
            : `The event-time field ${showValue(time.field)} is ${timeField.type}, not TIMESTAMP.`,
        value: showValue(time.field),
        expected: 'a TIMESTAMP field of the schema',
        next: 'Pick a TIMESTAMP field, or change the type of this one.',
      }),
    );
  }
  return found;
}
