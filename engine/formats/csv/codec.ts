import type { Value } from '../../batch/column.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import { jsonExpectation } from '../../expressions/json-value.ts';
import type { BadRecord, Codec, CodecOptions, DecodeField, RowReceiver } from '../codec.ts';
import { misfit } from '../json/records.ts';
import type { LineReceiver } from '../lines.ts';
import { bomLength, NOT_UTF8, strictText } from '../utf8.ts';
import { type Cells, splitCells } from './cells.ts';
import type { CsvSettings } from './spec.ts';
import { CsvSplitter } from './splitter.ts';
import { textToValue } from './values.ts';

/** The name by which a field finds its column. */
const columnName = (field: DecodeField): string => field.path.join('.');

class CsvCodec implements Codec, LineReceiver {
  readonly unit = 'line';
  memo: readonly string[] | null;
  readonly #settings: CsvSettings;
  readonly #options: CodecOptions;
  readonly #splitter: CsvSplitter;
  readonly #row: Value[];
  /** By field, its column, or −1. */
  #columns: readonly number[] = [];
  #to: RowReceiver | null = null;

  constructor(settings: CsvSettings, options: CodecOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#splitter = new CsvSplitter(settings.delimiter, options.from, options.recordBytes);
    this.#row = options.fields.map(() => null);
    this.memo = null;
    if (!settings.header) this.#mapColumns(options.fields.map(columnName));
    else if (options.from.memo !== null) this.#mapColumns(options.from.memo);
  }

  push(chunk: Buffer, to: RowReceiver): void {
    this.#to = to;
    this.#splitter.push(chunk, this);
  }

  end(to: RowReceiver): void {
    this.#to = to;
    this.#splitter.end(this);
  }

  bad(record: BadRecord, raw: Buffer, offset: number, number: number): void {
    if (this.memo === null) throw new WeirError(badHeader(record));
    this.#to?.bad(record, raw, offset, number);
  }

  line(bytes: Buffer, offset: number, number: number): void {
    const own = number === 1 ? bytes.subarray(bomLength(bytes)) : bytes;
    if (own.length === 0) return;
    const text = strictText(own);
    const cells = text === null ? null : splitCells(text, this.#settings.delimiter);
    if (cells === null) this.bad(text === null ? NOT_UTF8 : OPEN_QUOTE, own, offset, number);
    else if (this.memo === null) this.#mapColumns(cells.texts.map((name) => name.trim()));
    else this.#decode(cells, own, offset, number);
  }

  #mapColumns(names: readonly string[]): void {
    this.memo = names;
    this.#columns = this.#options.fields.map((field) => {
      const column = names.indexOf(columnName(field));
      if (column < 0) {
        this.#options.warn(
          `There is no column ${showValue(columnName(field))}; the file has ${showValue(names.join(', '))}.`,
        );
      }
      return column;
    });
  }

  #decode({ texts, quoted }: Cells, raw: Buffer, offset: number, number: number): void {
    const names = this.memo ?? [];
    if (texts.length !== names.length) {
      this.bad(ragged(texts.length, names.length), raw, offset, number);
      return;
    }
    for (let f = 0; f < this.#row.length; f++) {
      const field = this.#options.fields[f];
      const column = this.#columns[f] ?? -1;
      if (field === undefined) continue;
      const cell = texts[column];
      const value =
        cell === undefined ? null : cellValue(cell, quoted !== null && quoted[column] === true, field);
      if (value === undefined || (value === null && !field.nullable)) {
        const shown = cell === undefined || (cell === '' && value === null) ? 'nothing' : showValue(cell);
        const expected = jsonExpectation(field.type, field.format);
        this.bad(misfit({ field: field.name, value: shown, expected }), raw, offset, number);
        return;
      }
      this.#row[f] = value;
    }
    this.#to?.row(this.#row, offset, number);
  }
}

function cellValue(cell: string, quoted: boolean, field: DecodeField): Value | undefined {
  if (cell !== '' || quoted) return textToValue(cell, field.type, field.format);
  return field.type.kind === 'STRING' && !field.nullable ? '' : null;
}

const badHeader = (record: BadRecord) =>
  problem('C-FORMAT', {
    path: ['config', 'format'],
    message: `The header line cannot be read. ${record.message}`,
    expected: record.expected ?? 'a line of column names',
    next: 'Mend the first line, or say in the format that the file has no header.',
  });

const OPEN_QUOTE: BadRecord = {
  code: 'C-FORMAT',
  message: 'A quoted cell is not closed, or text follows its closing quote.',
  expected: '"…" around the whole cell, with quotes inside doubled',
  next: 'Mend the record, or check the delimiter of the source.',
};

const ragged = (cells: number, columns: number): BadRecord => ({
  code: 'C-FORMAT',
  message: `The row has ${cells} cells.`,
  value: `${cells} cells`,
  expected: `${columns} cells`,
  next: 'Mend the record, or check the delimiter of the source.',
});

export const csvCodec = (settings: CsvSettings, options: CodecOptions): Codec =>
  new CsvCodec(settings, options);
