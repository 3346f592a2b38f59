/** Functions that keep all values: COLLECT and LISTAGG, and FIRST_VALUE and LAST_VALUE where values are taken back. */
import type { ColumnBuilder } from '../batch/builder.ts';
import { type Column, valueAt } from '../batch/column.ts';
import type { DataType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import type { StateData } from '../state/snapshot.ts';
import { type Accumulator, isNullAt } from './accumulator.ts';
import { ValueBag, type ValueBagData } from './value-bag.ts';

/** A value and its number; where values are taken back, an entry of a map too. */
const VALUE_BYTES = 24;
const RETRACT_BYTES = 96;

export class Bags implements Accumulator {
  readonly #type: DataType;
  readonly #retract: boolean;
  readonly #result: (bag: ValueBag) => Value;
  /** What an empty slot gives. */
  readonly #empty: Value;
  readonly #bags: (ValueBag | undefined)[] = [];
  #clock = 0;
  #held = 0;
  readonly slotBytes = 48;

  constructor(type: DataType, retract: boolean, empty: Value, result: (bag: ValueBag) => Value) {
    this.#type = type;
    this.#retract = retract;
    this.#empty = empty;
    this.#result = result;
  }
  get heldBytes(): number {
    return this.#held;
  }
  #bytesOf(bag: ValueBag | undefined): number {
    return bag === undefined ? 0 : bag.held * (this.#retract ? RETRACT_BYTES : VALUE_BYTES) + bag.heldBytes;
  }
  grow(): void {}
  reset(slot: number): void {
    this.#held -= this.#bytesOf(this.#bags[slot]);
    this.#bags[slot] = undefined;
  }
  #bag(slot: number): ValueBag {
    let bag = this.#bags[slot];
    if (bag === undefined) {
      bag = new ValueBag(this.#retract);
      this.#bags[slot] = bag;
    }
    return bag;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (isNullAt(column, row)) continue;
      const bag = this.#bag(slots[k] as number);
      this.#held -= this.#bytesOf(bag);
      bag.add(valueAt(column, this.#type, row), this.#clock++);
      this.#held += this.#bytesOf(bag);
    }
  }
  retract(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (isNullAt(column, row)) continue;
      const bag = this.#bag(slots[k] as number);
      this.#held -= this.#bytesOf(bag);
      bag.remove(valueAt(column, this.#type, row));
      this.#held += this.#bytesOf(bag);
    }
  }
  merge(into: number, from: number): void {
    const source = this.#bags[from];
    if (source === undefined) return;
    const bag = this.#bag(into);
    this.#held -= this.#bytesOf(bag);
    bag.merge(source);
    this.#held += this.#bytesOf(bag);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    const bag = this.#bags[slot];
    builder.push(bag === undefined || bag.size === 0 ? this.#empty : this.#result(bag));
  }
  snapshot(): StateData {
    return [Array.from(this.#bags, (bag) => bag?.snapshot() ?? null), this.#clock];
  }
  restore(data: StateData): void {
    const [bags, clock] = data as unknown as readonly [readonly (ValueBagData | null)[], number];
    this.#clock = clock;
    bags.forEach((held, slot) => {
      if (held === null) return;
      const bag = this.#bag(slot);
      bag.restore(held);
      this.#held += this.#bytesOf(bag);
    });
  }
}
