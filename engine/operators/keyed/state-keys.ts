/**
 * Keys under which an operator keeps something: their numbers, when they are forgotten (`table.exec.state.ttl`, in processing time), and
 * the rebuilding of the table when most of them are gone.
 */
import { IdleGroups } from '../../aggregates/idle-groups.ts';
import type { Batch } from '../../batch/batch.ts';
import { durationMs } from '../../contract/settings.ts';
import type { Field } from '../../contract/types.ts';
import { KeyTable, type KeyTableData } from '../../state/key-table.ts';
import type { Snapshots, StateData } from '../../state/snapshot.ts';

/** Keys that are gone before the table is rebuilt. */
const COMPACT_AT = 65_536;

export interface StateKeysData {
  readonly table: KeyTableData;
  readonly idle: StateData;
}

export class StateKeys implements Snapshots<StateKeysData> {
  readonly table: KeyTable;
  readonly #columns: readonly number[];
  readonly #ttl: number | null;
  #idle: IdleGroups | null;

  /**
   * @param columns indexes of the key's fields
   * @param ttl text of a duration; undefined: keys are never forgotten
   */
  constructor(fields: readonly Field[], columns: readonly number[], ttl?: string) {
    this.table = new KeyTable(columns.flatMap((c) => fields[c]?.type ?? []));
    this.#columns = columns;
    this.#ttl = ttl === undefined ? null : durationMs(ttl);
    this.#idle = this.#ttl === null ? null : new IdleGroups(this.#ttl);
  }

  get nextTimer(): number {
    return this.#idle?.next ?? Infinity;
  }
  get bytes(): number {
    return this.table.bytes + (this.#idle?.bytes ?? 0);
  }

  /** The key of every row that counts, by position: valid until the next call. */
  resolve(batch: Batch): Int32Array {
    return this.table.resolve(
      this.#columns.flatMap((c) => batch.columns[c] ?? []),
      batch,
    );
  }

  /** The state of a key was written: it is forgotten later. */
  written(key: number, now: number): void {
    this.#idle?.write(key, now);
  }

  /** Nothing is kept of the key any more. */
  dropped(key: number): void {
    this.#idle?.remove(key);
  }

  /** The next key to forget at `now`; −1: none. */
  takeIdle(now: number): number {
    return this.#idle?.take(now) ?? -1;
  }

  /**
   * Rebuilds the table where most keys are gone. Returns the old numbers of those that are left, by their new ones; null: nothing
   * changed.
   * @param live how many keys something is kept of
   * @param isLive asked for every key
   */
  compact(live: number, isLive: (key: number) => boolean): Int32Array | null {
    if (this.table.size <= 2 * live + COMPACT_AT) return null;
    const left = new Int32Array(live);
    let count = 0;
    for (let key = 0; key < this.table.size; key++) if (isLive(key)) left[count++] = key;
    if (count !== live) throw new Error(`${count} keys are live, not ${live}`);
    this.table.compact(left);
    if (this.#idle !== null) this.#idle = this.#renumbered(this.#idle, left);
    return left;
  }

  #renumbered(idle: IdleGroups, left: Int32Array): IdleGroups {
    const [keys, written] = idle.snapshot() as readonly [Int32Array, Float64Array];
    const numbers = new Map<number, number>();
    left.forEach((from, to) => {
      numbers.set(from, to);
    });
    const next = new IdleGroups(this.#ttl ?? 0);
    next.restore([keys.map((key) => numbers.get(key) ?? -1), written]);
    return next;
  }

  snapshot(): StateKeysData {
    return { table: this.table.snapshot(), idle: this.#idle?.snapshot() ?? null };
  }

  restore({ table, idle }: StateKeysData): void {
    this.table.restore(table);
    if (idle !== null) this.#idle?.restore(idle);
  }
}

/** `array` with room for `key`. */
export function withRoom(array: Int32Array, key: number, fill: number): Int32Array<ArrayBuffer> {
  if (key < array.length) return array as Int32Array<ArrayBuffer>;
  const next = new Int32Array(Math.max(key + 1, array.length * 2)).fill(fill, array.length);
  next.set(array);
  return next;
}
