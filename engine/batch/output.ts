/** Rows that an operator makes: their columns, and beside them event times, the watermarks they are judged by, and changes. */
import type { Field } from '../contract/types.ts';
import { type Batch, NO_WATERMARK } from './batch.ts';
import { ColumnBuilder } from './builder.ts';
import { type Change, INSERT } from './changes.ts';
import { takeFloats } from './slab.ts';

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

  /**
   * Ends `count` rows at once, all of them inserts.
   * @param times event times (ms); null where the rows have none
   * @param watermarks the one in force before each; null without times
   */
  endRows(times: Float64Array | null, watermarks: Float64Array | null, count: number): void {
    const from = this.length;
    this.length += count;
    while (this.length > this.#times.length) this.#grow();
    if (this.#updating) this.#changes.fill(INSERT, from, this.length);
    if (times === null || watermarks === null) {
      this.#times.fill(Number.NaN, from, this.length);
      this.#watermarks.fill(NO_WATERMARK, from, this.length);
      return;
    }
    this.#hasTimes = true;
    for (let k = 0; k < count; k++) {
      this.#times[from + k] = times[k] as number;
      this.#watermarks[from + k] = watermarks[k] as number;
    }
  }

  take(ingestedAt: number): Batch {
    const { length } = this;
    const batch: Batch = {
      length,
      count: length,
      columns: this.columns.map((c) => c.take()),
      selection: null,
      times: this.#hasTimes ? copied(this.#times, length) : null,
      watermarks: this.#hasTimes ? copied(this.#watermarks, length) : null,
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

function copied(values: Float64Array, length: number): Float64Array {
  const copy = takeFloats(length);
  copy.set(values.subarray(0, length));
  return copy;
}
