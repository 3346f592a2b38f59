/** Rows of a fixed table as text, one JSON object a line, and back. */
import { isRecord } from './values.ts';

export type ParsedRows =
  | { readonly ok: true; readonly rows: readonly Readonly<Record<string, unknown>>[] }
  /** `line` counts from 1. */
  | { readonly ok: false; readonly line: number; readonly reason: string };

export const printRows = (rows: readonly unknown[]): string =>
  rows.map((row) => JSON.stringify(row)).join('\n');

export function parseRows(text: string): ParsedRows {
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const row: unknown = JSON.parse(line.trim().replace(/,$/, ''));
      if (!isRecord(row)) return { ok: false, line: i + 1, reason: line.trim().slice(0, 40) };
      rows.push(row);
    } catch (error) {
      return { ok: false, line: i + 1, reason: error instanceof Error ? error.message : String(error) };
    }
  }
  return { ok: true, rows };
}
