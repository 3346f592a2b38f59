/** The last rows of a stream, for taps and sinks that show them: kept as columns, turned into cells only when asked. */
import { type Batch, position } from '../batch/batch.ts';
import { CHANGE_NAMES, type Change } from '../batch/changes.ts';
import { type Column, type NumberColumn, type Value, valueAt } from '../batch/column.ts';
import type { Sample } from '../contract/link.ts';
import { type DataType, type Field, printType } from '../contract/types.ts';
import { cellValue } from '../contract/value-text.ts';

type Cell = Sample['rows'][number]['cells'][number];

/** Characters of a string that a view shows; longer ones are cut, so that a few huge values cannot fill a message. */
const SHOWN_TEXT_MAX = 1000;

export class LastRows {
  readonly fields: readonly Field[];
  readonly #rowsMax: number;
  #batches: { readonly batch: Batch; readonly processedAt: number }[] = [];
  #rows = 0;
  #total = 0;

  constructor(fields: readonly Field[], rowsMax: number) {
    this.fields = fields;
    this.#rowsMax = rowsMax;
  }

  /** Rows that passed so far; grows with every row, so it also serves as a version. */
  get total(): number {
    return this.#total;
  }

  /** @param processedAt by the run's clock (ms) */
  push(batch: Batch, processedAt: number): void {
    if (batch.count === 0) return;
    this.#total += batch.count;
    this.#rows += batch.count;
    // A batch of which a filter left little would keep its whole columns alive.
    this.#batches.push({ batch: batch.count * 2 < batch.length ? compact(batch) : batch, processedAt });
    for (;;) {
      const oldest = this.#batches[0];
      if (oldest === undefined || this.#rows - oldest.batch.count < this.#rowsMax) break;
      this.#batches.shift();
      this.#rows -= oldest.batch.count;
    }
  }

  /** Newest last. */
  sample(): Sample {
    const rows: Sample['rows'] = [];
    let skip = Math.max(0, this.#rows - this.#rowsMax);
    for (const { batch, processedAt } of this.#batches) {
      for (let k = skip; k < batch.count; k++) rows.push(this.#row(batch, position(batch, k), processedAt));
      skip = Math.max(0, skip - batch.count);
    }
    return {
      columns: this.fields.map((f) => ({ name: f.name, type: printType(f.type) })),
      rows,
      total: this.#total,
    };
  }

  #row(batch: Batch, at: number, processed: number): Sample['rows'][number] {
    const time = batch.times?.[at];
    return {
      time: time === undefined || !Number.isFinite(time) ? null : time,
      ingested: batch.ingestedAt,
      processed,
      ...(batch.changes === null ? {} : { change: CHANGE_NAMES[batch.changes[at] as Change] }),
      cells: this.fields.map((f, c) => {
        const column = batch.columns[c];
        return column === undefined ? null : cellOf(valueAt(column, f.type, at), f.type);
      }),
    };
  }
}

export const showRow = (fields: readonly Field[], values: readonly Value[]): Cell[] =>
  fields.map((f, c) => cellOf(values[c] ?? null, f.type));

function cellOf(value: Value, type: DataType): Cell {
  const cell = cellValue(value, type);
  return typeof cell === 'string' && cell.length > SHOWN_TEXT_MAX
    ? `${cell.slice(0, SHOWN_TEXT_MAX)}…`
    : cell;
}

/** Only the rows that count, in columns of their own. */
function compact(batch: Batch): Batch {
  const at = Int32Array.from({ length: batch.count }, (_, k) => position(batch, k));
  return {
    ...batch,
    length: batch.count,
    columns: batch.columns.map((column) => gather(column, at)),
    selection: null,
    times: batch.times === null ? null : Float64Array.from(at, (row) => batch.times?.[row] ?? Number.NaN),
    watermarks: null,
    changes: batch.changes === null ? null : Uint8Array.from(at, (row) => batch.changes?.[row] ?? 0),
  };
}

function gather(column: Column, at: Int32Array): Column {
  const { validity: valid } = column;
  const validity = valid === null ? null : Uint8Array.from(at, (row) => valid[row] ?? 0);
  if (column.kind === 'number') {
    const values = sameArray(column.values, at.length);
    for (let k = 0; k < at.length; k++) values[k] = column.values[at[k] ?? 0] ?? 0;
    return { kind: 'number', values, validity };
  }
  if (column.kind === 'value') {
    return { kind: 'value', values: Array.from(at, (row) => column.values[row] ?? null), validity };
  }
  const values = Int32Array.from(at, (row) => column.values[row] ?? 0);
  if (column.table.interned) return { kind: 'string', values, table: column.table, validity };
  // A table of one batch's strings: take only those that are shown along.
  const strings = Array.from(values, (code) => column.table.strings[code] ?? '');
  return {
    kind: 'string',
    values: Int32Array.from(strings.keys()),
    table: { strings, interned: false },
    validity,
  };
}

function sameArray(like: NumberColumn['values'], length: number): NumberColumn['values'] {
  if (like instanceof Float64Array) return new Float64Array(length);
  return like instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
}
