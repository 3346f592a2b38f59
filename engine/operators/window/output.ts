/** The rows that windows give: keys, bounds, which firing it is, aggregates. */
import type { GroupingKeys } from '../../aggregates/grouping/keys.ts';
import type { Slots } from '../../aggregates/slots.ts';
import { type Batch, NO_WATERMARK } from '../../batch/batch.ts';
import type { ColumnBuilder } from '../../batch/builder.ts';
import { type Change, INSERT } from '../../batch/changes.ts';
import { OUTPUT_ROWS, OutputBuilder } from '../../batch/output.ts';
import type { Timing } from '../../progress/triggers.ts';
import type { RowStore } from '../../state/row-store.ts';
import type { WindowPlan } from './plan.ts';

/** One firing of a window. */
export interface Firing {
  readonly slot: number;
  readonly start: number;
  readonly end: number;
  readonly timing: Timing;
  readonly index: number;
  readonly last: boolean;
}

/** What of an operator's context it needs. */
interface Target {
  readonly clock: { now(): number };
  emit(port: string, batch: Batch): void;
}

export class WindowOutput {
  readonly #plan: WindowPlan;
  readonly #keys: GroupingKeys;
  readonly #slots: Slots;
  readonly #target: Target;
  readonly #builder: OutputBuilder;
  readonly #aggregates: readonly ColumnBuilder[];
  /** The watermark in force for rows pushed from now on. */
  watermark = NO_WATERMARK;

  constructor(plan: WindowPlan, keys: GroupingKeys, slots: Slots, target: Target) {
    this.#plan = plan;
    this.#keys = keys;
    this.#slots = slots;
    this.#target = target;
    this.#builder = new OutputBuilder(plan.fields, plan.accumulation === 'retracting');
    this.#aggregates = this.#builder.columns.slice(plan.fields.length - plan.aggregates.length);
  }

  /** A window that fires once, or always with all that it holds. */
  push(slot: number, start: number, end: number): void {
    this.#keys.emit(this.#slots.keys[slot] as number, this.#builder.columns);
    this.#bounds(start, end, this.#builder.columns, this.#plan.keyFields);
    this.#values(slot, this.#aggregates);
    this.#end(end, INSERT);
  }

  pushFiring(firing: Firing): void {
    const { columns } = this.#builder;
    this.#keys.emit(this.#slots.keys[firing.slot] as number, columns);
    const at = this.#bounds(firing.start, firing.end, columns, this.#plan.keyFields);
    if (this.#plan.pane) pushPane(firing, columns, at);
    this.#values(firing.slot, this.#aggregates);
    this.#end(firing.end, INSERT);
  }

  /** Writes what `pushFiring` would, without the keys. @param columns one per field behind the keys */
  writeFiring(firing: Firing, columns: readonly ColumnBuilder[]): void {
    const at = this.#bounds(firing.start, firing.end, columns, 0);
    if (this.#plan.pane) pushPane(firing, columns, at);
    this.#values(firing.slot, columns.slice(columns.length - this.#plan.aggregates.length));
  }

  /** A row that `writeFiring` wrote and somebody kept. */
  pushKept(key: number, rows: RowStore, id: number, end: number, change: Change): void {
    const { columns } = this.#builder;
    this.#keys.emit(key, columns);
    for (let c = this.#plan.keyFields; c < columns.length; c++)
      rows.emit(id, c - this.#plan.keyFields, columns[c] as ColumnBuilder);
    this.#end(end, change);
  }

  /** Returns the column after those it wrote. */
  #bounds(start: number, end: number, columns: readonly ColumnBuilder[], from: number): number {
    if (!this.#plan.bounds) return from;
    (columns[from] as ColumnBuilder).pushNumber(start);
    (columns[from + 1] as ColumnBuilder).pushNumber(end);
    if (!this.#plan.windowTime) return from + 2;
    (columns[from + 2] as ColumnBuilder).pushNumber(end - 1);
    return from + 3;
  }

  #values(slot: number, builders: readonly ColumnBuilder[]): void {
    const { accumulators } = this.#slots;
    for (let a = 0; a < accumulators.length; a++) accumulators[a]?.emit(slot, builders[a] as ColumnBuilder);
  }

  #end(end: number, change: Change): void {
    this.#builder.endRow(this.#plan.eventTime ? end - 1 : Number.NaN, this.watermark, change);
    if (this.#builder.length >= OUTPUT_ROWS) this.send();
  }

  send(): void {
    if (this.#builder.length > 0) this.#target.emit('out', this.#builder.take(this.#target.clock.now()));
  }
}

function pushPane({ timing, index, last }: Firing, columns: readonly ColumnBuilder[], at: number): void {
  columns[at]?.pushString(timing);
  columns[at + 1]?.pushNumber(index);
  columns[at + 2]?.pushNumber(index === 0 ? 1 : 0);
  columns[at + 3]?.pushNumber(last ? 1 : 0);
}
