/**
 * Aggregates as columns of a table: one accumulator per aggregate, indexed by slot (a group, a key in a pane, a session).
 * Updated a run of rows at a time, so that each loop touches one column of input and one of state.
 */
import type { ColumnBuilder } from '../batch/builder.ts';
import type { Column } from '../batch/column.ts';
import { type Value, valueKey } from '../contract/values.ts';
import type { StateData } from '../state/snapshot.ts';

export interface Accumulator {
  /** Bytes a slot, roughly. */
  readonly slotBytes: number;
  /** Bytes held beyond these, in sets and lists of all slots, roughly. */
  readonly heldBytes: number;
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
  /** Takes rows back that `update` had taken: only where the aggregate was planned with `retract`. */
  retract?(slots: Int32Array, rows: Int32Array, count: number, column: Column | null): void;
  /** Adds what `from` holds to `into`. */
  merge(into: number, from: number): void;
  emit(slot: number, builder: ColumnBuilder): void;
  /** @param rows by slot, the rows that went into it, where the operator keeps them: then they need not be kept twice */
  snapshot(rows: Float64Array | null): StateData;
  /** After `grow` to as many slots as there were. @param rows as they were given to `snapshot` */
  restore(data: StateData, rows: Float64Array | null): void;
}

export function largerFloats(old: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(capacity);
  next.set(old);
  return next;
}

export function largerBytes(old: Uint8Array, capacity: number): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(capacity);
  next.set(old);
  return next;
}

/** What a value is told apart by in sets and maps. NaN is equal to itself there, and 0 to −0. */
export type Key = number | string | bigint;

/** The key of a row whose value is not NULL. Values of one column only: keys of two types may clash. */
export function keyAt(column: Column, row: number): Key {
  if (column.kind === 'number') return (column.values[row] as number) + 0;
  if (column.kind === 'string') return column.table.strings[column.values[row] as number] ?? '';
  return keyOf(column.values[row] ?? null);
}

export function keyOf(value: Value): Key {
  if (typeof value === 'number') return value + 0;
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  return typeof value === 'boolean' ? Number(value) : valueKey(value);
}

/** A number as a double: of DECIMAL (`scale` digits after the point) and of BIGINT beyond 2^53 too. */
export const doubleAt = (column: Column, row: number, scale: number): number =>
  column.kind === 'number' ? (column.values[row] as number) : Number(column.values[row]) / 10 ** scale;

export const isNullAt = (column: Column, row: number): boolean =>
  column.validity !== null && column.validity[row] === 0;
