/**
 * Aggregates as columns of a table: one accumulator per aggregate, indexed by slot (a key in a pane or session).
 * Updated a run of rows at a time, so that each loop touches one column of input and one of state.
 */
import type { ColumnBuilder } from '../../batch/builder.ts';
import type { Column } from '../../batch/column.ts';
import { problem, WeirError } from '../../contract/problems.ts';
import type { DataType } from '../../contract/types.ts';
import { compareStrings } from '../../expressions/index.ts';
import type { PlannedAggregate } from './plan.ts';

export interface Accumulator {
  /** Room for `capacity` slots. */
  grow(capacity: number): void;
  /** Makes a slot empty. */
  reset(slot: number): void;
  /** Row `rows[k]` of `column` goes to `slots[k]`, for k in [0, count). */
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void;
  /**
   * The same for rows that all go to one slot: `selection[k]` (or k itself where null), for k in [from, to). Absent: `update`
   * is as good.
   */
  updateOne?(
    slot: number,
    selection: Int32Array | null,
    from: number,
    to: number,
    column: Column | null,
  ): void;
  /** Adds what `from` holds to `into`. */
  merge(into: number, from: number): void;
  emit(slot: number, builder: ColumnBuilder): void;
  /** Bytes a slot, roughly. */
  readonly slotBytes: number;
}

export function createAccumulator(aggregate: PlannedAggregate): Accumulator {
  const type = aggregate.argument?.type;
  switch (aggregate.function) {
    case 'count':
      return type === undefined ? new CountAll() : new CountPresent();
    case 'count-distinct':
      return new CountDistinct();
    case 'sum':
      return new Sum(aggregate.field.type, false);
    case 'avg':
      return new Sum(aggregate.field.type, true);
    case 'min':
      return type?.kind === 'STRING' ? new ExtremeString(-1) : new Extreme(Infinity, Math.min, type);
    case 'max':
      return type?.kind === 'STRING' ? new ExtremeString(1) : new Extreme(-Infinity, Math.max, type);
  }
}

function larger(old: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(capacity);
  next.set(old);
  return next;
}

class CountAll implements Accumulator {
  protected counts = new Float64Array(0);
  readonly slotBytes = 8;

  grow(capacity: number): void {
    this.counts = larger(this.counts, capacity);
  }
  reset(slot: number): void {
    this.counts[slot] = 0;
  }
  update(slots: Int32Array, _rows: Int32Array, count: number, _column: Column | null): void {
    const { counts } = this;
    for (let k = 0; k < count; k++) {
      const slot = slots[k] as number;
      counts[slot] = (counts[slot] as number) + 1;
    }
  }
  merge(into: number, from: number): void {
    this.counts[into] = (this.counts[into] ?? 0) + (this.counts[from] ?? 0);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    builder.pushNumber(this.counts[slot] ?? 0);
  }
}

/** COUNT(x): rows where x is not NULL. */
class CountPresent extends CountAll {
  override update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    const validity = column?.validity ?? null;
    if (validity === null) {
      super.update(slots, rows, count, column);
      return;
    }
    const { counts } = this;
    for (let k = 0; k < count; k++) {
      const slot = slots[k] as number;
      counts[slot] = (counts[slot] as number) + (validity[rows[k] as number] as number);
    }
  }
}

/** COUNT(DISTINCT x): exact; a set per slot. */
class CountDistinct implements Accumulator {
  readonly #sets: (Set<number | string> | undefined)[] = [];
  readonly slotBytes = 64;

  grow(): void {}
  reset(slot: number): void {
    this.#sets[slot] = undefined;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] ?? 0;
      if (column.validity !== null && column.validity[row] === 0) continue;
      const raw = Number(column.values[row] ?? 0) + 0;
      this.#set(slots[k] ?? 0).add(column.kind === 'string' ? (column.table.strings[raw] ?? '') : raw);
    }
  }
  #set(slot: number): Set<number | string> {
    let set = this.#sets[slot];
    if (set === undefined) {
      set = new Set();
      this.#sets[slot] = set;
    }
    return set;
  }
  merge(into: number, from: number): void {
    const source = this.#sets[from];
    if (source === undefined) return;
    const set = this.#set(into);
    for (const value of source) set.add(value);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    builder.pushNumber(this.#sets[slot]?.size ?? 0);
  }
}

/** SUM and AVG. NULLs do not count; over only NULLs the result is NULL. */
class Sum implements Accumulator {
  readonly #type: DataType;
  readonly #average: boolean;
  #sums = new Float64Array(0);
  #counts = new Float64Array(0);
  readonly slotBytes = 16;

  constructor(type: DataType, average: boolean) {
    this.#type = type;
    this.#average = average;
  }
  grow(capacity: number): void {
    this.#sums = larger(this.#sums, capacity);
    this.#counts = larger(this.#counts, capacity);
  }
  reset(slot: number): void {
    this.#sums[slot] = 0;
    this.#counts[slot] = 0;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    const { values, validity } = column;
    const sums = this.#sums;
    const counts = this.#counts;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (validity !== null && validity[row] === 0) continue;
      const slot = slots[k] as number;
      sums[slot] = (sums[slot] as number) + (values[row] as number);
      counts[slot] = (counts[slot] as number) + 1;
    }
  }
  merge(into: number, from: number): void {
    this.#sums[into] = (this.#sums[into] ?? 0) + (this.#sums[from] ?? 0);
    this.#counts[into] = (this.#counts[into] ?? 0) + (this.#counts[from] ?? 0);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const sum = this.#sums[slot] ?? 0;
    const count = this.#counts[slot] ?? 0;
    if (count === 0) builder.pushNull();
    else builder.pushNumber(this.#result(sum, count));
  }
  #result(sum: number, count: number): number {
    if (this.#type.kind === 'DOUBLE') return this.#average ? sum / count : sum;
    if (!Number.isSafeInteger(sum)) {
      throw new WeirError(
        problem('R-RECORD', {
          path: [],
          message: 'A sum went beyond what the engine carries exactly.',
          value: String(sum),
          expected: 'a sum within ±(2^53 − 1)',
          next: 'CAST the argument to DOUBLE.',
        }),
      );
    }
    if (this.#average) return Math.trunc(sum / count);
    // Flink sums INT in 32 bits, which wrap.
    return this.#type.kind === 'INT' ? sum | 0 : sum;
  }
}

/** MIN and MAX of numbers, times and booleans. NaN is passed over: it compares with nothing. */
class Extreme implements Accumulator {
  readonly #start: number;
  readonly #pick: (a: number, b: number) => number;
  readonly #isMax: boolean;
  readonly #mayBeNaN: boolean;
  #values = new Float64Array(0);
  #present = new Uint8Array(0);
  readonly slotBytes = 9;

  constructor(start: number, pick: (a: number, b: number) => number, type: DataType | undefined) {
    this.#start = start;
    this.#pick = pick;
    this.#isMax = start < 0;
    this.#mayBeNaN = type?.kind === 'DOUBLE';
  }
  grow(capacity: number): void {
    this.#values = larger(this.#values, capacity);
    const present = new Uint8Array(capacity);
    present.set(this.#present);
    this.#present = present;
  }
  reset(slot: number): void {
    this.#values[slot] = this.#start;
    this.#present[slot] = 0;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    const { values, validity } = column;
    const best = this.#values;
    const present = this.#present;
    const isMax = this.#isMax;
    // Rows of one slot mostly follow each other: its best stays in a local meanwhile.
    let slot = -1;
    let local = 0;
    let seen = 0;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (validity !== null && validity[row] === 0) continue;
      const next = slots[k] as number;
      if (next !== slot) {
        if (slot >= 0) {
          best[slot] = local;
          present[slot] = seen;
        }
        slot = next;
        local = best[slot] as number;
        seen = present[slot] as number;
      }
      const value = values[row] as number;
      if (isMax ? value >= local : value <= local) {
        local = value;
        seen = 1;
      } else if (!Number.isNaN(value)) {
        seen = 1;
      }
    }
    if (slot >= 0) {
      best[slot] = local;
      present[slot] = seen;
    }
  }
  updateOne(
    slot: number,
    selection: Int32Array | null,
    from: number,
    to: number,
    column: Column | null,
  ): void {
    if (column === null) return;
    const { values, validity } = column;
    const isMax = this.#isMax;
    let best = this.#values[slot] as number;
    if (validity === null && !this.#mayBeNaN && isMax) {
      // The plainest case has a loop of its own: nothing but the comparison is left in it.
      if (selection === null) for (let k = from; k < to; k++) best = Math.max(best, values[k] as number);
      else for (let k = from; k < to; k++) best = Math.max(best, values[selection[k] as number] as number);
      this.#values[slot] = best;
      if (to > from) this.#present[slot] = 1;
      return;
    }
    let seen = this.#present[slot] as number;
    for (let k = from; k < to; k++) {
      const row = selection === null ? k : (selection[k] as number);
      if (validity !== null && validity[row] === 0) continue;
      const value = values[row] as number;
      if (isMax ? value >= best : value <= best) {
        best = value;
        seen = 1;
      } else if (!Number.isNaN(value)) {
        seen = 1;
      }
    }
    this.#values[slot] = best;
    this.#present[slot] = seen;
  }
  merge(into: number, from: number): void {
    if (this.#present[from] === 0) return;
    this.#present[into] = 1;
    this.#values[into] = this.#pick(this.#values[into] ?? this.#start, this.#values[from] ?? this.#start);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    if (this.#present[slot] === 1) builder.pushNumber(this.#values[slot] ?? 0);
    else builder.pushNull();
  }
}

/** MIN (sign −1) and MAX (sign 1) of strings, by code point. */
class ExtremeString implements Accumulator {
  readonly #sign: number;
  readonly #values: (string | undefined)[] = [];
  readonly slotBytes = 48;

  constructor(sign: number) {
    this.#sign = sign;
  }
  grow(): void {}
  reset(slot: number): void {
    this.#values[slot] = undefined;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column?.kind !== 'string') return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] ?? 0;
      if (column.validity !== null && column.validity[row] === 0) continue;
      this.#take(slots[k] ?? 0, column.table.strings[column.values[row] ?? 0] ?? '');
    }
  }
  #take(slot: number, value: string): void {
    const best = this.#values[slot];
    if (best === undefined || compareStrings(value, best) * this.#sign > 0) this.#values[slot] = value;
  }
  merge(into: number, from: number): void {
    const value = this.#values[from];
    if (value !== undefined) this.#take(into, value);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    builder.push(this.#values[slot] ?? null);
  }
}
