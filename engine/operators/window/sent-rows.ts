/** Rows that were sent of windows and are taken back when the window fires again (retracting). Lists of them, named by their first. */
import { DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../../batch/changes.ts';
import { OutputBuilder } from '../../batch/output.ts';
import { copyOf } from '../../state/copies.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { Snapshots, StateData } from '../../state/snapshot.ts';
import type { Firing, WindowOutput } from './output.ts';
import type { WindowPlan } from './plan.ts';

export const NOTHING = -1;

export class SentRows implements Snapshots<StateData> {
  readonly #output: WindowOutput;
  readonly #bounds: boolean;
  /** Without their keys; their time is the end of their window. */
  readonly #rows: RowStore;
  readonly #writer: OutputBuilder;
  /** The next row of the list, by row. More than one only where sessions merged. */
  #next = new Int32Array(64);

  constructor(plan: WindowPlan, output: WindowOutput) {
    const fields = plan.fields.slice(plan.keyFields);
    this.#output = output;
    this.#bounds = plan.bounds;
    this.#rows = new RowStore(fields);
    this.#writer = new OutputBuilder(fields, false);
  }

  get bytes(): number {
    return this.#rows.bytes + this.#next.byteLength;
  }

  /** Whether the list is one row, of a window with these bounds. */
  isOnly(list: number, start: number, end: number): boolean {
    return list !== NOTHING && this.#next[list] === NOTHING && this.#isOf(list, start, end);
  }

  #isOf(id: number, start: number, end: number): boolean {
    return !this.#bounds || (this.#rows.value(id, 0) === start && this.#rows.time(id) === end);
  }

  /** Sends a firing in place of the rows in the list, and returns the new list. */
  replace(list: number, key: number, firing: Firing): number {
    this.#output.writeFiring(firing, this.#writer.columns);
    this.#writer.endRow(firing.end, 0);
    const id = this.#rows.add(this.#writer.take(0), 0);
    let same = NOTHING;
    for (let old = list; old !== NOTHING; old = this.#next[old] as number) {
      if (this.#isOf(old, firing.start, firing.end)) same = old;
      else this.#output.pushKept(key, this.#rows, old, this.#rows.time(old), DELETE);
    }
    if (same !== NOTHING) this.#output.pushKept(key, this.#rows, same, firing.end, UPDATE_BEFORE);
    this.#output.pushKept(key, this.#rows, id, firing.end, same === NOTHING ? INSERT : UPDATE_AFTER);
    this.forget(list);
    this.#link(id, NOTHING);
    return id;
  }

  /** Two lists as one, in the order of their windows, which is that in which they will be taken back. */
  join(a: number, b: number): number {
    let first = NOTHING;
    let last = NOTHING;
    while (a !== NOTHING || b !== NOTHING) {
      const takesA = b === NOTHING || (a !== NOTHING && this.#rows.time(a) <= this.#rows.time(b));
      const id = takesA ? a : b;
      if (takesA) a = this.#next[a] as number;
      else b = this.#next[b] as number;
      if (last === NOTHING) first = id;
      else this.#next[last] = id;
      last = id;
    }
    return first;
  }

  /** What stands, stands. */
  forget(list: number): void {
    for (let id = list; id !== NOTHING; id = this.#next[id] as number) this.#rows.remove(id);
  }

  #link(id: number, next: number): void {
    if (id >= this.#next.length) {
      const larger = new Int32Array(Math.max(this.#rows.capacity, id + 1));
      larger.set(this.#next);
      this.#next = larger;
    }
    this.#next[id] = next;
  }

  snapshot(): StateData {
    return { rows: this.#rows.snapshot() as unknown as StateData, next: copyOf(this.#next) };
  }

  restore(data: StateData): void {
    const { rows, next } = data as unknown as { rows: RowStoreData; next: Int32Array };
    this.#rows.restore(rows);
    this.#next = next.slice();
  }
}
