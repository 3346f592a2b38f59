/** The fields of records of an Avro schema. Maps, unions of several types and records that hold themselves have no type here: they are left out. */
import type { SourceField } from '../../contract/settings.ts';
import type { AvroType } from './schema.ts';

export function avroFields(type: AvroType): SourceField[] {
  if (type.kind !== 'record') return [];
  return type.fields.flatMap(({ name, type: own }) => {
    const text = typeText(own, [type]);
    return text === null ? [] : [{ name, type: text, nullable: isNullable(own) }];
  });
}

const isNullable = (type: AvroType): boolean =>
  type.kind === 'null' || (type.kind === 'union' && type.branches.some(isNullable));

/** Null where no type of ours holds it. @param around the records that it is in */
function typeText(type: AvroType, around: readonly AvroType[]): string | null {
  if (around.includes(type)) return null;
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'float':
    case 'double':
      return 'DOUBLE';
    case 'string':
    case 'enum':
      return 'STRING';
    case 'int':
    case 'long':
      if (type.logical?.kind === 'time') return 'TIMESTAMP';
      return type.kind === 'int' ? 'INT' : 'BIGINT';
    case 'bytes':
    case 'fixed':
      if (type.logical?.kind === 'decimal')
        return `DECIMAL(${type.logical.precision}, ${type.logical.scale})`;
      return type.logical?.kind === 'uuid' ? 'STRING' : 'BYTES';
    case 'array': {
      const element = typeText(type.items, around);
      return element === null ? null : `ARRAY<${element}>`;
    }
    case 'record': {
      const fields = type.fields.flatMap(({ name, type: own }) => {
        const text = typeText(own, [...around, type]);
        return text === null ? [] : [`${name} ${text}`];
      });
      return fields.length === 0 ? null : `ROW<${fields.join(', ')}>`;
    }
    case 'union': {
      const [only, ...more] = type.branches.filter((branch) => branch.kind !== 'null');
      return only === undefined || more.length > 0 ? null : typeText(only, around);
    }
    default:
      return null;
  }
}
