/** Rows as values that stand for themselves. */
import type { Batch } from '../../batch/batch.ts';
import { valueAt } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';
import { jsonText } from '../../contract/value-text.ts';
import { avroSchemaOf } from '../avro/row-schema.ts';
import { avroRows } from '../avro/writer.ts';
import { csvCell, jsonRows } from '../row-text.ts';
import { schemaIdHead } from '../value/registered.ts';
import { jsonSchemaOf } from './json-schema.ts';
import type { SinkFormat } from './spec.ts';

export type ValueText = (batch: Batch, row: number) => string | Buffer | null;

export const bytesOf = (text: string | Buffer | null): Buffer | null =>
  typeof text === 'string' ? Buffer.from(text, 'utf8') : text;

/** @param schemaId that the registry gave the schema of these rows, where the format is one of those */
export function valueText(format: SinkFormat, fields: readonly Field[], schemaId = 0): ValueText {
  switch (format.kind) {
    case 'avro':
      return avroRows(fields, schemaIdHead(schemaId));
    case 'json-schema': {
      const object = jsonRows(fields);
      const head = schemaIdHead(schemaId);
      return (batch, row) => Buffer.concat([head, Buffer.from(object(batch, row), 'utf8')]);
    }
    case 'json': {
      const object = jsonRows(fields);
      return (batch, row) => object(batch, row);
    }
    case 'csv':
      return (batch, row) => fields.map((f, c) => csvCell(batch.columns[c], f.type, row)).join(',');
    case 'field':
      return plainText(
        fields,
        fields.findIndex((f) => f.name === format.field),
      );
  }
}

/** Text and bytes as they are, everything else as JSON has it; NULL is null. */
export function plainText(fields: readonly Field[], at: number): ValueText {
  const type = fields[at]?.type;
  return (batch, row) => {
    const column = batch.columns[at];
    const value = column === undefined || type === undefined ? null : valueAt(column, type, row);
    if (value === null || type === undefined) return null;
    if (typeof value === 'string') return value;
    if (value instanceof Uint8Array) return Buffer.from(value);
    const text = jsonText(value, type);
    return text.startsWith('"') ? JSON.parse(text) : text;
  };
}

/** What is registered for rows in a format with a schema; null: it has none. @param name of the record */
export function schemaToRegister(
  { kind }: SinkFormat,
  fields: readonly Field[],
  name: string,
): { readonly schemaType: 'AVRO' | 'JSON'; readonly schema: string } | null {
  if (kind === 'avro') return { schemaType: 'AVRO', schema: JSON.stringify(avroSchemaOf(fields, name)) };
  if (kind === 'json-schema')
    return { schemaType: 'JSON', schema: JSON.stringify(jsonSchemaOf(fields, name)) };
  return null;
}
