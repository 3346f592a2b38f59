/** The rows that leave: the input's fields, then a column a function. Aggregates are computed for many rows at once, at the end. */
import { AggregateSet } from '../../aggregates/aggregate-set.ts';
import { ADD, EMIT_AFTER, RESET, RETRACT, Script } from '../../aggregates/script.ts';
import type { Batch } from '../../batch/batch.ts';
import { ColumnBuilder } from '../../batch/builder.ts';
import type { Column } from '../../batch/column.ts';
import { OutputBuilder } from '../../batch/output.ts';
import type { Field } from '../../contract/types.ts';
import type { Partitions } from './partitions.ts';
import { aggregatesOf, type OverPlan, readColumns, shiftColumns } from './plan.ts';
import { NONE, type OverRows } from './rows.ts';

type Shift = { readonly argument: number; readonly fallback: number | null } | null;

export class OverOutput {
  readonly set: AggregateSet;
  readonly #plan: OverPlan;
  readonly #width: number;
  readonly #rows: OverRows;
  readonly #partitions: Partitions;
  readonly #script = new Script();
  readonly #out: OutputBuilder;
  /** Columns that aggregates read, and the values of the rows in the script. */
  readonly #reads: readonly number[];
  readonly #arguments: readonly ColumnBuilder[];
  readonly #shifts: readonly Shift[];
  #read = 0;

  /** @param stored the fields of kept rows: the input's, `width` of them, and those computed for this node */
  constructor(
    plan: OverPlan,
    stored: readonly Field[],
    width: number,
    fields: readonly Field[],
    rows: OverRows,
    partitions: Partitions,
  ) {
    this.#plan = plan;
    this.#width = width;
    this.#rows = rows;
    this.#partitions = partitions;
    this.set = new AggregateSet(aggregatesOf(plan.functions), width);
    this.#out = new OutputBuilder(fields, false);
    this.#reads = readColumns(plan.functions, width);
    this.#arguments = this.#reads.map((c) => new ColumnBuilder((stored[c] as Field).type, null, 64));
    this.#shifts = shiftColumns(plan.functions, width);
  }

  /** Rows that wait to be sent. */
  get length(): number {
    return this.#out.length;
  }

  add(slot: number, id: number): void {
    this.#step(slot, id, ADD);
  }
  retract(slot: number, id: number): void {
    this.#step(slot, id, RETRACT);
  }
  reset(slot: number): void {
    this.#script.push(slot, 0, RESET);
  }

  #step(slot: number, id: number, bits: number): void {
    for (let a = 0; a < this.#reads.length; a++)
      this.#rows.store.emit(id, this.#reads[a] as number, this.#arguments[a] as ColumnBuilder);
    this.#script.push(slot, this.#read++, bits);
  }

  /** @param watermark the one in force just before this row */
  row(slot: number, id: number, watermark: number): void {
    const { store } = this.#rows;
    const { columns } = this.#out;
    for (let c = 0; c < this.#width; c++) store.emit(id, c, columns[c] as ColumnBuilder);
    this.#plan.functions.forEach((f, i) => {
      const column = columns[this.#width + i] as ColumnBuilder;
      if (f.kind === 'row-number') column.pushNumber(this.#partitions.passed[slot] as number);
      else if (f.kind === 'rank') column.pushNumber(this.#partitions.rank[slot] as number);
      else if (f.kind === 'dense-rank') column.pushNumber(this.#partitions.dense[slot] as number);
      else if (f.kind === 'shift') this.#shift(id, f.by, this.#shifts[i] ?? null, column);
    });
    this.#script.push(slot, 0, EMIT_AFTER);
    this.#out.endRow(store.time(id), watermark);
  }

  #shift(id: number, by: number, shift: Shift, column: ColumnBuilder): void {
    const { next, previous, store } = this.#rows;
    const link = by < 0 ? previous : next;
    let at = id;
    for (let n = Math.abs(by); n > 0 && at !== NONE; n--) at = link[at] as number;
    if (shift === null) return;
    if (at !== NONE) store.emit(at, shift.argument, column);
    else if (shift.fallback !== null) store.emit(id, shift.fallback, column);
    else column.pushNull();
  }

  /** Follows what was written down, and gives the rows; null: none. */
  take(ingestedAt: number): Batch | null {
    if (this.#script.length === 0) return null;
    const columns: Column[] = [];
    this.#reads.forEach((c, a) => {
      columns[c] = (this.#arguments[a] as ColumnBuilder).take();
    });
    const builders = this.#plan.functions.flatMap((f, i) =>
      f.kind === 'aggregate' ? [this.#out.columns[this.#width + i] as ColumnBuilder] : [],
    );
    this.set.bind(columns);
    this.set.run(this.#script, builders);
    this.set.unbind();
    this.#script.clear();
    this.#read = 0;
    return this.#out.length === 0 ? null : this.#out.take(ingestedAt);
  }
}
