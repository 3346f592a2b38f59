/** Sends kept rows to an operator's main output, in batches. */
import type { Batch } from '../batch/batch.ts';
import { type Change, INSERT } from '../batch/changes.ts';
import { OUTPUT_ROWS, OutputBuilder } from '../batch/output.ts';
import type { EdgeSchema } from '../contract/types.ts';
import type { RowStore } from './row-store.ts';

/** What an operator's context has for this. */
interface Target {
  readonly output: EdgeSchema;
  readonly clock: { now(): number };
  emit(port: string, batch: Batch): void;
}

export class RowOutput {
  readonly #rows: RowStore;
  readonly #target: Target;
  readonly #builder: OutputBuilder;
  /** Fields of the output that come from the row; one may stand behind them. */
  readonly #width: number;

  /** @param width fields of the kept rows: the output has them first, in their order */
  constructor(rows: RowStore, target: Target, width: number) {
    this.#rows = rows;
    this.#target = target;
    this.#width = width;
    this.#builder = new OutputBuilder(target.output.fields, target.output.changelog === 'updating');
  }

  /**
   * @param watermark the one in force just before the row
   * @param extra value of the whole-number field behind the row's own; not read where the output has none
   * @param time event time (ms) if it is not the row's own
   */
  push(id: number, watermark: number, change: Change = INSERT, extra = 0, time = this.#rows.time(id)): void {
    const { columns } = this.#builder;
    for (let c = 0; c < this.#width; c++) {
      const builder = columns[c];
      if (builder !== undefined) this.#rows.emit(id, c, builder);
    }
    if (columns.length > this.#width) columns[this.#width]?.pushNumber(extra);
    this.#builder.endRow(time, watermark, change);
    if (this.#builder.length >= OUTPUT_ROWS) this.flush();
  }

  flush(): void {
    if (this.#builder.length > 0) this.#target.emit('out', this.#builder.take(this.#target.clock.now()));
  }
}
