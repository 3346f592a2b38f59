/** What a script gave, read as any stranger's text: into values of the declared types, or a reason why not. */
import { z } from 'zod';
import { type DataType, type Field, printType } from '../../contract/types.ts';
import { toBigint, type Value } from '../../contract/values.ts';

/** The frame of the sandbox's answer; values are read one by one. */
export const zAnswer = z.object({
  rows: z.array(z.array(z.unknown())),
  errors: z.array(z.tuple([z.int(), z.string(), z.number()])),
  states: z.int(),
});

/** A value that does not fit. */
export class Misfit extends Error {
  readonly field: string;
  constructor(field: Field, value: unknown) {
    const shown = (JSON.stringify(value) ?? 'nothing').slice(0, 80);
    super(`the script returned ${shown} for ${field.name}, which is ${printType(field.type)}`);
    this.field = field.name;
  }
}

/** @throws Misfit */
export function readRow(values: unknown, fields: readonly Field[]): Value[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : [];
  return fields.map((f, c) => {
    const given = list[c] ?? null;
    const value = given === null ? null : readValue(given, f.type);
    if (value === undefined || (value === null && !f.nullable)) throw new Misfit(f, given);
    return value;
  });
}

const INT_MAX = 2 ** 31;
const TIME_MAX_MS = 8.64e15;

/** Undefined where it does not fit. */
function readValue(value: unknown, type: DataType): Value | undefined {
  switch (type.kind) {
    case 'BOOLEAN':
      return typeof value === 'boolean' ? value : undefined;
    case 'STRING':
      return typeof value === 'string' ? value : undefined;
    case 'INT':
      return Number.isInteger(value) && (value as number) >= -INT_MAX && (value as number) < INT_MAX
        ? (value as number) + 0
        : undefined;
    case 'TIMESTAMP':
      return Number.isInteger(value) && Math.abs(value as number) <= TIME_MAX_MS
        ? (value as number)
        : undefined;
    case 'BIGINT':
      return readBigint(value);
    case 'DOUBLE':
      if (typeof value === 'number') return value;
      return ['NaN', 'Infinity', '-Infinity'].includes(value as string) ? Number(value) : undefined;
    case 'DECIMAL':
      return readDecimal(String(value), type.precision, type.scale);
    case 'BYTES':
      return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : undefined;
    case 'ARRAY':
      return Array.isArray(value) ? readAll(value, () => type.element) : undefined;
    case 'ROW': {
      if (typeof value !== 'object' || Array.isArray(value)) return undefined;
      const record = value as Record<string, unknown>;
      const values = type.fields.map((f) => (Object.hasOwn(record, f.name) ? record[f.name] : null));
      return readAll(values, (i) => (type.fields[i] as Field).type);
    }
  }
}

function readAll(values: readonly unknown[], typeAt: (i: number) => DataType): Value[] | undefined {
  const read: Value[] = [];
  for (const [i, value] of values.entries()) {
    const one = value === null ? null : readValue(value, typeAt(i));
    if (one === undefined) return undefined;
    read.push(one);
  }
  return read;
}

/** A whole number within 2^53, or the digits of one within 64 bits. */
function readBigint(value: unknown): Value | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : undefined;
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return undefined;
  const exact = BigInt(value);
  return BigInt.asIntN(64, exact) === exact ? toBigint(exact) : undefined;
}

/** Rounds half up to the scale; undefined beyond the precision. */
function readDecimal(text: string, precision: number, scale: number): bigint | undefined {
  const match = /^(-?)(\d{1,60})(?:\.(\d{1,60}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const digits = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
  const unscaled = (fraction.charAt(scale) >= '5' ? 1n : 0n) + digits;
  if (unscaled >= 10n ** BigInt(precision)) return undefined;
  return sign === '-' ? -unscaled : unscaled;
}
