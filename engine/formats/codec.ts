/** What every record-by-record format implements: bytes in, rows and bad records out. */
import type { Value } from '../batch/column.ts';
import type { ProblemCode } from '../contract/problems.ts';
import type { DataType } from '../contract/types.ts';

/** A field to read. */
export interface DecodeField {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  /** Keys from the record's top; CSV has one. */
  readonly path: readonly string[];
  /** For TIMESTAMP. */
  readonly format: string;
}

/** Why a record cannot be used. */
export interface BadRecord {
  readonly code: Extract<ProblemCode, 'R-DECODE' | 'C-FORMAT' | 'C-LIMIT'>;
  readonly message: string;
  /** The field that does not fit; absent where the whole record is bad. */
  readonly field?: string;
  readonly value?: string;
  readonly expected?: string;
  readonly next?: string;
}

/** Where reading can go on: right after a record. */
export interface Place {
  /** Bytes of the (unpacked) file before it. */
  readonly offset: number;
  /** Lines or array elements before it. */
  readonly number: number;
  /** What the codec must know of the part before: the names of a CSV header. */
  readonly memo: readonly string[] | null;
}
export const START: Place = { offset: 0, number: 0, memo: null };

/** Takes what was decoded. `offset` and `number` say the place after the record. */
export interface RowReceiver {
  /** The array is the codec's own and is used again. */
  row(values: readonly Value[], offset: number, number: number): void;
  /** `raw`: the beginning of the record. */
  bad(record: BadRecord, raw: Buffer, offset: number, number: number): void;
}

/** Decodes one file from one place on. Never throws for what stands in a record. */
export interface Codec {
  /** A part of the file. The bytes must stay as they are: records over two parts keep them. */
  push(chunk: Buffer, to: RowReceiver): void;
  /** The file ends: what is left is a record without its line end, or a broken one. */
  end(to: RowReceiver): void;
  readonly memo: readonly string[] | null;
  /** What `number` counts. */
  readonly unit: 'line' | 'record';
}

export interface CodecOptions {
  readonly fields: readonly DecodeField[];
  /** Bytes of the largest record. */
  readonly recordBytes: number;
  readonly from: Place;
  /** Told once of what holds for the whole file, such as a column that is not there. */
  warn(text: string): void;
}
