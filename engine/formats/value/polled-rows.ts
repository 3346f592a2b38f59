/** What one poll of a source of values gives: a row of each that can be read, dead letters of the rest. */
import type { ColumnBuilder } from '../../batch/builder.ts';
import { RowBatches } from '../../batch/row-batches.ts';
import { type SourceField, toFields } from '../../contract/settings.ts';
import type { Value } from '../../contract/values.ts';
import type { DeadLetter, SourceOutput } from '../../runtime/contracts.ts';
import type { BadRecord, RowReceiver } from '../codec.ts';
import { deadLetterOf } from '../dead-letter.ts';
import { type DecodeValue, EMPTY_VALUE, valueDecoder } from './decode.ts';
import type { WriterSchemas } from './registered.ts';
import { type ValueFormat, valueSchema } from './spec.ts';

export class PolledRows implements RowReceiver {
  readonly #decode: DecodeValue;
  readonly #valueFields: number;
  readonly #rows: RowBatches;
  #columns: readonly ColumnBuilder[] = [];
  #partitions = new Int32Array(0);
  #count = 0;
  #letters: DeadLetter[] = [];
  /** Of the value that is decoded. */
  #wasRow = false;
  #bad: BadRecord | null = null;

  /** @param fields of a row: those of the value, then what stands beside it */
  constructor(
    format: ValueFormat,
    schema: readonly SourceField[] | undefined,
    fields: readonly SourceField[],
    schemas?: WriterSchemas,
  ) {
    const ofValue = valueSchema(format, schema) ?? [];
    this.#valueFields = ofValue.length;
    this.#decode = valueDecoder(format, ofValue, schemas);
    this.#rows = new RowBatches(toFields(fields));
  }

  /** For the next poll. @param most rows and letters together */
  begin(most: number): void {
    this.#columns = this.#rows.columns;
    this.#partitions = new Int32Array(most);
    this.#count = 0;
    this.#letters = [];
  }

  /** Rows and letters that still fit. */
  get room(): number {
    return this.#partitions.length - this.#count - this.#letters.length;
  }

  /** Adds a value; what is wrong with it, or null where it is a row: then every column `beside` it is due. */
  add(bytes: Buffer, from: number, until: number, partition: number): BadRecord | null {
    this.#wasRow = false;
    this.#bad = null;
    this.#decode(bytes, from, until, this);
    if (!this.#wasRow) return this.#bad ?? EMPTY_VALUE;
    this.#partitions[this.#count++] = partition;
    return null;
  }

  /** The column of the field that stands at `index` beside the value. */
  beside(index: number): ColumnBuilder {
    return this.#columns[this.#valueFields + index] as ColumnBuilder;
  }

  /** @param where it stands, in words; @param raw its bytes */
  refuse(bad: BadRecord, where: string, raw: Buffer): void {
    this.#letters.push(deadLetterOf(bad, where, raw));
  }

  row(values: readonly Value[]): void {
    for (let c = 0; c < this.#valueFields; c++) (this.#columns[c] as ColumnBuilder).push(values[c] ?? null);
    this.#wasRow = true;
  }

  bad(record: BadRecord): void {
    this.#bad = record;
  }

  /** Null where the poll found nothing. @param partitions of the source, in all */
  take(partitions: number, ingestedAt: number): SourceOutput | null {
    if (this.#count === 0 && this.#letters.length === 0) return null;
    return {
      batch: this.#count === 0 ? null : this.#rows.take(this.#count, ingestedAt),
      partitions: partitions === 1 ? null : this.#partitions.subarray(0, this.#count),
      deadLetters: this.#letters,
    };
  }
}
