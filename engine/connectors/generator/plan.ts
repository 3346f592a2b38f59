/** What a generator's settings mean: the schema that they give, and what is wrong with them. Pure. */
import { type Problem, problem, showValue } from '../../contract/problems.ts';
import { durationMs, type TimeSettings, toFields } from '../../contract/settings.ts';
import {
  BIGINT,
  BOOLEAN,
  type DataType,
  DOUBLE,
  type Field,
  field,
  INT,
  STRING,
  TIMESTAMP,
} from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import { type JsonField, jsonRow } from '../../expressions/json-value.ts';
import type { FieldsData, GeneratorConfig, RowsData } from './spec.ts';
import type { ValueSpec } from './values/spec.ts';

export function schemaOf(data: GeneratorConfig['data']): Field[] {
  return data.kind === 'rows'
    ? toFields(data.schema)
    : data.fields.map((f) => field(f.name, typeOf(f.value), (f.nulls ?? 0) > 0));
}

function typeOf(value: ValueSpec): DataType {
  switch (value.kind) {
    case 'time':
      return TIMESTAMP;
    case 'sequence':
      return BIGINT;
    case 'integer':
      return fitsInt(value.min) && fitsInt(value.max) ? INT : BIGINT;
    case 'number':
    case 'normal':
    case 'exponential':
      return DOUBLE;
    case 'key':
    case 'choice':
      return STRING;
    case 'boolean':
      return BOOLEAN;
    case 'constant':
      if (typeof value.value === 'string') return STRING;
      if (typeof value.value === 'boolean') return BOOLEAN;
      return Number.isSafeInteger(value.value) ? BIGINT : DOUBLE;
  }
}

const fitsInt = (value: number): boolean => value === (value | 0);

/** Names once; the event-time field there, a TIMESTAMP and never NULL. */
export function checkFields(data: FieldsData, time: TimeSettings | undefined, arrival?: string): Problem[] {
  const found: Problem[] = [];
  const seen = new Set<string>(arrival === undefined ? [] : [arrival]);
  data.fields.forEach(({ name, value, nulls }, i) => {
    if (seen.has(name)) {
      found.push(
        problem('S-VALUE', {
          path: ['data', 'fields', i, 'name'],
          message: `Two fields are called ${showValue(name)}.`,
          value: showValue(name),
          expected: 'every field name once',
          next: 'Rename one of them.',
        }),
      );
    }
    seen.add(name);
    if (value.kind === 'time' && (nulls ?? 0) > 0) {
      found.push(
        problem('S-VALUE', {
          path: ['data', 'fields', i, 'nulls'],
          message: 'A generated event time cannot be NULL.',
          value: showValue(nulls),
          expected: '0',
          next: 'Clear the share, or use fixed rows to see what a missing event time does.',
        }),
      );
    }
  });
  if (time === undefined || time.field === arrival) return found;
  const timeField = data.fields.find((f) => f.name === time.field);
  if (timeField?.value.kind !== 'time') {
    found.push(
      problem(timeField === undefined ? 'T-FIELD' : 'T-TYPE', {
        path: ['time', 'field'],
        message:
          timeField === undefined
            ? `The event-time field ${showValue(time.field)} is not generated.`
            : `The event-time field ${showValue(time.field)} is not an event time.`,
        value: showValue(time.field),
        expected: 'a field whose value is "Event time"',
        next: 'Pick or add such a field.',
      }),
    );
  }
  return found;
}

export function checkStalls(data: FieldsData, partitions: number): Problem[] {
  const stalls = data.stalls ?? [];
  return stalls.flatMap((stall, i): Problem[] => {
    if (stall.partition >= partitions) {
      return [
        problem('S-VALUE', {
          path: ['data', 'stalls', i, 'partition'],
          message: `There is no partition ${stall.partition}.`,
          value: showValue(stall.partition),
          expected: `0 to ${partitions - 1}`,
          next: 'Pick another partition, or raise the number of partitions.',
        }),
      ];
    }
    const from = durationMs(stall.after);
    const clash = stalls.slice(0, i).some((other) => {
      const start = durationMs(other.after);
      return (
        other.partition === stall.partition &&
        from < start + durationMs(other.for) &&
        start < from + durationMs(stall.for)
      );
    });
    return clash
      ? [
          problem('S-VALUE', {
            path: ['data', 'stalls', i, 'after'],
            message: `Partition ${stall.partition} is already stalled at that time.`,
            value: showValue(stall.after),
            expected: 'stalls of one partition that do not overlap',
            next: 'Move this stall, or make the other one longer.',
          }),
        ]
      : [];
  });
}

/** How the rows of a document are read: by their fields' own names. */
export function rowFields(data: RowsData): JsonField[] {
  return toFields(data.schema).map((f, i) => {
    const format = data.schema[i]?.format;
    return { ...f, path: [f.name], ...(format === undefined ? {} : { format }) };
  });
}

const SHOWN_ROW_PROBLEMS_MAX = 20;

export function checkRows(data: RowsData): Problem[] {
  const fields = rowFields(data);
  const known = new Set(fields.map((f) => f.path[0]));
  const found: Problem[] = [];
  for (const [i, row] of data.rows.entries()) {
    if (found.length >= SHOWN_ROW_PROBLEMS_MAX) break;
    const stranger = Object.keys(row).find((key) => !known.has(key));
    if (stranger !== undefined) {
      found.push(
        problem('S-VALUE', {
          path: ['data', 'rows', i, stranger],
          message: `Row ${i + 1} has a value for ${showValue(stranger)}, which is not in the schema.`,
          value: showValue(row[stranger]),
          expected: `only ${fields.map((f) => f.name).join(', ')}`,
          next: 'Remove the value, or add the field to the schema.',
        }),
      );
    }
    const values = jsonRow(row, fields);
    if (Array.isArray(values)) continue;
    found.push(
      problem('S-VALUE', {
        path: ['data', 'rows', i, values.field],
        message: `Row ${i + 1}: the value of ${showValue(values.field)} does not fit.`,
        value: values.value,
        expected: values.expected,
        next: 'Correct the value.',
      }),
    );
  }
  if (data.partitionBy !== undefined && !fields.some((f) => f.name === data.partitionBy)) {
    found.push(
      problem('T-FIELD', {
        path: ['data', 'partitionBy'],
        message: `The field ${showValue(data.partitionBy)} is not in the schema.`,
        value: showValue(data.partitionBy),
        expected: `one of ${fields.map((f) => f.name).join(', ')}`,
        next: 'Pick one of these fields.',
      }),
    );
  }
  return found;
}

/** The rows' values, in the order of the schema. Only for settings that were checked. */
export function rowValues(data: RowsData): Value[][] {
  const fields = rowFields(data);
  return data.rows.map((row, i) => {
    const values = jsonRow(row, fields);
    if (!Array.isArray(values)) throw new Error(`row ${i + 1} was not checked`);
    return values;
  });
}
