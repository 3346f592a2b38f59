/** Values of one slot in the order in which they came, of which any can be taken back: the earliest that is equal goes. */
import type { Value } from '../contract/values.ts';
import type { Snapshots } from '../state/snapshot.ts';
import { heapBytes } from '../state/value-bytes.ts';
import { type Key, keyOf } from './accumulator.ts';

/** Values, when they came, and debts. */
export type ValueBagData = readonly [
  readonly Value[],
  readonly number[],
  readonly (readonly [Key, number])[],
];

/** Places of equal values, ascending; those before `from` are gone. */
interface Places {
  readonly at: number[];
  from: number;
}

export class ValueBag implements Snapshots<ValueBagData> {
  #values: Value[] = [];
  /** When each came, counted over all bags. */
  #order: number[] = [];
  /** Only where values are taken back: −1 in `order` says that a place is empty. */
  readonly #places: Map<Key, Places> | null;
  /** Values taken back before they came: the next that is equal does not stay. */
  readonly #debts = new Map<Key, number>();
  #live = 0;
  /** Of the values, beside their places. */
  heldBytes = 0;
  /** Before `#head` and from `#tail` on, all places are empty. */
  #head = 0;
  #tail = 0;

  constructor(retract: boolean) {
    this.#places = retract ? new Map() : null;
  }

  get size(): number {
    return this.#live;
  }
  /** Places held, empty ones included. */
  get held(): number {
    return this.#values.length + this.#debts.size;
  }

  add(value: Value, order: number): void {
    if (this.#places !== null) {
      const key = keyOf(value);
      const debt = this.#debts.get(key) ?? 0;
      if (debt > 0) {
        if (debt === 1) this.#debts.delete(key);
        else this.#debts.set(key, debt - 1);
        return;
      }
      this.#note(key, this.#values.length);
    }
    if (this.#live === 0) this.#head = this.#values.length;
    this.#values.push(value);
    this.heldBytes += heapBytes(value);
    this.#order.push(order);
    this.#tail = this.#values.length;
    this.#live++;
  }

  #note(key: Key, at: number): void {
    const places = this.#places?.get(key);
    if (places === undefined) this.#places?.set(key, { at: [at], from: 0 });
    else places.at.push(at);
  }

  remove(value: Value): void {
    const key = keyOf(value);
    const places = this.#places?.get(key);
    if (places === undefined) {
      this.#debts.set(key, (this.#debts.get(key) ?? 0) + 1);
      return;
    }
    const at = places.at[places.from++] as number;
    if (places.from === places.at.length) this.#places?.delete(key);
    this.#order[at] = -1;
    this.heldBytes -= heapBytes(this.#values[at] ?? null);
    this.#values[at] = null;
    this.#live--;
    while (this.#head < this.#tail && this.#order[this.#head] === -1) this.#head++;
    while (this.#tail > this.#head && this.#order[this.#tail - 1] === -1) this.#tail--;
    if (this.#values.length > 32 && this.#live < this.#values.length / 2) this.#compact();
  }

  first(): Value {
    return this.#live === 0 ? null : (this.#values[this.#head] ?? null);
  }
  last(): Value {
    return this.#live === 0 ? null : (this.#values[this.#tail - 1] ?? null);
  }
  values(): Value[] {
    return this.#live === this.#values.length
      ? this.#values.slice()
      : this.#values.filter((_, at) => this.#order[at] !== -1);
  }

  /** Adds what another holds; afterwards all stand in the order in which they came. */
  merge(other: ValueBag): void {
    const newest = this.#order[this.#tail - 1] ?? -1;
    const oldest = other.#order[other.#head] ?? Infinity;
    other.#values.forEach((value, at) => {
      const order = other.#order[at] as number;
      if (order !== -1) this.add(value, order);
    });
    for (const [key, debt] of other.#debts) this.#debts.set(key, (this.#debts.get(key) ?? 0) + debt);
    if (oldest < newest) this.#compact();
  }

  snapshot(): ValueBagData {
    return [this.values(), this.#order.filter((order) => order !== -1), [...this.#debts]];
  }
  restore([values, order, debts]: ValueBagData): void {
    values.forEach((value, at) => {
      this.add(value, order[at] as number);
    });
    for (const [key, debt] of debts) this.#debts.set(key, debt);
  }

  /** Drops empty places, and sorts. */
  #compact(): void {
    const entries = this.#values
      .map((value, at) => ({ value, order: this.#order[at] as number }))
      .filter(({ order }) => order !== -1)
      .sort((a, b) => a.order - b.order);
    this.#values = entries.map((e) => e.value);
    this.#order = entries.map((e) => e.order);
    this.#head = 0;
    this.#tail = entries.length;
    if (this.#places === null) return;
    this.#places.clear();
    entries.forEach(({ value }, at) => {
      this.#note(keyOf(value), at);
    });
  }
}
