/** The aggregates of an operator: their accumulators, and what each reads of a batch. */
import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import type { Accumulator } from './accumulator.ts';
import { createAccumulator } from './create.ts';
import { type AggregateColumns, aggregateColumns, type PlannedAggregate } from './plan.ts';
import { ADD, EMIT_AFTER, EMIT_BEFORE, RESET, RETRACT, type Script } from './script.ts';

export class AggregateSet {
  readonly accumulators: readonly Accumulator[];
  readonly #reads: readonly AggregateColumns[];
  #arguments: (Column | null)[] = [];
  #filters: (Column | null)[] = [];
  /** Rows that pass a filter. */
  #slots = new Int32Array(0);
  #rows = new Int32Array(0);

  /** @param width columns of the input, before those of `aggregateNeeds` */
  constructor(aggregates: readonly PlannedAggregate[], width: number) {
    this.accumulators = aggregates.map(createAccumulator);
    this.#reads = aggregateColumns(aggregates, width);
  }

  /** The columns that the rows of the next calls stand in: those of the input, then those of `aggregateNeeds`. */
  bind(columns: readonly (Column | undefined)[]): void {
    const columnAt = (index: number | null): Column | null =>
      index === null ? null : (columns[index] ?? null);
    this.#arguments = this.#reads.map((read) => columnAt(read.argument));
    this.#filters = this.#reads.map((read) => columnAt(read.filter));
  }

  /** Lets the columns go. */
  unbind(): void {
    this.bind([]);
  }

  /** Row `rows[k]` goes to `slots[k]`, for k in [0, count). */
  update(slots: Int32Array, rows: Int32Array, count: number): void {
    for (let a = 0; a < this.accumulators.length; a++) {
      const accumulator = this.accumulators[a] as Accumulator;
      const column = this.#arguments[a] as Column | null;
      const filter = this.#filters[a] as Column | null;
      if (filter === null) {
        accumulator.update(slots, rows, count, column);
        continue;
      }
      // First: it may put other arrays in place of these.
      const passed = this.#pass(filter, slots, rows, count);
      accumulator.update(this.#slots, this.#rows, passed, column);
    }
  }

  /** Takes rows back: where the aggregates were planned so. */
  retract(slots: Int32Array, rows: Int32Array, count: number): void {
    for (let a = 0; a < this.accumulators.length; a++) {
      const accumulator = this.accumulators[a] as Accumulator;
      const column = this.#arguments[a] as Column | null;
      const filter = this.#filters[a] as Column | null;
      if (filter === null) {
        accumulator.retract?.(slots, rows, count, column);
        continue;
      }
      // First: it may put other arrays in place of these.
      const passed = this.#pass(filter, slots, rows, count);
      accumulator.retract?.(this.#slots, this.#rows, passed, column);
    }
  }

  /** Rows that all go to one slot: `selection[k]` (or k itself where null), for k in [from, to). */
  updateOne(slot: number, selection: Int32Array | null, from: number, to: number): void {
    for (let a = 0; a < this.accumulators.length; a++) {
      const accumulator = this.accumulators[a] as Accumulator;
      const column = this.#arguments[a] as Column | null;
      const filter = this.#filters[a] as Column | null;
      if (filter === null && accumulator.updateOne !== undefined) {
        accumulator.updateOne(slot, selection, from, to, column);
        continue;
      }
      const count = this.#passOne(filter, slot, selection, from, to);
      accumulator.update(this.#slots, this.#rows, count, column);
    }
  }

  /** Follows a script; what it emits goes to the builder of each aggregate. */
  run(script: Script, builders: readonly ColumnBuilder[]): void {
    const slot = new Int32Array(1);
    const row = new Int32Array(1);
    for (let a = 0; a < this.accumulators.length; a++) {
      const accumulator = this.accumulators[a] as Accumulator;
      const column = this.#arguments[a] as Column | null;
      const filter = this.#filters[a] as Column | null;
      const builder = builders[a] as ColumnBuilder;
      for (let k = 0; k < script.length; k++) {
        const bits = script.bits[k] as number;
        const own = script.slots[k] as number;
        if ((bits & EMIT_BEFORE) !== 0) accumulator.emit(own, builder);
        if ((bits & RESET) !== 0) accumulator.reset(own);
        if ((bits & (ADD | RETRACT)) !== 0) {
          slot[0] = own;
          row[0] = script.rows[k] as number;
          if (filter === null || passes(filter, row[0])) {
            if ((bits & RETRACT) !== 0) accumulator.retract?.(slot, row, 1, column);
            if ((bits & ADD) !== 0) accumulator.update(slot, row, 1, column);
          }
        }
        if ((bits & EMIT_AFTER) !== 0) accumulator.emit(own, builder);
      }
    }
  }

  #room(count: number): void {
    if (this.#rows.length >= count) return;
    this.#rows = new Int32Array(count);
    this.#slots = new Int32Array(count);
  }

  #pass(filter: Column, slots: Int32Array, rows: Int32Array, count: number): number {
    this.#room(count);
    let passed = 0;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (!passes(filter, row)) continue;
      this.#slots[passed] = slots[k] as number;
      this.#rows[passed++] = row;
    }
    return passed;
  }

  #passOne(
    filter: Column | null,
    slot: number,
    selection: Int32Array | null,
    from: number,
    to: number,
  ): number {
    this.#room(to - from);
    let passed = 0;
    for (let k = from; k < to; k++) {
      const row = selection === null ? k : (selection[k] as number);
      if (filter === null || passes(filter, row)) this.#rows[passed++] = row;
    }
    this.#slots.fill(slot, 0, passed);
    return passed;
  }
}

/** TRUE: neither FALSE nor NULL. */
const passes = (filter: Column, row: number): boolean =>
  filter.values[row] === 1 && (filter.validity === null || filter.validity[row] === 1);
