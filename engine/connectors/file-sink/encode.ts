/** Rows as lines of text. */
import { type Batch, position } from '../../batch/batch.ts';
import { type Column, valueAt } from '../../batch/column.ts';
import type { DataType, Field } from '../../contract/types.ts';

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

/** NULL or what the value is as text, number or boolean; times in ISO 8601, UTC. */
function plain(column: Column | undefined, type: DataType, row: number): null | boolean | number | string {
  const value = column === undefined ? null : valueAt(column, type, row);
  return type.kind === 'TIMESTAMP' && typeof value === 'number' ? isoTime(value) : value;
}

/** Times outside what a Date can hold are written as ms. */
function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

function jsonCell(column: Column | undefined, type: DataType, row: number): string {
  const value = plain(column, type, row);
  // JSON has no words for these: as text they are not lost.
  return JSON.stringify(typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);
}

function csvCell(column: Column | undefined, type: DataType, row: number): string {
  const value = plain(column, type, row);
  if (value === null) return '';
  return typeof value === 'string' ? csvText(value) : String(value);
}

/** The empty text is in quotes, to be told from NULL. */
function csvText(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
