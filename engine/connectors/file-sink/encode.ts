/** Rows as lines of text. */
import { type Batch, position } from '../../batch/batch.ts';
import { type Column, valueAt } from '../../batch/column.ts';
import type { DataType, Field } from '../../contract/types.ts';
import { cellValue, isoTime, jsonText } from '../../contract/value-text.ts';

export interface Encoder {
  /** What stands before the first row of a file. */
  readonly header: string;
  /** Lines of the rows that count, from number `from` to `until`, each with its line end. */
  rows(batch: Batch, from: number, until: number): string;
}

export function ndjsonEncoder(fields: readonly Field[]): Encoder {
  const keys = fields.map((f) => `${JSON.stringify(f.name)}:`);
  return {
    header: '',
    rows: (batch, from, until) =>
      lines(batch, from, until, (row) => {
        const cells = fields.map((f, c) => keys[c] + jsonCell(batch.columns[c], f.type, row));
        return `{${cells.join(',')}}`;
      }),
  };
}

export function csvEncoder(fields: readonly Field[]): Encoder {
  return {
    header: `${fields.map((f) => csvText(f.name)).join(',')}\n`,
    rows: (batch, from, until) =>
      lines(batch, from, until, (row) =>
        fields.map((f, c) => csvCell(batch.columns[c], f.type, row)).join(','),
      ),
  };
}

function lines(batch: Batch, from: number, until: number, line: (row: number) => string): string {
  let text = '';
  for (let k = from; k < until; k++) text += `${line(position(batch, k))}\n`;
  return text;
}

function jsonCell(column: Column | undefined, type: DataType, row: number): string {
  return jsonText(column === undefined ? null : valueAt(column, type, row), type);
}

function csvCell(column: Column | undefined, type: DataType, row: number): string {
  const value = column === undefined ? null : valueAt(column, type, row);
  if (value === null) return '';
  if (type.kind === 'TIMESTAMP') return isoTime(Number(value));
  const cell = cellValue(value, type);
  return typeof cell === 'string' ? csvText(cell) : String(cell);
}

/** The empty text is in quotes, to be told from NULL. */
function csvText(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
