/** The JSON Schema (draft 7) of rows as JSON has them. */
import type { DataType, Field } from '../../contract/types.ts';

export const jsonSchemaOf = (fields: readonly Field[], title: string): object => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title,
  ...objectOf(fields),
});

const objectOf = (fields: readonly Field[]): object => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    fields.map((f) => [f.name, f.nullable ? orNull(schemaOf(f.type)) : schemaOf(f.type)]),
  ),
  required: fields.map((f) => f.name),
});

const orNull = (schema: object): object => ({ oneOf: [{ type: 'null' }, schema] });

function schemaOf(type: DataType): object {
  switch (type.kind) {
    case 'BOOLEAN':
      return { type: 'boolean' };
    case 'INT':
    case 'BIGINT':
      return { type: 'integer' };
    case 'DECIMAL':
      return { type: 'number' };
    case 'DOUBLE':
      // JSON has no NaN and no infinities: they are written as texts.
      return { oneOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] };
    case 'STRING':
      return { type: 'string' };
    case 'BYTES':
      return { type: 'string', contentEncoding: 'base64' };
    case 'TIMESTAMP':
      return { type: 'string', format: 'date-time' };
    case 'ARRAY':
      return { type: 'array', items: orNull(schemaOf(type.element)) };
    case 'ROW':
      return objectOf(type.fields.map((f) => ({ ...f, nullable: true })));
  }
}
