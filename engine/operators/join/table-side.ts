/** One side of a regular join: its rows, found again when they are taken back, with the number of their partners, and let go when idle. */
import type { Batch } from '../../batch/batch.ts';
import { durationMs } from '../../contract/settings.ts';
import type { EdgeSchema } from '../../contract/types.ts';
import { copyOf } from '../../state/copies.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { NONE } from '../joins/chains.ts';
import { IdleRows, type IdleRowsData } from '../joins/idle-rows.ts';
import { RowIndex, type RowIndexData } from '../joins/row-index.ts';
import { JoinSide, type JoinSideData } from '../joins/side.ts';

export type TableSideData = {
  readonly side: JoinSideData;
  readonly index: RowIndexData | null;
  readonly idle: IdleRowsData | null;
  readonly partners: Int32Array;
};

export class TableSide implements Snapshots<TableSideData> {
  readonly #side: JoinSide;
  /** Whether rows know how many partners they have. */
  readonly counts: boolean;
  /** Null: nothing is ever taken back. */
  readonly #index: RowIndex | null;
  /** Null: rows are kept for ever. */
  readonly #idle: IdleRows | null;
  #partners: Int32Array = new Int32Array(64);
  #same: Int32Array = new Int32Array(0);
  /** Rows that are kept with others, with their numbers of partners. */
  readonly #later = { rows: new Int32Array(64), partners: new Int32Array(64), count: 0 };
  #ids = new Int32Array(64);

  /** @param read fields that condition and output read */
  constructor(schema: EdgeSchema, read: ReadonlySet<number>, counts: boolean, ttl: string | undefined) {
    this.#side = new JoinSide(schema.fields, read);
    this.counts = counts;
    this.#index = schema.changelog === 'updating' ? new RowIndex(schema) : null;
    this.#idle = ttl === undefined ? null : new IdleRows(durationMs(ttl));
  }

  get rows(): JoinSide['rows'] {
    return this.#side.rows;
  }
  get chains(): JoinSide['chains'] {
    return this.#side.chains;
  }
  /** Whether rows are only added: none is taken back, none need know its partners. */
  get plain(): boolean {
    return !this.counts && this.#index === null;
  }
  /** Whether rows are let go in time. */
  get forgets(): boolean {
    return this.#idle !== null;
  }
  get nextTimer(): number {
    return this.#idle?.next ?? Infinity;
  }
  get bytes(): number {
    const partners = this.counts ? this.#partners.byteLength : 0;
    return this.#side.bytes + (this.#index?.bytes ?? 0) + (this.#idle?.bytes ?? 0) + partners;
  }

  /** Before `keep` and `takeBack` of a batch's rows. */
  resolve(batch: Batch): void {
    if (this.#index !== null) this.#same = this.#index.resolve(batch);
  }

  /** Where the side's rows of this batch are not looked at before `keepAll`: columns are then copied one after the other. */
  keepLater(row: number, partners: number): void {
    const later = this.#later;
    if (later.count === later.rows.length) {
      for (const name of ['rows', 'partners'] as const) {
        const larger = new Int32Array(later.count * 2);
        larger.set(later[name]);
        later[name] = larger;
      }
    }
    later.rows[later.count] = row;
    later.partners[later.count++] = partners;
  }

  /** @param keys by position */
  keepAll(batch: Batch, keys: Int32Array, now: number): void {
    const { rows, partners, count } = this.#later;
    this.#later.count = 0;
    this.#append(batch, rows, keys, count);
    if (!this.counts && this.#index === null && this.#idle === null) return;
    for (let k = 0; k < count; k++)
      this.#kept(this.#ids[k] as number, rows[k] as number, partners[k] as number, now);
  }

  /**
   * Keeps `rows[k]` under `keys[rows[k]]`, for k in [0, count): of a side that neither counts partners nor takes anything back.
   */
  keepRows(batch: Batch, rows: Int32Array, keys: Int32Array, count: number, now: number): void {
    this.#append(batch, rows, keys, count);
    if (this.#idle !== null) for (let k = 0; k < count; k++) this.#idle.touch(this.#ids[k] as number, now);
  }

  #append(batch: Batch, rows: Int32Array, keys: Int32Array, count: number): void {
    if (this.#ids.length < count) this.#ids = new Int32Array(Math.max(count, this.#ids.length * 2));
    this.#side.appendAll(batch, rows, keys, count, this.#ids);
  }

  keep(batch: Batch, row: number, key: number, partners: number, now: number): void {
    this.#kept(this.#side.append(batch, row, key), row, partners, now);
  }

  #kept(id: number, row: number, partners: number, now: number): void {
    if (this.counts) {
      if (id >= this.#partners.length) {
        const larger = new Int32Array(this.rows.capacity);
        larger.set(this.#partners);
        this.#partners = larger;
      }
      this.#partners[id] = partners;
    }
    this.#index?.add(id, this.#same[row] as number);
    this.#idle?.touch(id, now);
  }

  /** Removes the kept row that equals this one; none where it was forgotten meanwhile. */
  takeBack(row: number): void {
    const id = this.#index?.find(this.#same[row] as number) ?? NONE;
    if (id === NONE) return;
    this.#idle?.forget(id);
    this.#remove(id);
  }

  #remove(id: number): void {
    this.#index?.remove(id);
    this.#side.remove(id);
  }

  partners(id: number): number {
    return this.#partners[id] as number;
  }

  /** Counting writes to the row: it lives longer, as in Flink. */
  addPartners(id: number, count: number, now: number): void {
    this.#partners[id] = (this.#partners[id] as number) + count;
    this.#idle?.touch(id, now);
  }

  /** Lets go what was not written for too long. Nothing is told of it. */
  forget(now: number): void {
    if (this.#idle === null) return;
    for (let id = this.#idle.take(now); id !== NONE; id = this.#idle.take(now)) this.#remove(id);
  }

  /** Between batches. */
  compact(): void {
    this.#index?.compact();
  }

  snapshot(): TableSideData {
    return {
      side: this.#side.snapshot(),
      index: this.#index?.snapshot() ?? null,
      idle: this.#idle?.snapshot() ?? null,
      partners: copyOf(this.#partners),
    };
  }

  restore(data: TableSideData): void {
    this.#side.restore(data.side);
    if (data.index !== null) this.#index?.restore(data.index);
    if (data.idle !== null) this.#idle?.restore(data.idle);
    this.#partners = data.partners.slice();
  }
}
