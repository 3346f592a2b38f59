/**
 * The types of a record's fields, with Flink SQL's names.
 *
 * Written in documents as text (`"BIGINT"`, `"DECIMAL(10, 2)"`, `"ARRAY<STRING>"`, `"ROW<a INT, b STRING>"`):
 * one line in a diff, and what people know from SQL.
 */
export type DataType =
  | { readonly kind: 'BOOLEAN' | 'INT' | 'BIGINT' | 'DOUBLE' | 'STRING' | 'BYTES' | 'TIMESTAMP' }
  | { readonly kind: 'DECIMAL'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'ARRAY'; readonly element: DataType }
  | { readonly kind: 'ROW'; readonly fields: readonly Field[] };

export type TypeKind = DataType['kind'];

/** One named column of an edge. */
export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** What travels on an edge. */
export interface EdgeSchema {
  readonly fields: readonly Field[];
  /** Whether rows carry an event time (ms since the epoch, UTC), beside their fields. */
  readonly eventTime: boolean;
  /** `append`: only inserts. `updating`: rows carry insert, update-before, update-after or delete. */
  readonly changelog: 'append' | 'updating';
  /** Fields whose values name one row of the table that an updating edge describes, where they are known. */
  readonly key?: readonly string[];
}

export const BOOLEAN: DataType = { kind: 'BOOLEAN' };
export const INT: DataType = { kind: 'INT' };
export const BIGINT: DataType = { kind: 'BIGINT' };
export const DOUBLE: DataType = { kind: 'DOUBLE' };
export const STRING: DataType = { kind: 'STRING' };
export const BYTES: DataType = { kind: 'BYTES' };
/** Milliseconds since 1970-01-01T00:00:00Z, as Flink's TIMESTAMP_LTZ(3) without a session zone. */
export const TIMESTAMP: DataType = { kind: 'TIMESTAMP' };

export const isNumeric = (type: DataType): boolean =>
  type.kind === 'INT' || type.kind === 'BIGINT' || type.kind === 'DOUBLE' || type.kind === 'DECIMAL';

export const field = (name: string, type: DataType, nullable = true): Field => ({ name, type, nullable });

export const appendOnly = (fields: readonly Field[], eventTime: boolean): EdgeSchema => ({
  fields,
  eventTime,
  changelog: 'append',
});

export const updating = (
  fields: readonly Field[],
  eventTime: boolean,
  key?: readonly string[],
): EdgeSchema => ({
  fields,
  eventTime,
  changelog: 'updating',
  ...(key === undefined ? {} : { key }),
});

/** Whether values of the type can be compared by `<` and `>`: sorted, and in MIN and MAX. */
export const isOrdered = (type: DataType): boolean =>
  isNumeric(type) || ['STRING', 'TIMESTAMP', 'BOOLEAN', 'BYTES'].includes(type.kind);

/** `DECIMAL(10, 2)`, `ARRAY<STRING>`, … : the text that `parseType` reads back. */
export function printType(type: DataType): string {
  switch (type.kind) {
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'ARRAY':
      return `ARRAY<${printType(type.element)}>`;
    case 'ROW':
      return `ROW<${type.fields.map((f) => `${f.name} ${printType(f.type)}`).join(', ')}>`;
    default:
      return type.kind;
  }
}

const ALIASES: Readonly<Record<string, DataType>> = {
  BOOLEAN,
  BOOL: BOOLEAN,
  INT,
  INTEGER: INT,
  BIGINT,
  DOUBLE,
  STRING,
  VARCHAR: STRING,
  BYTES,
  TIMESTAMP,
};

/** Names that a type may be given by, for messages and forms. */
export const TYPE_NAMES = [
  'BOOLEAN',
  'INT',
  'BIGINT',
  'DOUBLE',
  'DECIMAL(p, s)',
  'STRING',
  'BYTES',
  'TIMESTAMP',
  'ARRAY<…>',
  'ROW<…>',
] as const;

/** Reads a type from its text; null where the text is not one. Case and blanks do not matter. */
export function parseType(text: string): DataType | null {
  const reader = { text, at: 0 };
  const type = readType(reader, 0);
  skipBlanks(reader);
  return type !== null && reader.at === text.length ? type : null;
}

interface Reader {
  readonly text: string;
  at: number;
}

/** Types come from strangers' files: a depth that no real schema has ends the reading. */
const MAX_TYPE_DEPTH = 32;

function readType(r: Reader, depth: number): DataType | null {
  if (depth > MAX_TYPE_DEPTH) return null;
  const name = readWord(r).toUpperCase();
  if (name === 'DECIMAL' || name === 'NUMERIC') return readDecimal(r);
  if (name === 'ARRAY') {
    if (!eat(r, '<')) return null;
    const element = readType(r, depth + 1);
    return element !== null && eat(r, '>') ? { kind: 'ARRAY', element } : null;
  }
  if (name === 'ROW') return readRow(r, depth);
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? null) : null;
}

function readDecimal(r: Reader): DataType | null {
  if (!eat(r, '(')) return { kind: 'DECIMAL', precision: 10, scale: 0 };
  const precision = readCount(r);
  const scale = eat(r, ',') ? readCount(r) : 0;
  if (!eat(r, ')')) return null;
  const valid = Number.isInteger(precision) && Number.isInteger(scale) && precision >= 1 && precision <= 38;
  return valid && scale >= 0 && scale <= precision ? { kind: 'DECIMAL', precision, scale } : null;
}

/** NaN where there are no digits, or more than digits: `Number` alone takes '' and '0x10'. */
function readCount(r: Reader): number {
  const word = readWord(r);
  return /^\d+$/.test(word) ? Number(word) : Number.NaN;
}

function readRow(r: Reader, depth: number): DataType | null {
  if (!eat(r, '<')) return null;
  const fields: Field[] = [];
  do {
    const name = readWord(r);
    const type = name === '' ? null : readType(r, depth + 1);
    if (type === null) return null;
    fields.push(field(name, type));
  } while (eat(r, ','));
  return eat(r, '>') ? { kind: 'ROW', fields } : null;
}

function skipBlanks(r: Reader): void {
  while (r.text.charCodeAt(r.at) === 32) r.at++;
}

function readWord(r: Reader): string {
  skipBlanks(r);
  const from = r.at;
  while (r.at < r.text.length && /[A-Za-z0-9_]/.test(r.text.charAt(r.at))) r.at++;
  return r.text.slice(from, r.at);
}

function eat(r: Reader, mark: string): boolean {
  skipBlanks(r);
  if (r.text.charAt(r.at) !== mark) return false;
  r.at++;
  return true;
}

export function sameType(a: DataType, b: DataType): boolean {
  return printType(a) === printType(b);
}
