/** Avro schemas. https://avro.apache.org/docs/1.12.0/specification/ */

export type Logical =
  | { readonly kind: 'decimal'; readonly scale: number; readonly precision: number }
  /** How many make a millisecond; a day has fewer than one. */
  | { readonly kind: 'time'; readonly perMs: number }
  | { readonly kind: 'uuid' };

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
type Primitive = (typeof PRIMITIVES)[number];

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
}
export interface AvroRecord {
  readonly kind: 'record';
  readonly name: string;
  readonly fields: readonly AvroField[];
}
export type AvroType =
  | { readonly kind: Primitive; readonly logical: Logical | null }
  | { readonly kind: 'fixed'; readonly size: number; readonly logical: Logical | null }
  | { readonly kind: 'enum'; readonly symbols: readonly string[] }
  | { readonly kind: 'array'; readonly items: AvroType }
  | { readonly kind: 'map'; readonly values: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] }
  | AvroRecord;

/** Types that have names, by full name: a schema may refer to those of others. */
export type NamedTypes = Map<string, AvroType>;

export class AvroSchemaError extends Error {}

/** @throws AvroSchemaError with what is wrong with it */
export function parseAvroSchema(text: string, named: NamedTypes = new Map()): AvroType {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // Registries keep a schema that is a name alone without its quotes.
    if (isPrimitive(text)) return { kind: text, logical: null };
    throw new AvroSchemaError('it is not JSON', { cause: error });
  }
  try {
    return typeOf(json, '', named);
  } catch (error) {
    // So deep that the stack does not hold it.
    throw error instanceof RangeError ? new AvroSchemaError('it is too deep', { cause: error }) : error;
  }
}

type Json = Readonly<Record<string, unknown>>;

function typeOf(json: unknown, space: string, named: NamedTypes): AvroType {
  if (Array.isArray(json))
    return { kind: 'union', branches: json.map((branch) => typeOf(branch, space, named)) };
  if (typeof json === 'string') {
    if (isPrimitive(json)) return { kind: json, logical: null };
    const found = named.get(fullName(json, space)) ?? named.get(json);
    if (found === undefined) throw new AvroSchemaError(`it has no type ${JSON.stringify(json)}`);
    return found;
  }
  if (typeof json !== 'object' || json === null)
    throw new AvroSchemaError(`${JSON.stringify(json)} is no type`);
  const { type } = json as Json;
  if (typeof type !== 'string') return typeOf(type, space, named);
  switch (type) {
    case 'array':
      return { kind: 'array', items: typeOf((json as Json)['items'], space, named) };
    case 'map':
      return { kind: 'map', values: typeOf((json as Json)['values'], space, named) };
    case 'record':
    case 'error':
    case 'enum':
    case 'fixed':
      return namedType(json as Json, type, space, named);
    default:
      if (isPrimitive(type)) return { kind: type, logical: logicalOf(json as Json) };
      return typeOf(type, space, named);
  }
}

function namedType(json: Json, type: string, space: string, named: NamedTypes): AvroType {
  const { name, namespace } = json;
  if (typeof name !== 'string') throw new AvroSchemaError(`a type ${type} has no name`);
  const own = fullName(name, typeof namespace === 'string' ? namespace : space);
  const inner = own.slice(0, Math.max(0, own.lastIndexOf('.')));
  if (type === 'enum') return known(own, { kind: 'enum', symbols: textsOf(json['symbols']) }, named);
  if (type === 'fixed') {
    const { size } = json;
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0)
      throw new AvroSchemaError(`${own} has no size`);
    return known(own, { kind: 'fixed', size, logical: logicalOf(json) }, named);
  }
  const { fields } = json;
  if (!Array.isArray(fields)) throw new AvroSchemaError(`the record ${own} has no fields`);
  const list: AvroField[] = [];
  // Before its fields, which may hold it.
  known(own, { kind: 'record', name: own, fields: list }, named);
  for (const field of fields as readonly unknown[]) {
    const { name: called, type: written } = (field ?? {}) as Json;
    if (typeof called !== 'string') throw new AvroSchemaError(`a field of ${own} has no name`);
    list.push({ name: called, type: typeOf(written, inner, named) });
  }
  return named.get(own) as AvroType;
}

function known(name: string, type: AvroType, named: NamedTypes): AvroType {
  named.set(name, type);
  return type;
}

const isPrimitive = (name: string): name is Primitive => (PRIMITIVES as readonly string[]).includes(name);
const fullName = (name: string, space: string): string =>
  name.includes('.') || space === '' ? name : `${space}.${name}`;
const textsOf = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : []);

const PER_MS: Readonly<Record<string, number>> = {
  date: 1 / 86_400_000,
  'timestamp-millis': 1,
  'local-timestamp-millis': 1,
  'timestamp-micros': 1000,
  'local-timestamp-micros': 1000,
  'timestamp-nanos': 1_000_000,
  'local-timestamp-nanos': 1_000_000,
};

/** Null also where it is not known, or fits nothing: it then counts as what it is written as. */
function logicalOf({ logicalType, precision, scale = 0 }: Json): Logical | null {
  if (logicalType === 'uuid') return { kind: 'uuid' };
  if (logicalType === 'decimal')
    return typeof precision === 'number' && typeof scale === 'number'
      ? { kind: 'decimal', precision, scale }
      : null;
  const perMs = typeof logicalType === 'string' ? PER_MS[logicalType] : undefined;
  return perMs === undefined ? null : { kind: 'time', perMs };
}

/** In words, for messages. */
export function describeAvro(type: AvroType): string {
  switch (type.kind) {
    case 'union':
      return type.branches.map(describeAvro).join(' or ');
    case 'array':
      return `array of ${describeAvro(type.items)}`;
    case 'map':
      return `map of ${describeAvro(type.values)}`;
    case 'record':
      return `record ${type.name}`;
    default:
      return type.kind;
  }
}
