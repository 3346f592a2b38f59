/** Rows that an operator makes: their columns, and beside them event times, the watermarks they are judged by, and changes. */
import type { Field } from '../contract/types.ts';
import type { Batch } from './batch.ts';
import { ColumnBuilder } from './builder.ts';
import { type Change, INSERT } from './changes.ts';

/** Rows of output after which an operator sends a batch on, within one firing. */
export const OUTPUT_ROWS = 1024;

export class OutputBuilder {
  /** One per field of the output: a row is written by pushing one value to each, and ended by `endRow`. */
  readonly columns: readonly ColumnBuilder[];
  readonly #updating: boolean;
  #times = new Float64Array(64);
  #watermarks = new Float64Array(64);
  #changes = new Uint8Array(64);
  #hasTimes = false;
  length = 0;

  /** @param updating whether the output's rows carry changes */
  constructor(fields: readonly Field[], updating: boolean) {
    this.columns = fields.map((f) => new ColumnBuilder(f.type, null, 64));
    this.#updating = updating;
  }

  /**
   * @param time event time (ms), NaN where the row has none
   * @param watermark the one in force just before this row
   */
  endRow(time: number, watermark: number, change: Change = INSERT): void {
    const at = this.length++;
    if (at === this.#times.length) this.#grow();
    this.#times[at] = time;
    this.#watermarks[at] = watermark;
    this.#changes[at] = change;
    if (!Number.isNaN(time)) this.#hasTimes = true;
  }

  take(ingestedAt: number): Batch {
    const { length } = this;
    const batch: Batch = {
      length,
      count: length,
      columns: this.columns.map((c) => c.take()),
      selection: null,
      times: this.#hasTimes ? this.#times.slice(0, length) : null,
      watermarks: this.#hasTimes ? this.#watermarks.slice(0, length) : null,
      changes: this.#updating ? this.#changes.slice(0, length) : null,
      ingestedAt,
    };
    this.length = 0;
    this.#hasTimes = false;
    return batch;
  }

  #grow(): void {
    const { length } = this.#times;
    const times = new Float64Array(length * 2);
    times.set(this.#times);
    this.#times = times;
    const watermarks = new Float64Array(length * 2);
    watermarks.set(this.#watermarks);
    this.#watermarks = watermarks;
    const changes = new Uint8Array(length * 2);
    changes.set(this.#changes);
    this.#changes = changes;
  }
}
