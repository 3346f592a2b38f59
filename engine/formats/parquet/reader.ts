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
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Value } from '../../batch/column.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import { jsonExpectation } from '../../expressions/json-value.ts';
import type { DecodeField, RowReceiver } from '../codec.ts';
import { misfit } from '../json/records.ts';
import { type ParquetValue, parquetTypeName, parquetValue, parsers, withRawDecimals } from './values.ts';

/** Decoded, a row group takes several times this; nothing above is worth the risk of dying. */
const GROUP_BYTES_MAX = 1024 * 1024 * 1024;
/** Rows between two breaths. */
const SLICE_ROWS = 4096;

/** Where a field stands in the file: a column of its own, or inside of the rows of one. */
interface Place {
  readonly column: string;
  readonly keys: readonly string[];
  readonly node: SchemaTree;
}

interface Column {
  readonly field: DecodeField;
  readonly data: DecodedArray | null;
  readonly place: Place | null;
}

export class ParquetReader {
  readonly rows: number;
  readonly #scan: ParquetScan;
  readonly #metadata: FileMetaData;
  readonly #fields: readonly DecodeField[];
  /** By field. */
  readonly #places: readonly (Place | null)[];

  private constructor(scan: ParquetScan, fields: readonly DecodeField[], places: readonly (Place | null)[]) {
    this.#scan = scan;
    this.#metadata = scan.metadata;
    this.#fields = fields;
    this.#places = places;
    this.rows = Number(scan.metadata.num_rows);
  }

  /** Throws C-FORMAT where the file is not Parquet. */
  static async open(path: string, fields: readonly DecodeField[]): Promise<ParquetReader> {
    return formatErrors(path, async () => {
      const { file, metadata } = await openParquet(path);
      const root = parquetSchema(metadata);
      const places = fields.map((field) => placeOf(root, field.path));
      const columns = [...new Set(places.flatMap((place) => (place === null ? [] : [place.column])))];
      const scan = await parquetScan({
        file,
        metadata: withRawDecimals(metadata),
        columns,
        compressors,
        parsers,
      });
      return new ParquetReader(scan, fields, places);
    });
  }

  /** Columns of the schema that the file does not have; they are NULL. */
  get missing(): readonly string[] {
    return this.#fields.flatMap(({ path }, i) => (this.#places[i] === null ? [path.join('.')] : []));
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
      for (const [i, field] of this.#fields.entries()) {
        const place = this.#places[i] ?? null;
        columns.push(await formatErrors(path, () => this.#column(field, place, rowStart, rowEnd)));
        await breathe();
      }
      for (let row = Math.max(from, rowStart); row < rowEnd; row += SLICE_ROWS) {
        this.#give(columns, rowStart, row, Math.min(row + SLICE_ROWS, rowEnd), to);
        await breathe();
        if (!(await pause())) return;
      }
    }
  }

  async #column(field: DecodeField, place: Place | null, rowStart: number, rowEnd: number): Promise<Column> {
    if (place === null) return { field, place, data: null };
    return { field, place, data: await this.#scan.readColumn({ column: place.column, rowStart, rowEnd }) };
  }

  #give(columns: readonly Column[], rowStart: number, from: number, until: number, to: RowReceiver): void {
    const values: Value[] = columns.map(() => null);
    for (let row = from; row < until; row++) {
      let bad: Column | null = null;
      for (let c = 0; c < columns.length && bad === null; c++) {
        const column = columns[c] as Column;
        const { field, place } = column;
        const raw = rawValue(column, row - rowStart);
        const value = place === null ? null : parquetValue(raw, field.type, field.format, place.node);
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
      const raw = rawValue(column, row - rowStart);
      return typeof raw === 'object' && raw !== null
        ? JSON.parse(JSON.stringify(raw, plain))
        : plain('', raw);
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

/** JSON has no bigints. */
const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

function rawValue({ data, place }: Column, row: number): ParquetValue {
  let value: unknown = data?.[row] ?? null;
  for (const key of place?.keys ?? []) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value as ParquetValue;
}

/** A column may have a point in its name; else the path leads into rows. */
function placeOf(root: SchemaTree, path: readonly string[]): Place | null {
  const whole = root.children.find((c) => c.element.name === path.join('.'));
  if (whole !== undefined) return { column: whole.element.name, keys: [], node: whole };
  const [column = '', ...keys] = path;
  let node = root.children.find((c) => c.element.name === column);
  for (const key of keys) {
    // Only rows have fields: not the groups that lists are made of.
    const isRow = node !== undefined && parquetTypeName(node)?.startsWith('ROW') === true;
    node = isRow ? node?.children.find((c) => c.element.name === key) : undefined;
  }
  return node === undefined ? null : { column, keys, node };
}

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
