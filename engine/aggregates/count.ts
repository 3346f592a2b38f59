import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import type { StateData } from '../state/snapshot.ts';
import { type Accumulator, isNullAt, type Key, keyAt, largerFloats } from './accumulator.ts';
import { HeldKeys } from './held-keys.ts';
import { keptCounts, restoredCounts } from './row-counts.ts';

/** COUNT(*). */
export class CountAll implements Accumulator {
  protected counts = new Float64Array(0);
  readonly slotBytes = 8;
  readonly heldBytes = 0;

  grow(capacity: number): void {
    this.counts = largerFloats(this.counts, capacity);
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
  updateOne(
    slot: number,
    _selection: Int32Array | null,
    from: number,
    to: number,
    _column: Column | null,
  ): void {
    this.counts[slot] = (this.counts[slot] as number) + (to - from);
  }
  retract(slots: Int32Array, _rows: Int32Array, count: number, _column: Column | null): void {
    for (let k = 0; k < count; k++) this.#add(slots[k] as number, -1);
  }
  merge(into: number, from: number): void {
    this.#add(into, this.counts[from] ?? 0);
  }
  #add(slot: number, count: number): void {
    this.counts[slot] = (this.counts[slot] ?? 0) + count;
  }
  emit(slot: number, builder: ColumnBuilder): void {
    builder.pushNumber(this.counts[slot] ?? 0);
  }
  snapshot(rows: Float64Array | null): StateData {
    return keptCounts(this.counts, rows);
  }
  restore(data: StateData, rows: Float64Array | null): void {
    this.counts = restoredCounts(data as Float64Array | null, rows);
  }
}

/** COUNT(x): rows where x is not NULL. */
export class CountPresent extends CountAll {
  override update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#count(slots, rows, count, column, 1);
  }
  override retract(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#count(slots, rows, count, column, -1);
  }
  override updateOne(
    slot: number,
    selection: Int32Array | null,
    from: number,
    to: number,
    column: Column | null,
  ): void {
    const validity = column?.validity ?? null;
    if (validity === null) {
      super.updateOne(slot, selection, from, to, column);
      return;
    }
    let present = 0;
    for (let k = from; k < to; k++)
      present += validity[selection === null ? k : (selection[k] as number)] as number;
    this.counts[slot] = (this.counts[slot] as number) + present;
  }
  #count(slots: Int32Array, rows: Int32Array, count: number, column: Column | null, sign: number): void {
    const validity = column?.validity ?? null;
    const { counts } = this;
    for (let k = 0; k < count; k++) {
      if (validity !== null && validity[rows[k] as number] === 0) continue;
      const slot = slots[k] as number;
      counts[slot] = (counts[slot] as number) + sign;
    }
  }
}

/** COUNT(DISTINCT x): exact; a set per slot. */
export class CountDistinct implements Accumulator {
  readonly #sets: (Set<Key> | undefined)[] = [];
  /** Of the sets: to ask each costs as much as to add to it. */
  #sizes = new Float64Array(0);
  readonly #held = new HeldKeys();
  readonly slotBytes = 40;

  get heldBytes(): number {
    return this.#held.bytes;
  }
  grow(capacity: number): void {
    this.#sizes = largerFloats(this.#sizes, capacity);
  }
  reset(slot: number): void {
    this.#held.reset(slot);
    this.#sets[slot] = undefined;
    this.#sizes[slot] = 0;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (isNullAt(column, row)) continue;
      this.#add(slots[k] as number, keyAt(column, row));
    }
  }
  #add(slot: number, key: Key): void {
    const set = this.#set(slot);
    if (set.has(key)) return;
    set.add(key);
    this.#sizes[slot] = (this.#sizes[slot] as number) + 1;
    this.#held.add(slot, key);
  }
  #set(slot: number): Set<Key> {
    let set = this.#sets[slot];
    if (set === undefined) {
      set = new Set();
      this.#sets[slot] = set;
    }
    return set;
  }
  merge(into: number, from: number): void {
    for (const key of this.#sets[from] ?? []) this.#add(into, key);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    builder.pushNumber(this.#sizes[slot] ?? 0);
  }
  snapshot(): StateData {
    return Array.from(this.#sets, (set) => (set === undefined ? null : [...set]));
  }
  restore(data: StateData): void {
    (data as readonly (readonly Key[] | null)[]).forEach((keys, slot) => {
      for (const key of keys ?? []) this.#add(slot, key);
    });
  }
}

/** The same where values are taken back: how often each is there. */
export class CountDistinctRetract implements Accumulator {
  readonly #counts: (Map<Key, number> | undefined)[] = [];
  /** Of these, those above 0: a value may be taken back before it comes. */
  #present = new Float64Array(0);
  readonly #held = new HeldKeys();
  readonly slotBytes = 32;

  get heldBytes(): number {
    return this.#held.bytes;
  }
  grow(capacity: number): void {
    this.#present = largerFloats(this.#present, capacity);
  }
  reset(slot: number): void {
    this.#held.reset(slot);
    this.#counts[slot] = undefined;
    this.#present[slot] = 0;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#take(slots, rows, count, column, 1);
  }
  retract(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    this.#take(slots, rows, count, column, -1);
  }
  #take(slots: Int32Array, rows: Int32Array, count: number, column: Column | null, by: number): void {
    if (column === null) return;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (!isNullAt(column, row)) this.#add(slots[k] as number, keyAt(column, row), by);
    }
  }
  #add(slot: number, key: Key, by: number): void {
    let counts = this.#counts[slot];
    if (counts === undefined) {
      counts = new Map();
      this.#counts[slot] = counts;
    }
    const before = counts.get(key) ?? 0;
    const after = before + by;
    if (after === 0) {
      counts.delete(key);
      this.#held.remove(slot, key);
    } else {
      if (before === 0) this.#held.add(slot, key);
      counts.set(key, after);
    }
    this.#present[slot] = (this.#present[slot] as number) + Number(after > 0) - Number(before > 0);
  }
  merge(into: number, from: number): void {
    for (const [key, count] of this.#counts[from] ?? []) this.#add(into, key, count);
  }
  emit(slot: number, builder: ColumnBuilder): void {
    builder.pushNumber(this.#present[slot] ?? 0);
  }
  snapshot(): StateData {
    return Array.from(this.#counts, (counts) => (counts === undefined ? null : [...counts]));
  }
  restore(data: StateData): void {
    (data as readonly (readonly (readonly [Key, number])[] | null)[]).forEach((counts, slot) => {
      for (const [key, count] of counts ?? []) this.#add(slot, key, count);
    });
  }
}
