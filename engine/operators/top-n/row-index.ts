/**
 * Finds kept rows of an updating input again, when they are taken back: by the input's key where it has one, else by all their values.
 * Equal rows stand in a chain, the newest first.
 */
import type { Batch } from '../../batch/batch.ts';
import type { EdgeSchema } from '../../contract/types.ts';
import { copyOf } from '../../state/copies.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { StateKeys, type StateKeysData, withRoom } from '../keyed/state-keys.ts';

const NONE = -1;

export interface RowIndexData {
  readonly keys: StateKeysData;
  readonly arrays: readonly [heads: Int32Array, next: Int32Array, ofRow: Int32Array, groups: Int32Array];
  readonly live: number;
}

export class RowIndex implements Snapshots<RowIndexData> {
  /** Whether the input has a key, so that a second row with it takes the place of the first. */
  readonly hasKey: boolean;
  readonly #keys: StateKeys;
  /** By key: its newest row. */
  #heads = new Int32Array(64).fill(NONE);
  /** By row: the next older one with the same key, the key, and the group in which it is ranked. */
  #next = new Int32Array(64).fill(NONE);
  #ofRow = new Int32Array(64);
  #groups = new Int32Array(64);
  /** Keys that have rows. */
  #live = 0;
  #resolved: Int32Array = new Int32Array(0);

  constructor(input: EdgeSchema) {
    const { fields, key } = input;
    this.hasKey = key !== undefined;
    const columns = (key ?? fields.map((f) => f.name)).map((name) =>
      fields.findIndex((f) => f.name === name),
    );
    this.#keys = new StateKeys(fields, columns);
  }

  get bytes(): number {
    return this.#keys.bytes + this.#heads.byteLength + this.#next.byteLength * 3;
  }

  /** Rows given to the other methods are of this batch. */
  attach(batch: Batch): void {
    const left = this.#keys.compact(this.#live, (key) => (this.#heads[key] ?? NONE) !== NONE);
    if (left !== null) this.#renumber(left);
    this.#resolved = this.#keys.resolve(batch);
  }

  /** The newest kept row that is the row at position `row`; −1: there is none. */
  find(row: number): number {
    return this.#heads[this.#resolved[row] as number] ?? NONE;
  }

  group(id: number): number {
    return this.#groups[id] as number;
  }

  regroup(id: number, group: number): void {
    this.#groups[id] = group;
  }

  add(row: number, id: number, group: number): void {
    const key = this.#resolved[row] as number;
    this.#heads = withRoom(this.#heads, key, NONE);
    this.#next = withRoom(this.#next, id, NONE);
    this.#ofRow = withRoom(this.#ofRow, id, 0);
    this.#groups = withRoom(this.#groups, id, 0);
    const head = this.#heads[key] as number;
    if (head === NONE) this.#live++;
    this.#next[id] = head;
    this.#heads[key] = id;
    this.#ofRow[id] = key;
    this.#groups[id] = group;
  }

  remove(id: number): void {
    const key = this.#ofRow[id] as number;
    const after = this.#next[id] as number;
    if (this.#heads[key] === id) {
      this.#heads[key] = after;
      if (after === NONE) this.#live--;
      return;
    }
    let before = this.#heads[key] as number;
    while (this.#next[before] !== id) before = this.#next[before] as number;
    this.#next[before] = after;
  }

  /** Keys got new numbers: `left[n]` is n now. */
  #renumber(left: Int32Array): void {
    const heads = new Int32Array(Math.max(64, left.length)).fill(NONE);
    left.forEach((from, to) => {
      const head = this.#heads[from] as number;
      heads[to] = head;
      for (let id = head; id !== NONE; id = this.#next[id] as number) this.#ofRow[id] = to;
    });
    this.#heads = heads;
  }

  snapshot(): RowIndexData {
    return {
      keys: this.#keys.snapshot(),
      arrays: [copyOf(this.#heads), copyOf(this.#next), copyOf(this.#ofRow), copyOf(this.#groups)],
      live: this.#live,
    };
  }

  restore({ keys, arrays, live }: RowIndexData): void {
    this.#keys.restore(keys);
    const [heads, next, ofRow, groups] = arrays;
    this.#heads = heads.slice();
    this.#next = next.slice();
    this.#ofRow = ofRow.slice();
    this.#groups = groups.slice();
    this.#live = live;
  }
}
