/**
 * Reads a Parquet file row group by row group, column by column. A column of a row group is decoded in one go (that is
 * how hyparquet works: 15 to 50 ms for 270,000 values), with a breath for the event loop between two of them.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type DecodedArray,
  type FileMetaData,
  type ParquetScan,
  parquetMetadataAsync,
  parquetScan,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Value } from '../../batch/column.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import { jsonExpectation } from '../../expressions/json-value.ts';
import type { DecodeField, RowReceiver } from '../codec.ts';
import { misfit } from '../json/records.ts';
import { isTimeColumn, type ParquetValue, parquetValue, parsers } from './values.ts';

/** Decoded, a row group takes several times this; nothing above is worth the risk of dying. */
const GROUP_BYTES_MAX = 1024 * 1024 * 1024;
/** Rows between two breaths. */
const SLICE_ROWS = 4096;

interface Column {
  readonly field: DecodeField;
  readonly data: DecodedArray | null;
  readonly isTime: boolean;
}

export class ParquetReader {
  readonly rows: number;
  readonly #scan: ParquetScan;
  readonly #metadata: FileMetaData;
  readonly #fields: readonly DecodeField[];

  private constructor(scan: ParquetScan, fields: readonly DecodeField[]) {
    this.#scan = scan;
    this.#metadata = scan.metadata;
    this.#fields = fields;
    this.rows = Number(scan.metadata.num_rows);
  }

  /** Throws C-FORMAT where the file is not Parquet. */
  static async open(path: string, fields: readonly DecodeField[]): Promise<ParquetReader> {
    return formatErrors(path, async () => {
      const { file, metadata } = await openParquet(path);
      const names = new Set(metadata.schema.map((element) => element.name));
      const columns = fields.map(columnOf).filter((name) => names.has(name));
      const scan = await parquetScan({ file, metadata, columns, compressors, parsers });
      return new ParquetReader(scan, fields);
    });
  }

  /** Columns of the schema that the file does not have; they are NULL. */
  get missing(): readonly string[] {
    return this.#fields.map(columnOf).filter((name) => !this.#has(name));
  }

  /**
   * Gives all rows from `from` on; `offset` and `number` are row numbers. `pause` is awaited every few thousand rows: it
   * holds back what is read, and stops it by answering false.
   */
  async read(path: string, from: number, to: RowReceiver, pause: () => Promise<boolean>): Promise<void> {
    for (const { rowStart, rowEnd } of this.#scan.ranges) {
      if (rowEnd <= from) continue;
      this.#checkSize(path, rowStart);
      const columns: Column[] = [];
      for (const field of this.#fields) {
        columns.push(await formatErrors(path, () => this.#column(field, rowStart, rowEnd)));
        await breathe();
      }
      for (let row = Math.max(from, rowStart); row < rowEnd; row += SLICE_ROWS) {
        this.#give(columns, rowStart, row, Math.min(row + SLICE_ROWS, rowEnd), to);
        await breathe();
        if (!(await pause())) return;
      }
    }
  }

  #has(name: string): boolean {
    return this.#metadata.schema.some((element, i) => i > 0 && element.name === name);
  }

  async #column(field: DecodeField, rowStart: number, rowEnd: number): Promise<Column> {
    const column = columnOf(field);
    if (!this.#has(column)) return { field, data: null, isTime: false };
    const data = await this.#scan.readColumn({ column, rowStart, rowEnd });
    const element = this.#metadata.schema.find((e, i) => i > 0 && e.name === column);
    return { field, data, isTime: element !== undefined && isTimeColumn(element) };
  }

  #give(columns: readonly Column[], rowStart: number, from: number, until: number, to: RowReceiver): void {
    const values: Value[] = columns.map(() => null);
    for (let row = from; row < until; row++) {
      let bad: Column | null = null;
      for (let c = 0; c < columns.length && bad === null; c++) {
        const column = columns[c] as Column;
        const raw = (column.data?.[row - rowStart] ?? null) as ParquetValue;
        const value = parquetValue(raw, column.field, column.isTime);
        if (value === undefined || (value === null && !column.field.nullable)) bad = column;
        else values[c] = value;
      }
      if (bad === null) to.row(values, row + 1, row + 1);
      else this.#bad(columns, bad, rowStart, row, to);
    }
  }

  #bad(columns: readonly Column[], bad: Column, rowStart: number, row: number, to: RowReceiver): void {
    const { field } = bad;
    const shown = (column: Column): unknown => {
      const raw = (column.data?.[row - rowStart] ?? null) as ParquetValue;
      return typeof raw === 'bigint' ? String(raw) : raw;
    };
    const raw = Object.fromEntries(columns.map((c) => [c.field.name, shown(c)]));
    const value = shown(bad) === null ? 'nothing' : showValue(shown(bad));
    const expected = jsonExpectation(field.type, field.format);
    to.bad(
      misfit({ field: field.name, value, expected }),
      Buffer.from(JSON.stringify(raw)),
      row + 1,
      row + 1,
    );
  }

  #checkSize(path: string, rowStart: number): void {
    let start = 0;
    const group = this.#metadata.row_groups.find((g) => {
      start += Number(g.num_rows);
      return start > rowStart;
    });
    const bytes = Number(group?.total_byte_size ?? 0);
    if (bytes <= GROUP_BYTES_MAX) return;
    throw new WeirError(
      problem('C-LIMIT', {
        path: ['config', 'path'],
        message: `A row group of ${path} is too large to read.`,
        value: `${bytes} bytes`,
        expected: `at most ${GROUP_BYTES_MAX} bytes`,
        next: 'Write the file again with smaller row groups (100,000 rows are usual).',
      }),
    );
  }
}

const columnOf = (field: DecodeField): string => field.path.join('.');

export async function openParquet(path: string): Promise<{ file: AsyncBuffer; metadata: FileMetaData }> {
  const file = await asyncBufferFromFile(path);
  return { file, metadata: await parquetMetadataAsync(file) };
}

/** What the library throws for a file that it cannot read, as C-FORMAT; errors of the file system stay as they are. */
export async function formatErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WeirError || (error instanceof Error && 'syscall' in error)) throw error;
    throw new WeirError(
      problem('C-FORMAT', {
        path: ['config', 'path'],
        message: `${path} cannot be read as Parquet: ${error instanceof Error ? error.message : String(error)}`,
        expected: 'a Parquet file',
        next: 'Check the file and the format of the source.',
      }),
      { cause: error },
    );
  }
}
