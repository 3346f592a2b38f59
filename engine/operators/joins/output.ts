/** The rows that a join gives: fields of both sides by plan, sent on in batches. */
import type { Batch } from '../../batch/batch.ts';
import type { Change } from '../../batch/changes.ts';
import { INSERT } from '../../batch/changes.ts';
import type { Column } from '../../batch/column.ts';
import { OUTPUT_ROWS, OutputBuilder } from '../../batch/output.ts';
import type { OperatorContext } from '../../runtime/contracts.ts';
import type { RowStore } from '../../state/row-store.ts';
import { LEFT, type OutputColumn, type Side } from './plan.ts';
import type { Rows } from './rows.ts';

/** Stands for the missing half of a padded row. */
export const NO_ROW = -1;

export class JoinOutput {
  readonly #context: OperatorContext<unknown>;
  readonly #builder: OutputBuilder;
  readonly #isLeft: Uint8Array;
  readonly #indexes: Int32Array;
  #left: Rows;
  #right: Rows;
  /** Rows of `rowLater` whose cells are not written yet. */
  #pending = 0;
  readonly #lefts = new Int32Array(OUTPUT_ROWS);
  readonly #rights = new Int32Array(OUTPUT_ROWS);
  #leftsWhole = true;
  #rightsWhole = true;

  constructor(context: OperatorContext<unknown>, columns: readonly OutputColumn[], left: Rows, right: Rows) {
    this.#context = context;
    this.#builder = new OutputBuilder(context.output.fields, context.output.changelog === 'updating');
    this.#isLeft = Uint8Array.from(columns, (c) => (c.side === LEFT ? 1 : 0));
    this.#indexes = Int32Array.from(columns, (c) => c.index);
    this.#left = left;
    this.#right = right;
  }

  /** Rows are read from here from now on. */
  from(left: Rows, right: Rows): void {
    this.write();
    this.#left = left;
    this.#right = right;
  }

  /**
   * As `row`, and its cells are written with those of others, column by column: for who calls `write` or `send` before any of the rows
   * changes, and nothing but this between.
   */
  rowLater(left: number, right: number, time: number, watermark: number, change: Change = INSERT): void {
    const at = this.#pending++;
    this.#lefts[at] = left;
    this.#rights[at] = right;
    if (left === NO_ROW) this.#leftsWhole = false;
    if (right === NO_ROW) this.#rightsWhole = false;
    this.end(time, watermark, change);
  }

  /** Copies the cells of all rows of `rowLater`. */
  write(): void {
    const count = this.#pending;
    if (count === 0) return;
    this.#pending = 0;
    this.#gather(this.#lefts, this.#rights, count);
    this.#leftsWhole = true;
    this.#rightsWhole = true;
  }

  #gather(lefts: Int32Array, rights: Int32Array, count: number): void {
    const { columns } = this.#builder;
    for (let c = 0; c < this.#indexes.length; c++) {
      const builder = columns[c];
      if (builder === undefined) continue;
      const isLeft = this.#isLeft[c] === 1;
      const rows = isLeft ? this.#left : this.#right;
      const ids = isLeft ? lefts : rights;
      const index = this.#indexes[c] as number;
      if (isLeft ? this.#leftsWhole : this.#rightsWhole) rows.gather(ids, count, index, builder);
      else
        for (let k = 0; k < count; k++) {
          const id = ids[k] as number;
          if (id === NO_ROW) builder.pushNull();
          else rows.emit(id, index, builder);
        }
    }
  }

  /**
   * `count` rows together, all inserts and none padded.
   * @param times event times (ms) by pair; null where the rows have none
   * @param watermarks the one in force before each; null without times
   */
  pairs(
    lefts: Int32Array,
    rights: Int32Array,
    times: Float64Array | null,
    watermarks: Float64Array | null,
    count: number,
  ): void {
    this.write();
    for (let from = 0; from < count; ) {
      const to = Math.min(count, from + OUTPUT_ROWS - this.#builder.length);
      this.#gather(lefts.subarray(from, to), rights.subarray(from, to), to - from);
      this.#builder.endRows(
        times?.subarray(from, to) ?? null,
        watermarks?.subarray(from, to) ?? null,
        to - from,
      );
      if (this.#builder.length >= OUTPUT_ROWS) this.send();
      from = to;
    }
  }

  /**
   * Rows of a batch of which none has two partners: its columns stay as they are, and those of the partners come beside them.
   * @param side of the batch
   * @param partners by position, rows of `other`; NO_ROW where there is none, if `padded`
   * @param given positions of the rows that are given, ascending; the receiver's
   * @param times event times (ms) by position; null where the rows have none
   */
  inPlace(
    batch: Batch,
    side: Side,
    other: RowStore,
    partners: Int32Array,
    given: Int32Array,
    count: number,
    times: Float64Array | null,
    padded: boolean,
  ): void {
    this.send();
    const own = side === LEFT ? 1 : 0;
    const columns = Array.from(this.#indexes, (index, c): Column => {
      const column = batch.columns[index];
      if (this.#isLeft[c] === own && column !== undefined) return column;
      return other.spread(partners, given, count, index, batch.length, padded);
    });
    const watermarks = times === null ? null : batch.watermarks;
    this.#context.emit('out', { ...batch, columns, selection: given, count, times, watermarks });
  }

  /**
   * One row. Ids are of the sides' rows, `NO_ROW` for a side that is padded with NULLs.
   * @param time event time, ms
   * @param watermark in force just before it
   */
  row(left: number, right: number, time: number, watermark: number, change: Change = INSERT): void {
    this.cells(left, right);
    this.end(time, watermark, change);
  }

  /** The same in two steps, where an operator has columns of its own behind those of the sides. */
  cells(left: number, right: number): void {
    const { columns } = this.#builder;
    const indexes = this.#indexes;
    for (let c = 0; c < indexes.length; c++) {
      const builder = columns[c];
      if (builder === undefined) continue;
      const isLeft = this.#isLeft[c] === 1;
      const id = isLeft ? left : right;
      if (id === NO_ROW) builder.pushNull();
      else (isLeft ? this.#left : this.#right).emit(id, indexes[c] as number, builder);
    }
  }

  /** A number for the `at`-th column behind those of the sides. */
  extra(at: number, value: number): void {
    this.#builder.columns[this.#indexes.length + at]?.pushNumber(value);
  }

  end(time: number, watermark: number, change: Change): void {
    this.#builder.endRow(time, watermark, change);
    if (this.#builder.length >= OUTPUT_ROWS) this.send();
  }

  send(): void {
    this.write();
    if (this.#builder.length > 0) this.#context.emit('out', this.#builder.take(this.#context.clock.now()));
  }
}
