/** Guesses the fields of delimited text. */
import type { SourceField } from '../../contract/settings.ts';
import { splitCells } from '../csv/cells.ts';
import type { CsvSettings } from '../csv/spec.ts';
import { FIELDS_MAX, named } from './fields.ts';
import { Guess } from './guess.ts';

const DELIMITERS: readonly CsvSettings['delimiter'][] = [',', ';', '\t', '|'];

/** The delimiter that cuts the first line into most cells. */
export function guessDelimiter(line: string): CsvSettings['delimiter'] {
  const cells = (d: string): number => splitCells(line, d)?.texts.length ?? 0;
  return DELIMITERS.reduce((best, d) => (cells(d) > cells(best) ? d : best));
}

/** @param lines records as text, the header first where there is one */
export function inferCells(lines: readonly string[], settings: CsvSettings): SourceField[] {
  const rows = lines.flatMap((line) => splitCells(line, settings.delimiter)?.texts ?? []).length;
  if (rows === 0) return [];
  const [first, ...rest] = lines.map((line) => splitCells(line, settings.delimiter)?.texts ?? []);
  const names = settings.header ? (first ?? []) : (first ?? []).map((_, i) => `c${i + 1}`);
  const guesses = names.slice(0, FIELDS_MAX).map((name) => new Guess([name.trim()]));
  for (const cells of settings.header ? rest : [first ?? [], ...rest]) {
    if (cells.length !== names.length) continue;
    guesses.forEach((guess, i) => {
      guess.see(cellValue(cells[i] ?? ''));
    });
  }
  const fields = named(guesses);
  // Without a header fields are found by their order: a `from` would say otherwise.
  return settings.header ? fields : fields.map(({ from: _, ...field }) => field);
}

function cellValue(cell: string): unknown {
  const text = cell.trim();
  if (text === '') return null;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  // A leading zero is a code, not a number.
  if (/^[+-]?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return Number(text);
  return cell;
}
