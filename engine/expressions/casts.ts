/** CAST between types. Throws a RowError where a value has no counterpart: CAST fails the record, TRY_CAST gives NULL. */
import { type DataType, printType } from '../contract/types.ts';
import { decimalText } from '../contract/value-text.ts';
import type { Scalar, Value } from '../contract/values.ts';
import { inRange, type Whole } from './bigints.ts';
import { asDecimal, decimalToNumber, fitting, parseDecimal, rescale } from './decimal.ts';
import { RowError } from './row-error.ts';
import { fromUtf8, utf8 } from './text-bytes.ts';
import { formatTime, parseTime } from './time-format.ts';

const NUMBERS = ['INT', 'BIGINT', 'DOUBLE', 'DECIMAL'];
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ['BOOLEAN', 'STRING', ...NUMBERS],
  INT: ['BOOLEAN', 'STRING', ...NUMBERS],
  BIGINT: ['BOOLEAN', 'STRING', ...NUMBERS],
  DOUBLE: ['BOOLEAN', 'STRING', ...NUMBERS],
  DECIMAL: ['BOOLEAN', 'STRING', ...NUMBERS],
  STRING: ['BOOLEAN', 'STRING', 'TIMESTAMP', 'BYTES', ...NUMBERS],
  TIMESTAMP: ['TIMESTAMP', 'STRING'],
  BYTES: ['BYTES', 'STRING'],
  ARRAY: ['STRING'],
  ROW: ['STRING'],
};

export function canCast(from: DataType, to: DataType): boolean {
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return canCast(from.element, to.element);
  if (from.kind === 'ROW' && to.kind === 'ROW') {
    const { fields } = to;
    return (
      from.fields.length === fields.length &&
      from.fields.every((f, i) => fields[i] !== undefined && canCast(f.type, fields[i].type))
    );
  }
  return ALLOWED[from.kind]?.includes(to.kind) ?? false;
}

/** Whether values of one type are values of the other as they stand, so that nothing needs to be converted. */
export function sameStorage(from: DataType, to: DataType): boolean {
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return sameStorage(from.element, to.element);
  if (from.kind === 'ROW' && to.kind === 'ROW') {
    const { fields } = to;
    return (
      from.fields.length === fields.length &&
      from.fields.every((f, i) => fields[i] !== undefined && sameStorage(f.type, fields[i].type))
    );
  }
  if (from.kind === 'DECIMAL' && to.kind === 'DECIMAL')
    return from.scale === to.scale && from.precision <= to.precision;
  return from.kind === to.kind || (from.kind === 'INT' && (to.kind === 'BIGINT' || to.kind === 'DOUBLE'));
}

/** Converts a value that is not NULL. */
export function castValue(value: Scalar, from: DataType, to: DataType): Scalar {
  if (sameStorage(from, to)) return value;
  switch (to.kind) {
    case 'STRING':
      return castText(value, from);
    case 'BOOLEAN':
      return typeof value === 'string'
        ? textToBoolean(value)
        : typeof value === 'bigint'
          ? value !== 0n
          : value !== 0;
    case 'INT':
      return Number(toWhole(value, from, -(2n ** 31n), 2n ** 31n - 1n, 'INT'));
    case 'BIGINT':
      return toWhole(value, from, -(2n ** 63n), 2n ** 63n - 1n, 'BIGINT');
    case 'DOUBLE':
      if (typeof value === 'string') return textToNumber(value);
      return from.kind === 'DECIMAL' ? decimalToNumber(value as bigint, from.scale) : Number(value);
    case 'DECIMAL': {
      const unscaled = toUnscaled(value, from, to.scale);
      const fits = unscaled === null ? null : fitting(unscaled, to.precision);
      if (fits === null) throw cannot(value, from, to);
      return fits;
    }
    case 'TIMESTAMP': {
      const time = parseTime(String(value).trim(), 'iso');
      if (time === null) throw cannot(value, from, to);
      return time;
    }
    case 'BYTES':
      return utf8(value as string);
    case 'ARRAY':
      if (from.kind !== 'ARRAY') break;
      return (value as readonly Value[]).map((v) =>
        v === null ? null : castValue(v, from.element, to.element),
      );
    case 'ROW':
      if (from.kind !== 'ROW') break;
      return to.fields.map((f, i) => {
        const v = (value as readonly Value[])[i] ?? null;
        return v === null ? null : castValue(v, from.fields[i]?.type ?? f.type, f.type);
      });
  }
  throw cannot(value, from, to);
}

const cannot = (value: Scalar, from: DataType, to: DataType | string): RowError => {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : castText(value, from);
  return new RowError(`cannot cast ${shown} to ${typeof to === 'string' ? to : printType(to)}`);
};

/** A value as text, as Flink's CAST writes it: arrays in `[ ]`, rows in `( )`. */
export function castText(value: Scalar, from: DataType): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  const part = (v: Value, type: DataType): string => (v === null ? 'NULL' : castText(v, type));
  switch (from.kind) {
    case 'TIMESTAMP':
      return timeText(Number(value));
    case 'DOUBLE':
      return doubleText(Number(value));
    case 'DECIMAL':
      return decimalText(value as bigint, from.scale);
    case 'BYTES':
      return fromUtf8(value as Uint8Array);
    case 'ARRAY':
      return `[${(value as readonly Value[]).map((v) => part(v, from.element)).join(', ')}]`;
    case 'ROW': {
      const values = value as readonly Value[];
      return `(${from.fields.map((f, i) => part(values[i] ?? null, f.type)).join(', ')})`;
    }
    default:
      return String(value);
  }
}

/** Java's Double.toString, which Flink and Spark show: 1.0, 1.0E10. */
function doubleText(x: number): string {
  const size = Math.abs(x);
  if (!Number.isFinite(x)) return String(x);
  if (x === 0) return Object.is(x, -0) ? '-0.0' : '0.0';
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(x) ? `${x}.0` : String(x);
  const [mantissa = '', exponent = ''] = x.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

/** `2001-01-01 00:47:00.000`: three digits after the second, as Flink prints TIMESTAMP(3). */
export const timeText = (ms: number): string => formatTime(ms, 'yyyy-MM-dd HH:mm:ss.SSS') ?? String(ms);

function textToBoolean(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (['true', 't', 'yes', 'y', '1'].includes(word)) return true;
  if (['false', 'f', 'no', 'n', '0'].includes(word)) return false;
  throw cannot(text, { kind: 'STRING' }, 'BOOLEAN');
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function textToNumber(text: string): number {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed);
  const special = /^([+-]?)(nan|infinity)$/i.exec(trimmed);
  if (special === null) throw cannot(text, { kind: 'STRING' }, 'DOUBLE');
  if (special[2]?.toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? -Infinity : Infinity;
}

/** Fractions are cut off, as in Flink. */
function toWhole(value: Scalar, from: DataType, least: bigint, most: bigint, to: string): Whole {
  if (typeof value === 'number') {
    // Most are small: without bigints.
    const small = Math.trunc(value) + 0;
    if (Math.abs(small) <= 2 ** 31 - 1) return small;
  }
  const cut = truncated(value, from);
  if (cut === null || cut < least || cut > most) throw cannot(value, from, to);
  return inRange(cut) ?? 0;
}

function truncated(value: Scalar, from: DataType): bigint | null {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
  if (from.kind === 'DECIMAL') return (value as bigint) / 10n ** BigInt(from.scale);
  if (typeof value !== 'string') return value as bigint;
  const trimmed = value.trim();
  if (!NUMBER.test(trimmed)) return null;
  if (/^[+-]?\d{1,40}$/.test(trimmed)) return BigInt(trimmed.replace('+', ''));
  const number = Number(trimmed);
  if (Math.abs(number) < Number.MAX_SAFE_INTEGER) return BigInt(Math.trunc(number));
  const scaled = parseDecimal(trimmed, 20);
  return scaled === null ? null : scaled / 10n ** 20n;
}

/** Half up at `scale`; null where it is no number. */
function toUnscaled(value: Scalar, from: DataType, scale: number): bigint | null {
  if (typeof value === 'boolean') return rescale(value ? 1n : 0n, 0, scale);
  if (typeof value === 'string') return NUMBER.test(value.trim()) ? parseDecimal(value, scale) : null;
  if (from.kind === 'DOUBLE') return Number.isFinite(value) ? parseDecimal(String(value), scale) : null;
  return rescale(BigInt(value as number | bigint), asDecimal(from).scale, scale);
}
