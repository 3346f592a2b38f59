/** Rows as values that stand for themselves. */
import type { Batch } from '../../batch/batch.ts';
import { valueAt } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';
import { jsonText } from '../../contract/value-text.ts';
import { csvCell, jsonRows } from '../row-text.ts';
import type { SinkFormat } from './spec.ts';

export type ValueText = (batch: Batch, row: number) => string | Buffer | null;

export const bytesOf = (text: string | Buffer | null): Buffer | null =>
  typeof text === 'string' ? Buffer.from(text, 'utf8') : text;

export function valueText(format: SinkFormat, fields: readonly Field[]): ValueText {
  switch (format.kind) {
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
