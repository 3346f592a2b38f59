/** Values that were written by an Avro schema, as values of our types; the rules are those of JSON: what would need a guess does not fit. */
import type { DataType } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import { decimalToNumber, fitting, rescale } from '../../expressions/decimal.ts';
import { jsonToValue } from '../../expressions/json-value.ts';
import { hex } from '../../expressions/text-bytes.ts';
import { signedOf } from '../signed-bytes.ts';
import type { AvroCursor } from './cursor.ts';
import type { AvroType, Logical } from './schema.ts';

/** The value, or undefined where it does not fit; in both cases the cursor stands behind it. */
export type ReadAvro = (cursor: AvroCursor) => Value | undefined;

/** @param format of times that are written as texts or numbers without a logical type */
export function avroReader(from: AvroType, to: DataType, format: string): ReadAvro {
  switch (from.kind) {
    case 'null':
      return () => null;
    case 'boolean':
      return (cursor) => jsonToValue(cursor.byte() !== 0, to);
    case 'int':
    case 'long': {
      const { logical } = from;
      return logical === null || logical.kind === 'uuid'
        ? (cursor) => wholeOf(cursor.long(), to, format)
        : (cursor) => logicalOf(cursor.long(), logical, to);
    }
    case 'float':
      return (cursor) => numberOf(cursor.float(), to);
    case 'double':
      return (cursor) => numberOf(cursor.double(), to);
    case 'string':
      return (cursor) => textOf(cursor.text(), to, format);
    case 'enum':
      return (cursor) => textOf(cursor.branch(from.symbols), to, format);
    case 'bytes':
    case 'fixed': {
      const { logical } = from;
      const take: (cursor: AvroCursor) => Buffer =
        from.kind === 'fixed' ? (cursor) => cursor.take(from.size) : (cursor) => cursor.take(cursor.length());
      return (cursor) => bytesOf(take(cursor), logical, to);
    }
    case 'array': {
      const element = to.kind === 'ARRAY' ? lazily(() => avroReader(from.items, to.element, 'iso')) : null;
      return (cursor) => {
        if (element === null) return passed(cursor, from);
        const values: (Value | undefined)[] = [];
        cursor.items(() => values.push(element()(cursor)));
        return whole(values);
      };
    }
    case 'record': {
      if (to.kind !== 'ROW') return (cursor) => passed(cursor, from);
      const { fields } = to;
      const read = lazily(() =>
        from.fields.map(({ name, type }) => {
          const at = fields.findIndex((f) => f.name === name);
          const field = fields[at];
          return field === undefined ? null : { at, read: avroReader(type, field.type, 'iso'), type };
        }),
      );
      return (cursor) => {
        const values: (Value | undefined)[] = fields.map(() => null);
        cursor.deeper(() => {
          for (const [n, field] of read().entries())
            if (field === null) cursor.pass(from.fields[n]?.type ?? from);
            else values[field.at] = field.read(cursor);
        });
        return whole(values);
      };
    }
    case 'union': {
      const branches = lazily(() => from.branches.map((branch) => avroReader(branch, to, format)));
      return (cursor) => cursor.deeper(() => cursor.branch(branches())(cursor));
    }
    case 'map':
      return (cursor) => passed(cursor, from);
  }
}

/** Types may hold themselves: what is inside is made when it is met. */
function lazily<T>(make: () => T): () => T {
  let made: T | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

function passed(cursor: AvroCursor, type: AvroType): undefined {
  cursor.pass(type);
  return undefined;
}

const whole = (values: readonly (Value | undefined)[]): Value | undefined =>
  values.includes(undefined) ? undefined : (values as Value[]);

function wholeOf(value: number | bigint, to: DataType, format: string): Value | undefined {
  if (to.kind === 'DECIMAL') return decimalOf(BigInt(value), 0, to);
  if (to.kind === 'BIGINT') return value;
  return jsonToValue(Number(value), to, format);
}

const numberOf = (value: number, to: DataType): Value | undefined =>
  to.kind === 'DOUBLE' ? value : undefined;

/** A text becomes a number only where it is an exact one: DECIMAL. */
function textOf(text: string | null, to: DataType, format: string): Value | undefined {
  if (text === null || (to.kind !== 'STRING' && to.kind !== 'TIMESTAMP' && to.kind !== 'DECIMAL'))
    return undefined;
  return jsonToValue(text, to, format);
}

function bytesOf(bytes: Buffer, logical: Logical | null, to: DataType): Value | undefined {
  if (logical?.kind === 'decimal') return logicalOf(signedOf(bytes) ?? 0n, logical, to);
  if (logical?.kind === 'uuid' && to.kind === 'STRING') return uuidOf(bytes);
  return to.kind === 'BYTES' ? Uint8Array.from(bytes) : undefined;
}

function logicalOf(value: number | bigint, logical: Logical, to: DataType): Value | undefined {
  switch (logical.kind) {
    case 'decimal':
      if (to.kind === 'DOUBLE') return decimalToNumber(BigInt(value), logical.scale);
      return to.kind === 'DECIMAL' ? decimalOf(BigInt(value), logical.scale, to) : undefined;
    case 'time':
      return to.kind === 'TIMESTAMP' ? jsonToValue(msOf(value, logical.perMs), to, 'epoch-ms') : undefined;
    case 'uuid':
      return undefined;
  }
}

const decimalOf = (
  unscaled: bigint,
  scale: number,
  to: DataType & { readonly kind: 'DECIMAL' },
): bigint | undefined => fitting(rescale(unscaled, scale, to.scale), to.precision) ?? undefined;

/** Finer than a millisecond: cut, also before 1970. */
function msOf(value: number | bigint, perMs: number): number {
  if (perMs <= 1) return Math.round(Number(value) / perMs);
  const per = BigInt(perMs);
  const exact = BigInt(value);
  const rest = ((exact % per) + per) % per;
  return Number((exact - rest) / per);
}

const uuidOf = (bytes: Buffer): string =>
  hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
