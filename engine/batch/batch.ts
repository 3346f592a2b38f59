import type { Field } from '../contract/types.ts';
import { type Column, type Value, valueAt } from './column.ts';

export { NO_WATERMARK } from '../progress/watermarks.ts';

/** The watermark after the last record: everything fires. */
export const END_WATERMARK = Infinity;

/**
 * A slice of a stream: columns of the same length, of which `selection` says what is still there.
 * A batch belongs to its receiver; columns are never written after the batch was handed on.
 */
export interface Batch {
  /** Rows that the columns hold. */
  readonly length: number;
  readonly columns: readonly Column[];
  /** Positions of the rows that count, ascending, or null for all of them. Only the first `count` entries are meant. */
  readonly selection: Int32Array | null;
  /** Rows that count. */
  readonly count: number;
  /** Event times (ms) by position; null where the stream has none. */
  readonly times: Float64Array | null;
  /**
   * By position, the watermark that the row is judged against: the one in force just before it. Null where the stream
   * has no watermark. Carrying it with the row makes "late" a fact of the input, whatever the batch size, and equal at
   * every parallelism (docs/decisions/0002-watermark-travels-with-the-row.md). Only valid while the batch is being handed on:
   * the source writes the array anew for the next one. May be longer than `length`.
   */
  readonly watermarks: Float64Array | null;
  /**
   * By position, what the row does to the table that the stream describes (`CHANGES`). Null: every row is an insert. Only
   * on edges whose schema says `updating`.
   */
  readonly changes: Uint8Array | null;
  /** When the source took these rows in, by the run's clock (ms). */
  readonly ingestedAt: number;
}

/** What moves along an edge, in order. */
export type Element =
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'watermark'; readonly time: number }
  | { readonly kind: 'idle' }
  | { readonly kind: 'active' }
  | { readonly kind: 'end' };

/** The positions that count, in order: `for (let k = 0; k < batch.count; k++) position(batch, k)`. */
export const position = (batch: Batch, k: number): number =>
  batch.selection === null ? k : (batch.selection[k] ?? 0);

/** A batch with another selection over the same columns. */
export function select(batch: Batch, selection: Int32Array, count: number): Batch {
  return { ...batch, selection, count };
}

export type Row = Record<string, Value>;

/** One row as an object: for taps, previews, tests and encoders that need it; never on the way through. */
export function rowAt(batch: Batch, fields: readonly Field[], row: number): Row {
  const out: Row = {};
  fields.forEach((f, c) => {
    const column = batch.columns[c];
    if (column !== undefined) out[f.name] = valueAt(column, f.type, row);
  });
  return out;
}

/** All rows that count, as objects. */
export function rowsOf(batch: Batch, fields: readonly Field[]): Row[] {
  return Array.from({ length: batch.count }, (_, k) => rowAt(batch, fields, position(batch, k)));
}

/** A rough size for bounding queues, in bytes: 8 a value. */
export const batchBytes = (batch: Batch): number => batch.length * (batch.columns.length + 2) * 8;
