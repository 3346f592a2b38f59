/** The Avro schema that rows are written by. Types as Flink's avro-confluent format has them. */
import type { DataType, Field } from '../../contract/types.ts';

/** @param name of the record; those inside are named by where they stand */
export function avroSchemaOf(fields: readonly Field[], name: string): object {
  return {
    type: 'record',
    name,
    fields: fields.map((f) => {
      const type = schemaOf(f.type, `${name}_${f.name}`);
      return f.nullable ? { name: f.name, type: ['null', type], default: null } : { name: f.name, type };
    }),
  };
}

function schemaOf(type: DataType, name: string): unknown {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'INT':
    case 'DOUBLE':
    case 'STRING':
    case 'BYTES':
      return type.kind.toLowerCase();
    case 'BIGINT':
      return 'long';
    case 'TIMESTAMP':
      return { type: 'long', logicalType: 'timestamp-millis' };
    case 'DECIMAL':
      return { type: 'bytes', logicalType: 'decimal', precision: type.precision, scale: type.scale };
    case 'ARRAY':
      // Elements of an array may be NULL here, whatever the type says.
      return { type: 'array', items: ['null', schemaOf(type.element, name)] };
    case 'ROW':
      return avroSchemaOf(
        type.fields.map((f) => ({ ...f, nullable: true })),
        name,
      );
  }
}
