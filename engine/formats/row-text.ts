/** Rows of a batch as texts of their own: a JSON object, or the cells of a CSV record. */
import type { Batch } from '../batch/batch.ts';
import { type Column, valueAt } from '../batch/column.ts';
import type { DataType, Field } from '../contract/types.ts';
import { cellValue, isoTime } from '../contract/value-text.ts';
import { type JsonCell, jsonCells } from './json/cells.ts';

/** `{"origin":"ATL","flights":2}`; `head` stands before the fields. For the batches of one edge: it keeps what repeats. */
export function jsonRows(fields: readonly Field[]): (batch: Batch, row: number, head?: string) => string {
  const keys = fields.map((f, c) => `${c === 0 ? '' : ','}${JSON.stringify(f.name)}:`);
  const cells = fields.map((f) => jsonCells(f.type));
  return (batch, row, head = '') => {
    let text = `{${head}`;
    for (let c = 0; c < cells.length; c++)
      text += (keys[c] as string) + (cells[c] as JsonCell)(batch.columns[c], row);
    return `${text}}`;
  };
}

export function csvCell(column: Column | undefined, type: DataType, row: number): string {
  const value = column === undefined ? null : valueAt(column, type, row);
  if (value === null) return '';
  if (type.kind === 'TIMESTAMP') return isoTime(Number(value));
  const cell = cellValue(value, type);
  return typeof cell === 'string' ? csvText(cell) : String(cell);
}

/** The empty text is in quotes, to be told from NULL. */
export function csvText(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
