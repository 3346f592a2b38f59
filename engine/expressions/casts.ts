/** CAST between the types of columns. Values are null, boolean, number (TIMESTAMP: ms) or string. */
import type { DataType, TypeKind } from '../contract/types.ts';
import { RowError } from './row-error.ts';
import { formatTime, parseTime } from './time-format.ts';

const BASIC: readonly TypeKind[] = ['INT', 'BIGINT', 'DOUBLE', 'STRING'];
const ALLOWED: Readonly<Partial<Record<TypeKind, readonly TypeKind[]>>> = {
  BOOLEAN: ['BOOLEAN', ...BASIC],
  INT: ['BOOLEAN', ...BASIC],
  BIGINT: ['BOOLEAN', ...BASIC],
  DOUBLE: ['BOOLEAN', ...BASIC],
  STRING: ['BOOLEAN', 'TIMESTAMP', ...BASIC],
  TIMESTAMP: ['TIMESTAMP', 'STRING'],
};

export const canCast = (from: DataType, to: DataType): boolean =>
  ALLOWED[from.kind]?.includes(to.kind) ?? false;

/** Converts a value that is not NULL. Throws a RowError where it cannot. */
export function castValue(
  value: boolean | number | string,
  from: TypeKind,
  to: TypeKind,
): boolean | number | string {
  if (from === to) return value;
  switch (to) {
    case 'STRING':
      return toText(value, from);
    case 'BOOLEAN':
      return typeof value === 'string' ? textToBoolean(value) : value !== 0;
    case 'INT':
      return toWhole(value, -(2 ** 31), 2 ** 31 - 1, 'INT');
    case 'BIGINT':
      return toWhole(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'BIGINT');
    case 'DOUBLE':
      return typeof value === 'string' ? textToNumber(value, 'DOUBLE') : Number(value);
    case 'TIMESTAMP': {
      const time = parseTime(String(value).trim(), 'iso');
      if (time === null) throw cannot(value, 'TIMESTAMP');
      return time;
    }
    default:
      throw cannot(value, to);
  }
}

const cannot = (value: unknown, to: string): RowError =>
  new RowError(`cannot cast ${JSON.stringify(value)} to ${to}`);

function toText(value: boolean | number | string, from: TypeKind): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (from === 'TIMESTAMP') return timeText(Number(value));
  return from === 'DOUBLE' ? doubleText(Number(value)) : String(value);
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
  throw cannot(text, 'BOOLEAN');
}

function textToNumber(text: string, to: string): number {
  const trimmed = text.trim();
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  const special = /^([+-]?)(nan|infinity)$/i.exec(trimmed);
  if (to !== 'DOUBLE' || special === null) throw cannot(text, to);
  if (special[2]?.toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? -Infinity : Infinity;
}

/** Fractions are cut off, as in Flink. */
function toWhole(value: boolean | number | string, least: number, most: number, to: string): number {
  const number = typeof value === 'string' ? textToNumber(value, to) : Number(value);
  const whole = Math.trunc(number) + 0;
  if (!(whole >= least && whole <= most)) throw cannot(value, to);
  return whole;
}
