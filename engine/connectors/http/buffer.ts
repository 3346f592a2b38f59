/** Events that were taken and not yet polled: bounded in rows and bytes. */
import { type Column, identityCodes, newValues, type Value } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';
import { PREFETCH_BYTES_MAX } from '../../runtime/contracts.ts';

/** Where a request's events stand in the journal. */
export interface ChunkPlace {
  readonly offset: number;
  /** Of the request behind it. */
  readonly next: number;
  /** Events of it that were given before. */
  readonly skipped: number;
}

/** What was taken: up to event number `events` of the request at `offset` in the journal. */
export interface JournalPlace {
  readonly offset: number;
  readonly events: number;
}

interface Chunk {
  readonly rows: readonly (readonly Value[])[];
  readonly bytesPerRow: number;
  /** Arrival, ms. */
  readonly at: number;
  readonly place: ChunkPlace;
  next: number;
}

const NOWHERE: ChunkPlace = { offset: 0, next: 0, skipped: 0 };

export class EventBuffer {
  readonly #rowsMax: number;
  #chunks: Chunk[] = [];
  #rows = 0;
  #bytes = 0;
  #reservedRows = 0;
  #reservedBytes = 0;
  /** After what was taken so far. */
  place: JournalPlace = { offset: 0, events: 0 };

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Rows that are on their way into it. */
  get reserved(): number {
    return this.#reservedRows;
  }

  /** Arrival of the oldest event; null when there is none. */
  get oldestAt(): number | null {
    return this.#chunks[0]?.at ?? null;
  }

  /** Whether so many events could ever be taken at once. */
  fits(rows: number): boolean {
    return rows <= this.#rowsMax;
  }

  /** False where they would pass a bound. One request may pass the bytes of an empty buffer. */
  reserve(rows: number, bytes: number): boolean {
    const allRows = this.#rows + this.#reservedRows;
    const full = allRows + rows > this.#rowsMax;
    if (full || (allRows > 0 && this.#bytes + this.#reservedBytes + bytes > PREFETCH_BYTES_MAX)) return false;
    this.#reservedRows += rows;
    this.#reservedBytes += bytes;
    return true;
  }

  release(rows: number, bytes: number): void {
    this.#reservedRows -= rows;
    this.#reservedBytes -= bytes;
  }

  /** The bound is the caller's: see `reserve`. */
  add(rows: readonly (readonly Value[])[], bytes: number, at: number, place: ChunkPlace = NOWHERE): void {
    if (rows.length === 0) return;
    this.#chunks.push({ rows, bytesPerRow: bytes / rows.length, at, place, next: 0 });
    this.#rows += rows.length;
    this.#bytes += bytes;
  }

  take(most: number): (readonly Value[])[] {
    const taken: (readonly Value[])[] = [];
    for (let chunk = this.#chunks[0]; chunk !== undefined && taken.length < most; chunk = this.#chunks[0]) {
      const part = chunk.rows.slice(chunk.next, chunk.next + most - taken.length);
      for (const row of part) taken.push(row);
      chunk.next += part.length;
      this.#rows -= part.length;
      this.#bytes -= part.length * chunk.bytesPerRow;
      const { offset, next, skipped } = chunk.place;
      const isDone = chunk.next === chunk.rows.length;
      this.place = isDone ? { offset: next, events: 0 } : { offset, events: skipped + chunk.next };
      if (isDone) this.#chunks.shift();
    }
    return taken;
  }
}

/**
 * Rows as columns. Strings stay in a table of their batch: what callers send may never repeat, and a table for the life
 * of the run would grow without end.
 */
export function columnsOf(rows: readonly (readonly Value[])[], fields: readonly Field[]): Column[] {
  return fields.map((f, c): Column => {
    const hasNull = rows.some((row) => (row[c] ?? null) === null);
    const validity = hasNull ? Uint8Array.from(rows, (row) => ((row[c] ?? null) === null ? 0 : 1)) : null;
    if (f.type.kind === 'STRING') {
      const strings = rows.map((row) => String(row[c] ?? ''));
      return {
        kind: 'string',
        values: identityCodes(rows.length),
        table: { strings, interned: false },
        validity,
      };
    }
    const values = newValues(f.type, rows.length);
    for (let k = 0; k < rows.length; k++) values[k] = Number(rows[k]?.[c] ?? 0);
    return { kind: 'number', values, validity };
  });
}
