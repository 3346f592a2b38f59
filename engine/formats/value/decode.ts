/** A value's bytes as a row. */
import type { SourceField } from '../../contract/settings.ts';
import type { Value } from '../../contract/values.ts';
import { AvroRecords } from '../avro/records.ts';
import type { AvroType } from '../avro/schema.ts';
import { type BadRecord, type DecodeField, type RowReceiver, START } from '../codec.ts';
import { csvCodec } from '../csv/codec.ts';
import { decodeFields } from '../decode-fields.ts';
import { JsonLineParser } from '../json/line-parser.ts';
import { JsonRecords } from '../json/records.ts';
import { NOT_UTF8, strictText } from '../utf8.ts';
import { SCHEMA_ID_BYTES, schemaIdOf, UNREGISTERED, type WriterSchemas } from './registered.ts';
import type { ValueFormat } from './spec.ts';

/** Decodes the value that stands at `from` to `until`: one `row` or one `bad`, or neither where it is empty. */
export type DecodeValue = (bytes: Buffer, from: number, until: number, to: RowReceiver) => void;

export const EMPTY_VALUE: BadRecord = {
  code: 'R-DECODE',
  message: 'The value of the record is empty.',
  expected: 'a value in the format of the source',
  next: 'Look at who writes it.',
};

/** @param schemas of the registry, where the format is one of those */
export function valueDecoder(
  format: ValueFormat,
  schema: readonly SourceField[],
  schemas: WriterSchemas = new Map(),
): DecodeValue {
  const fields = decodeFields(schema);
  switch (format.kind) {
    case 'json':
      return jsonDecoder(fields);
    case 'json-schema': {
      const decode = jsonDecoder(fields);
      return (bytes, from, until, to) => {
        if (schemaIdOf(bytes, from, until) === null) to.bad(UNREGISTERED, bytes, 0, 0);
        else decode(bytes, from + SCHEMA_ID_BYTES, until, to);
      };
    }
    case 'avro': {
      const bySchema = new Map<AvroType, AvroRecords>();
      const read = (bytes: Buffer, from: number, until: number): readonly Value[] | BadRecord => {
        const id = schemaIdOf(bytes, from, until);
        const schema = (id === null ? undefined : schemas.get(id)) ?? UNREGISTERED;
        if ('code' in schema) return schema;
        const records = bySchema.get(schema) ?? new AvroRecords(schema, fields);
        bySchema.set(schema, records);
        return records.read(bytes, from + SCHEMA_ID_BYTES, until);
      };
      return (bytes, from, until, to) => {
        const row = read(bytes, from, until);
        if ('code' in row) to.bad(row, bytes, 0, 0);
        else to.row(row, 0, 0);
      };
    }
    case 'csv':
      return (bytes, from, until, to) => {
        // A codec a record: quotes that are left open must not reach into the next.
        const codec = csvCodec(
          { kind: 'csv', header: false, delimiter: format.delimiter },
          { fields, recordBytes: Infinity, from: START, warn: () => {} },
        );
        codec.push(bytes.subarray(from, until), to);
        codec.end(to);
      };
    case 'text':
      return (bytes, from, until, to) => {
        const text = strictText(bytes.subarray(from, until));
        if (text === null) to.bad(NOT_UTF8, bytes, 0, 0);
        else to.row([text], 0, 0);
      };
    case 'bytes':
      return (bytes, from, until, to) => to.row([Uint8Array.prototype.slice.call(bytes, from, until)], 0, 0);
  }
}

function jsonDecoder(fields: readonly DecodeField[]): DecodeValue {
  const parser = new JsonLineParser(fields);
  const records = new JsonRecords(fields);
  return (bytes, from, until, to) => {
    const row = parser.parse(bytes, from, until);
    if (row !== null) to.row(row, 0, 0);
    else if (until > from) records.decode(bytes.subarray(from, until), 0, 0, to);
  };
}
