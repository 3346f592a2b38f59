/** A batch as the text that the sandbox takes: records as JSON objects, in the form that the script is promised. */
import { type Batch, position } from '../../batch/batch.ts';
import { type Column, valueAt } from '../../batch/column.ts';
import type { DataType, Field } from '../../contract/types.ts';
import { base64, decimalText } from '../../contract/value-text.ts';
import type { Value } from '../../contract/values.ts';

export function encodeBatch(batch: Batch, fields: readonly Field[], keys: Int32Array | null): string {
  const heads = fields.map((f, c) => `${c === 0 ? '{' : ','}${JSON.stringify(f.name)}:`);
  const records: string[] = [];
  for (let k = 0; k < batch.count; k++) {
    const row = position(batch, k);
    let text = '';
    for (let c = 0; c < fields.length; c++) {
      text += heads[c];
      text += encodeCell(batch.columns[c] as Column, (fields[c] as Field).type, row);
    }
    records.push(fields.length === 0 ? '{}' : `${text}}`);
  }
  const ids = keys === null ? 'null' : `[${at(batch, keys).join(',')}]`;
  const times = batch.times === null ? 'null' : `[${at(batch, batch.times).map(number).join(',')}]`;
  const wide = JSON.stringify(
    fields.flatMap((f, c) => (mayBeText(batch.columns[c], f.type) ? [f.name] : [])),
  );
  return `{"records":[${records.join(',')}],"keys":${ids},"times":${times},"marks":[${marks(batch)}],"wide":${wide},"then":null}`;
}

/** No records, only a watermark, ms. */
export const encodeThen = (watermark: number): string =>
  `{"records":[],"keys":null,"times":null,"marks":[],"wide":[],"then":${mark(watermark)}}`;

/** JSON has no word for the end of time, but a number beyond its numbers is read as that. */
const mark = (time: number): string => (time === Infinity ? '1e999' : String(time));

function at(batch: Batch, values: Int32Array | Float64Array): number[] {
  return Array.from({ length: batch.count }, (_, k) => values[position(batch, k)] as number);
}

const number = (value: number): string => (Number.isFinite(value) ? String(value) : 'null');

/** Where the watermark of the rows changes: pairs of row and watermark. */
function marks(batch: Batch): string {
  const { watermarks } = batch;
  if (watermarks === null) return '';
  const found: string[] = [];
  let last = Number.NaN;
  for (let k = 0; k < batch.count; k++) {
    const time = watermarks[position(batch, k)] as number;
    if (time === last) continue;
    last = time;
    if (time > -Infinity) found.push(`${k},${mark(time)}`);
  }
  return found.join(',');
}

/** Fields whose numbers may stand as text: JSON has no NaN and nothing beyond 2^53. */
const mayBeText = (column: Column | undefined, type: DataType): boolean =>
  type.kind === 'DOUBLE' || (type.kind === 'BIGINT' && column?.kind === 'value');

function encodeCell(column: Column, type: DataType, row: number): string {
  if (column.kind !== 'number') return encodeValue(valueAt(column, type, row), type);
  if (column.validity !== null && column.validity[row] === 0) return 'null';
  const value = column.values[row] as number;
  if (type.kind === 'BOOLEAN') return value === 0 ? 'false' : 'true';
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function encodeValue(value: Value, type: DataType): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint')
    return type.kind === 'DECIMAL' ? `"${decimalText(value, type.scale)}"` : `"${value}n"`;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  if (typeof value !== 'object') return JSON.stringify(value);
  if (type.kind === 'ARRAY') return `[${value.map((v) => encodeValue(v, type.element)).join(',')}]`;
  if (type.kind !== 'ROW') return 'null';
  return `{${type.fields.map((f, i) => `${JSON.stringify(f.name)}:${encodeValue(value[i] ?? null, f.type)}`).join(',')}}`;
}
