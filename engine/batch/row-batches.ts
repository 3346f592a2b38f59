/** Rows that a source adds value by value, as batches whose texts keep their codes over batches. */
import type { Field } from '../contract/types.ts';
import type { Batch } from './batch.ts';
import { BatchBuilder, type ColumnBuilder } from './builder.ts';
import { Interning } from './interning.ts';

export class RowBatches {
  readonly #fields: readonly Field[];
  readonly #interning: Interning;
  #builder: BatchBuilder;

  constructor(fields: readonly Field[]) {
    this.#fields = fields;
    this.#interning = new Interning(fields, true);
    this.#builder = new BatchBuilder(fields, this.#interning.tables);
  }

  /** One per field, for the rows of the next batch. Others after `take`. */
  get columns(): readonly ColumnBuilder[] {
    return this.#builder.columns;
  }

  /** What was added since; `rows`: how many that are. */
  take(rows: number, ingestedAt: number): Batch {
    const columns = this.#builder.columns.map((c) => c.take());
    this.#interning.check();
    // Full tables were replaced.
    if (this.#builder.columns.some(({ table }, c) => table !== null && table !== this.#interning.tables[c]))
      this.#builder = new BatchBuilder(this.#fields, this.#interning.tables);
    return {
      length: rows,
      count: rows,
      columns,
      selection: null,
      times: null,
      watermarks: null,
      changes: null,
      ingestedAt,
    };
  }
}
