/** Values as text: cells of tables, JSON, raw records of dead letters. */
import type { DataType } from './types.ts';
import type { Value } from './values.ts';

/** `1230n` at scale 2 is `12.30`. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return unscaled < 0n ? `-${text}` : text;
}

/** ISO 8601 in UTC; ms where a Date cannot hold the time. */
export function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

/**
 * A value as JSON: TIMESTAMP in ISO 8601, BYTES in base64, DECIMAL and BIGINT with all their digits, ROW as an object. NaN and
 * infinities, for which JSON has no words, as text.
 */
export function jsonText(value: Value, type: DataType): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'TIMESTAMP':
      return JSON.stringify(isoTime(Number(value)));
    case 'DECIMAL':
      return decimalText(value as bigint, type.scale);
    case 'BYTES':
      return JSON.stringify(base64(value as Uint8Array));
    case 'ARRAY':
      return `[${(value as readonly Value[]).map((v) => jsonText(v, type.element)).join(',')}]`;
    case 'ROW': {
      const values = value as readonly Value[];
      return `{${type.fields.map((f, i) => `${JSON.stringify(f.name)}:${jsonText(values[i] ?? null, f.type)}`).join(',')}}`;
    }
    default:
      if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value));
      return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  }
}

/**
 * A value as cells show it: numbers and booleans as such, TIMESTAMP as ms, strings as they are, all else as text; NULL is null.
 */
export function cellValue(value: Value, type: DataType): null | boolean | number | string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  // JSON has no NaN and no infinities: they travel as text.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (type.kind === 'BYTES') return base64(value as Uint8Array);
  return jsonText(value, type);
}

/**
 * A value as plain data, as tests and tools write it down: numbers and booleans as such, TIMESTAMP as ms, DECIMAL and BIGINT beyond
 * 2^53 as text with all digits, BYTES in base64, ARRAY as an array, ROW as an object.
 */
export function plainValue(value: Value, type: DataType): unknown {
  if (value === null) return null;
  if (type.kind === 'ARRAY') return (value as readonly Value[]).map((v) => plainValue(v, type.element));
  if (type.kind === 'ROW') {
    const values = value as readonly Value[];
    return Object.fromEntries(type.fields.map((f, i) => [f.name, plainValue(values[i] ?? null, f.type)]));
  }
  return typeof value === 'number' ? value : cellValue(value, type);
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648. Written out: neither `Buffer` nor `btoa` is in every host of this code. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += BASE64.charAt(word >> 18) + BASE64.charAt((word >> 12) & 63);
    text += (left > 1 ? BASE64.charAt((word >> 6) & 63) : '=') + (left > 2 ? BASE64.charAt(word & 63) : '=');
  }
  return text;
}
