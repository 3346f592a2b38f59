import { ColumnBuilder } from '../batch/builder.ts';
import { type Column, identityCodes, valueAt } from '../batch/column.ts';
import type { DataType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import type { StateData } from '../state/snapshot.ts';
import { type Accumulator, isNullAt, type Key, keyAt, keyOf } from './accumulator.ts';
import { HeldKeys } from './held-keys.ts';

interface Seen {
  readonly value: Value;
  /** How often it is there. Below 1 where it was taken back before it came. */
  count: number;
}

const ENTRY_BYTES = 96;

/** DISTINCT in front of any function: it sees a value when it comes first, and loses it when the last of its kind goes. */
export class Distinct implements Accumulator {
  readonly #inner: Accumulator;
  readonly #type: DataType;
  readonly #seen: (Map<Key, Seen> | undefined)[] = [];
  readonly #held = new HeldKeys(ENTRY_BYTES);
  #slots = new Int32Array(64);
  #rows = new Int32Array(64);

  constructor(inner: Accumulator, type: DataType) {
    this.#inner = inner;
    this.#type = type;
  }
  get slotBytes(): number {
    return this.#inner.slotBytes + 32;
  }
  get heldBytes(): number {
    return this.#inner.heldBytes + this.#held.bytes;
  }
  grow(capacity: number): void {
    this.#inner.grow(capacity);
  }
  reset(slot: number): void {
    this.#held.reset(slot);
    this.#seen[slot] = undefined;
    this.#inner.reset(slot);
  }
  #mapOf(slot: number): Map<Key, Seen> {
    let map = this.#seen[slot];
    if (map === undefined) {
      map = new Map();
      this.#seen[slot] = map;
    }
    return map;
  }
  update(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    const news = this.#passing(slots, rows, count, column, 1);
    this.#inner.update(this.#slots, this.#rows, news, column);
  }
  retract(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void {
    if (column === null) return;
    const gone = this.#passing(slots, rows, count, column, -1);
    this.#inner.retract?.(this.#slots, this.#rows, gone, column);
  }
  /** The rows that the function is to hear of: how many, in `#slots` and `#rows`. */
  #passing(slots: Int32Array, rows: Int32Array, count: number, column: Column, by: 1 | -1): number {
    if (this.#rows.length < count) {
      this.#rows = new Int32Array(count);
      this.#slots = new Int32Array(count);
    }
    let passing = 0;
    for (let k = 0; k < count; k++) {
      const row = rows[k] as number;
      if (isNullAt(column, row)) continue;
      const slot = slots[k] as number;
      if (!this.#count(slot, keyAt(column, row), by, column, row)) continue;
      this.#slots[passing] = slot;
      this.#rows[passing++] = row;
    }
    return passing;
  }
  /** Whether the value came to be there, or ceased to. */
  #count(slot: number, key: Key, by: number, column: Column, row: number): boolean {
    const map = this.#mapOf(slot);
    const seen = map.get(key);
    if (seen === undefined) {
      map.set(key, { value: valueAt(column, this.#type, row), count: by });
      this.#held.add(slot, key);
      return by > 0;
    }
    const before = seen.count;
    seen.count += by;
    if (seen.count === 0) {
      map.delete(key);
      this.#held.remove(slot, key);
    }
    return before > 0 !== seen.count > 0;
  }
  merge(into: number, from: number): void {
    const map = this.#mapOf(into);
    const builder = new ColumnBuilder(this.#type, null, 16);
    for (const [key, theirs] of this.#seen[from] ?? []) {
      const ours = map.get(key);
      if (ours === undefined) {
        map.set(key, { ...theirs });
        this.#held.add(into, key);
        if (theirs.count > 0) builder.push(theirs.value);
      } else {
        if (ours.count <= 0 && ours.count + theirs.count > 0) builder.push(theirs.value);
        ours.count += theirs.count;
      }
    }
    const count = builder.length;
    if (count > 0)
      this.#inner.update(new Int32Array(count).fill(into), identityCodes(count), count, builder.take());
  }
  emit(slot: number, builder: ColumnBuilder): void {
    this.#inner.emit(slot, builder);
  }
  snapshot(): StateData {
    const seen = Array.from(this.#seen, (map) =>
      map === undefined ? null : Array.from(map.values(), ({ value, count }) => [value, count]),
    );
    return [seen, this.#inner.snapshot(null)];
  }
  restore(data: StateData): void {
    const [seen, inner] = data as readonly [
      readonly (readonly (readonly [Value, number])[] | null)[],
      StateData,
    ];
    this.#inner.restore(inner, null);
    seen.forEach((entries, slot) => {
      if (entries === null) return;
      const map = new Map(entries.map(([value, count]) => [keyOf(value), { value, count }]));
      for (const key of map.keys()) this.#held.add(slot, key);
      this.#seen[slot] = map;
    });
  }
}
