/** Values with the id of their schema before them: a zero, then four bytes, the highest first. */
import type { AvroType } from '../avro/schema.ts';
import type { BadRecord } from '../codec.ts';

export const SCHEMA_ID_BYTES = 5;

/** By id, the schema that values were written by, or why there is none. */
export type WriterSchemas = ReadonlyMap<number, AvroType | BadRecord>;

/** What stands before a value. */
export function schemaIdHead(id: number): Buffer {
  const head = Buffer.alloc(SCHEMA_ID_BYTES);
  head.writeInt32BE(id, 1);
  return head;
}

/** Null where no id stands there. */
export function schemaIdOf(bytes: Buffer, from: number, until: number): number | null {
  return until - from < SCHEMA_ID_BYTES || bytes[from] !== 0 ? null : bytes.readInt32BE(from + 1);
}

export const UNREGISTERED: BadRecord = {
  code: 'R-DECODE',
  message: 'The value does not begin with the id of a schema.',
  expected: 'a zero byte and four bytes of the id, as serializers with a schema registry write them',
  next: 'Read values that were written without a registry as JSON, text or bytes.',
};
