/** Parquet's types and values as ours. */
import type { ParquetParsers, SchemaElement } from 'hyparquet';
import type { Value } from '../../batch/column.ts';
import { jsonToValue } from '../../expressions/json-value.ts';
import type { DecodeField } from '../codec.ts';
import { strictText } from '../utf8.ts';

/** Times become ms since the epoch, not Date objects; text that is not UTF-8 stays bytes, which fit no type. */
export const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: whenThere((ms: bigint) => Number(ms)),
  timestampFromMicroseconds: whenThere((us: bigint) => Math.floor(Number(us) / 1000)),
  timestampFromNanoseconds: whenThere((ns: bigint) => Math.floor(Number(ns / 1000n) / 1000)),
  dateFromDays: whenThere((days: number) => days * 86_400_000),
  stringFromBytes: whenThere((bytes: Uint8Array) => strictText(bytes) ?? bytes),
};

/** The library calls parsers with undefined for NULL. */
function whenThere<V, R>(parse: (value: V) => R): (value: V) => R | undefined {
  return (value) => (value === undefined || value === null ? undefined : parse(value));
}

export type ParquetValue = null | undefined | boolean | number | bigint | string | object;

export function isTimeColumn({ converted_type, logical_type, type }: SchemaElement): boolean {
  return (
    logical_type?.type === 'TIMESTAMP' ||
    type === 'INT96' ||
    converted_type === 'TIMESTAMP_MILLIS' ||
    converted_type === 'TIMESTAMP_MICROS' ||
    converted_type === 'DATE'
  );
}

/** The value, or `undefined` where it does not fit the field. */
export function parquetValue(raw: ParquetValue, field: DecodeField, isTime: boolean): Value | undefined {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'object') return undefined;
  const value = typeof raw === 'bigint' ? Number(raw) : raw;
  if (!isTime) return jsonToValue(value, field.type, field.format);
  return field.type.kind === 'TIMESTAMP' && typeof value === 'number' ? value : undefined;
}

/** The name of the type that a column has here, or null where it is not read. */
export function parquetTypeName(element: SchemaElement): string | null {
  if (element.num_children !== undefined && element.num_children > 0) return null;
  if (element.repetition_type === 'REPEATED') return null;
  if (isTimeColumn(element)) return 'TIMESTAMP';
  if (element.converted_type === 'DECIMAL' || element.logical_type?.type === 'FLOAT16') return 'DOUBLE';
  switch (element.type) {
    case 'BOOLEAN':
      return 'BOOLEAN';
    case 'INT32':
      return element.converted_type === 'UINT_32' ? 'BIGINT' : 'INT';
    case 'INT64':
      return 'BIGINT';
    case 'FLOAT':
    case 'DOUBLE':
      return 'DOUBLE';
    case 'BYTE_ARRAY':
      return 'STRING';
    default:
      return null;
  }
}
