/** Parquet's types and values as ours. */
import type { FileMetaData, ParquetParsers, SchemaElement, SchemaTree } from 'hyparquet';
import type { Value } from '../../batch/column.ts';
import type { DataType } from '../../contract/types.ts';
import { inRange } from '../../expressions/bigints.ts';
import { decimalToNumber, fitting, rescale } from '../../expressions/decimal.ts';
import { jsonToValue } from '../../expressions/json-value.ts';
import { utf8 } from '../../expressions/text-bytes.ts';
import { signedOf } from '../signed-bytes.ts';
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

const isDecimal = ({ converted_type, logical_type }: SchemaElement): boolean =>
  converted_type === 'DECIMAL' || logical_type?.type === 'DECIMAL';

/** The metadata that the library reads by: it would make doubles of DECIMALs, here it gives their unscaled values. */
export const withRawDecimals = (metadata: FileMetaData): FileMetaData => ({
  ...metadata,
  schema: metadata.schema.map((element) => {
    if (!isDecimal(element)) return element;
    const { converted_type: _, ...raw } = element;
    return raw;
  }),
});

/** The value, or `undefined` where it does not fit the type. `format` is for times that are texts or numbers. */
export function parquetValue(
  raw: ParquetValue,
  type: DataType,
  format: string,
  node: SchemaTree,
): Value | undefined {
  if (raw === null || raw === undefined) return null;
  if (isDecimal(node.element)) return decimalValue(raw, type, node.element.scale ?? 0);
  if (isTimeColumn(node.element))
    return type.kind === 'TIMESTAMP' && typeof raw === 'number' ? raw : undefined;
  switch (type.kind) {
    case 'BYTES':
      return bytesOf(raw) ?? undefined;
    case 'ARRAY': {
      const element = elementOf(node);
      if (!Array.isArray(raw) || element === null) return undefined;
      return all(raw.map((one) => parquetValue(one as ParquetValue, type.element, 'iso', element)));
    }
    case 'ROW':
      if (typeof raw !== 'object' || Array.isArray(raw)) return undefined;
      return all(
        type.fields.map((f) => {
          const child = node.children.find((c) => c.element.name === f.name);
          const value = (raw as Readonly<Record<string, ParquetValue>>)[f.name];
          return child === undefined ? null : parquetValue(value, f.type, 'iso', child);
        }),
      );
    default:
      if (typeof raw === 'object') return undefined;
      return jsonToValue(typeof raw === 'bigint' ? wholeOf(raw, type) : raw, type, format);
  }
}

const all = (values: readonly (Value | undefined)[]): Value[] | undefined =>
  values.includes(undefined) ? undefined : (values as Value[]);

/** As JSON gives whole numbers: beyond 2^53 as digits. */
function wholeOf(raw: bigint, type: DataType): unknown {
  if (Number.isSafeInteger(Number(raw)) || type.kind === 'DOUBLE') return Number(raw);
  return inRange(raw) === null ? undefined : String(raw);
}

/** Text that is UTF-8 was read as such: its bytes are the same. */
const bytesOf = (raw: ParquetValue): Uint8Array | null =>
  typeof raw === 'string' ? utf8(raw) : raw instanceof Uint8Array ? raw : null;

function decimalValue(raw: ParquetValue, type: DataType, scale: number): Value | undefined {
  const unscaled = typeof raw === 'number' || typeof raw === 'bigint' ? BigInt(raw) : signedOf(bytesOf(raw));
  if (unscaled === null) return undefined;
  if (type.kind === 'DOUBLE') return decimalToNumber(unscaled, scale);
  if (type.kind !== 'DECIMAL') return undefined;
  return fitting(rescale(unscaled, scale, type.scale), type.precision) ?? undefined;
}

/** What the elements of a list are: its group within the repeated group, or in old files the repeated field itself. */
function elementOf(node: SchemaTree): SchemaTree | null {
  if (node.element.repetition_type === 'REPEATED') return node;
  const [repeated] = node.children;
  const isList = node.element.converted_type === 'LIST' || node.element.logical_type?.type === 'LIST';
  if (!isList || repeated === undefined) return null;
  const [element] = repeated.children;
  return repeated.children.length === 1 && element !== undefined ? element : repeated;
}

/** The text of the type that a column has here, or null where it is not read. */
export function parquetTypeName(node: SchemaTree): string | null {
  const { element } = node;
  const item = elementOf(node);
  if (item !== null && item !== node) {
    const type = parquetTypeName(item);
    return type === null ? null : `ARRAY<${type}>`;
  }
  if (item !== null || element.converted_type === 'MAP') return null;
  if (node.children.length > 0) {
    const fields = node.children.map((child) => {
      const type = parquetTypeName(child);
      return type === null || !/^\w+$/.test(child.element.name) ? null : `${child.element.name} ${type}`;
    });
    return fields.includes(null) ? null : `ROW<${fields.join(', ')}>`;
  }
  if (isTimeColumn(element)) return 'TIMESTAMP';
  if (isDecimal(element)) return `DECIMAL(${element.precision ?? 38}, ${element.scale ?? 0})`;
  if (element.logical_type?.type === 'FLOAT16') return 'DOUBLE';
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
    case 'FIXED_LEN_BYTE_ARRAY':
      return element.logical_type?.type === 'UUID' ? 'STRING' : 'BYTES';
    default:
      return null;
  }
}
