/**
 * One value of JSON as a value of a field's type. Strict: what would need a guess does not fit. Pure, so that the
 * studio checks rows of a document with it, and shared by everything that takes JSON from outside.
 */
import { showValue } from '../contract/problems.ts';
import { type DataType, printType } from '../contract/types.ts';
import { toBigint, type Value } from '../contract/values.ts';
import { inRange } from './bigints.ts';
import { fitting, parseDecimal } from './decimal.ts';
import { ExactNumber, parseJson } from './json-text.ts';
import { fromBase64 } from './text-bytes.ts';
import { parseTime } from './time-format.ts';

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;
/** ms that a Date can hold. */
const TIME_MAX = 8.64e15;

/**
 * The value, or `undefined` where the JSON does not fit the type. `format` is for TIMESTAMP: `iso` (also where it is
 * left out), `epoch-ms`, `epoch-s` (both take numbers and digits as text), or a pattern.
 */
export function jsonToValue(json: unknown, type: DataType, format = 'iso'): Value | undefined {
  if (json === null || json === undefined) return null;
  switch (type.kind) {
    case 'BOOLEAN':
      return typeof json === 'boolean' ? json : undefined;
    case 'INT':
      return Number.isInteger(json) && within(json as number, INT_MIN, INT_MAX)
        ? (json as number) + 0
        : undefined;
    case 'BIGINT':
      return Number.isSafeInteger(json) ? (json as number) + 0 : bigOf(json);
    case 'DOUBLE':
      if (json instanceof ExactNumber) return Number(json.source);
      return typeof json === 'number' ? json : undefined;
    case 'STRING':
      return typeof json === 'string' ? json : undefined;
    case 'TIMESTAMP':
      return timeOf(json, format);
    case 'DECIMAL': {
      const text = json instanceof ExactNumber ? json.source : json;
      if (typeof text !== 'number' && typeof text !== 'string') return undefined;
      const unscaled = parseDecimal(String(text), type.scale);
      return (unscaled === null ? null : fitting(unscaled, type.precision)) ?? undefined;
    }
    case 'BYTES':
      return typeof json === 'string' ? (fromBase64(json) ?? undefined) : undefined;
    case 'ARRAY':
      return Array.isArray(json) ? all(json, () => type.element) : undefined;
    case 'ROW': {
      if (typeof json !== 'object' || Array.isArray(json) || json instanceof ExactNumber) return undefined;
      const { fields } = type;
      return all(
        fields.map((f) => jsonAt(json, [f.name])),
        (i) => fields[i]?.type ?? type,
      );
    }
  }
}

/** Beyond 2^53 also as a text of digits, which is how programs send what their numbers do not hold. */
function bigOf(json: unknown): number | bigint | undefined {
  const text = json instanceof ExactNumber ? json.source : typeof json === 'string' ? json : '';
  if (!/^-?\d{16,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  const isBeyond = typeof toBigint(value) === 'bigint';
  return isBeyond ? (inRange(value) ?? undefined) : undefined;
}

/** The values of a list, or undefined where one does not fit. Inside of values, times are ISO 8601. */
function all(list: readonly unknown[], typeAt: (i: number) => DataType): Value[] | undefined {
  const values: Value[] = [];
  for (const [i, json] of list.entries()) {
    const value = jsonToValue(json, typeAt(i));
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function timeOf(given: unknown, format: string): number | undefined {
  const json = given instanceof ExactNumber ? Number(given.source) : given;
  let time: number | null = null;
  if (typeof json === 'string') time = parseTime(json, format);
  else if (typeof json === 'number' && format === 'epoch-ms') time = Math.floor(json);
  else if (typeof json === 'number' && format === 'epoch-s') time = Math.floor(json * 1000);
  return time !== null && within(time, -TIME_MAX, TIME_MAX) ? time + 0 : undefined;
}

const within = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** What would have fitted, for the message of a value that did not. */
export function jsonExpectation(type: DataType, format = 'iso'): string {
  switch (type.kind) {
    case 'BOOLEAN':
      return 'true or false';
    case 'INT':
      return `a whole number from ${INT_MIN} to ${INT_MAX}`;
    case 'BIGINT':
      return 'a whole number of at most 64 bits';
    case 'DOUBLE':
      return 'a number';
    case 'STRING':
      return 'a text in quotes';
    case 'TIMESTAMP':
      return format === 'iso'
        ? 'a time such as "2001-01-31T23:05:00Z"'
        : format === 'epoch-ms' || format === 'epoch-s'
          ? `${format === 'epoch-ms' ? 'milliseconds' : 'seconds'} since 1970 as a number`
          : `a time written as ${format}`;
    case 'DECIMAL':
      return `a number with at most ${type.precision - type.scale} digits before the point`;
    case 'BYTES':
      return 'a text in base64';
    case 'ARRAY':
      return `an array, each ${jsonExpectation(type.element)}`;
    case 'ROW':
      return `an object for ${printType(type)}`;
  }
}

/** `properties.mag` in a record, through own keys only: `__proto__` is a key like any other. Undefined: not there. */
export function jsonAt(record: unknown, path: readonly string[]): unknown {
  let value = record;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** A field of a record as JSON stores it. */
export interface JsonField {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  /** Keys from the record's top. */
  readonly path: readonly string[];
  readonly format?: string;
}

export interface JsonMisfit {
  readonly field: string;
  readonly value: string;
  readonly expected: string;
}

/** The record's values in the order of the fields, or the first field that does not fit. */
export function jsonRow(record: unknown, fields: readonly JsonField[]): Value[] | JsonMisfit {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return { field: '', value: showValue(record), expected: 'a JSON object' };
  }
  const row: Value[] = [];
  for (const field of fields) {
    const json = jsonAt(record, field.path);
    const value = jsonToValue(json, field.type, field.format);
    if (value === undefined || (value === null && !field.nullable)) {
      return {
        field: field.name,
        value: json === undefined ? 'nothing' : showValue(json),
        expected: jsonExpectation(field.type, field.format),
      };
    }
    row.push(value);
  }
  return row;
}

/** A cell as `cellValue` of the contract writes it, back as a value; undefined where it was cut. */
export function cellToValue(cell: null | boolean | number | string, type: DataType): Value | undefined {
  if (typeof cell !== 'string' || type.kind === 'STRING') return cell;
  try {
    switch (type.kind) {
      case 'DOUBLE':
        return Number(cell);
      case 'BIGINT':
        return toBigint(BigInt(cell));
      case 'ARRAY':
      case 'ROW':
        return jsonToValue(parseJson(cell), type);
      default:
        return jsonToValue(cell, type);
    }
  } catch {
    return undefined;
  }
}
