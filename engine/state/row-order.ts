/**
 * The order in which an operator keeps rows: by sort terms, and by arrival where they tie. Numbers are compared from typed arrays
 * beside the store; only strings and boxed values are fetched from it.
 */
import type { Batch } from '../batch/batch.ts';
import { type Column, isBoxed, valueAt } from '../batch/column.ts';
import type { DataType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import { compareValues } from './compare-values.ts';
import { copyOf } from './copies.ts';
import type { RowStore } from './row-store.ts';
import type { Snapshots } from './snapshot.ts';

export interface OrderTerm {
  /** Index of the field; −1: the row's event time. */
  readonly column: number;
  readonly type: DataType;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** One term at work. Results are already turned round where it is descending. */
class TermOrder {
  readonly term: OrderTerm;
  readonly #rows: RowStore;
  readonly #sign: number;
  readonly #whenNull: number;
  /** By row id: the number that stands for the value; NaN where only the value itself can tell. Null: it never can. */
  #numbers: Float64Array | null;
  #column: Column | null = null;
  /** The attached batch's numbers for the term, where it has such, and which of them are there. */
  #batch: Float64Array | Int32Array | Uint8Array | null = null;
  #validity: Uint8Array | null = null;

  constructor(term: OrderTerm, rows: RowStore) {
    this.term = term;
    this.#rows = rows;
    this.#sign = term.descending ? -1 : 1;
    this.#whenNull = term.nullsFirst ? -1 : 1;
    const byValue = term.type.kind === 'STRING' || isBoxed(term.type);
    this.#numbers = byValue ? null : new Float64Array(64);
  }

  get rowBytes(): number {
    return this.#numbers === null ? 0 : 8;
  }

  attach(batch: Batch): void {
    if (this.term.column < 0) {
      this.#batch = batch.times;
      return;
    }
    const column = batch.columns[this.term.column] ?? null;
    this.#column = column;
    this.#batch = column?.kind === 'number' ? column.values : null;
    this.#validity = column?.validity ?? null;
  }

  /** NaN: the value itself has to be compared. */
  #numberAt(row: number): number {
    if (this.#batch === null || (this.#validity !== null && this.#validity[row] === 0)) return Number.NaN;
    return this.#batch[row] as number;
  }

  added(id: number, row: number): void {
    if (this.#numbers === null) return;
    if (id >= this.#numbers.length) this.#numbers = larger(this.#numbers, this.#rows.capacity);
    this.#numbers[id] = this.#numberAt(row);
  }

  snapshot(): Float64Array | null {
    return this.#numbers?.slice(0, this.#rows.capacity) ?? null;
  }
  restore(numbers: Float64Array | null): void {
    this.#numbers = numbers?.slice() ?? null;
  }

  compareRow(row: number, id: number): number {
    if (this.#numbers !== null) {
      const a = this.#numberAt(row);
      const b = this.#numbers[id] as number;
      if (a < b) return -this.#sign;
      if (a > b) return this.#sign;
      if (a === b) return 0;
    }
    return this.#compare(this.#valueAt(row), this.#valueOf(id));
  }

  compare(x: number, y: number): number {
    if (this.#numbers !== null) {
      const a = this.#numbers[x] as number;
      const b = this.#numbers[y] as number;
      if (a < b) return -this.#sign;
      if (a > b) return this.#sign;
      if (a === b) return 0;
    }
    return this.#compare(this.#valueOf(x), this.#valueOf(y));
  }

  #valueAt(row: number): Value {
    if (this.term.column < 0) return this.#batch?.[row] ?? null;
    return this.#column === null ? null : valueAt(this.#column, this.term.type, row);
  }

  #valueOf(id: number): Value {
    return this.term.column < 0 ? this.#rows.time(id) : this.#rows.value(id, this.term.column);
  }

  #compare(a: Value, b: Value): number {
    if (a === null) return b === null ? 0 : this.#whenNull;
    if (b === null) return -this.#whenNull;
    return compareValues(a, b) * this.#sign;
  }
}

function larger(old: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(length);
  next.set(old);
  return next;
}

export interface RowOrderData {
  readonly terms: readonly (Float64Array | null)[];
  readonly arrivals: Float64Array;
  readonly next: number;
}

export class RowOrder implements Snapshots<RowOrderData> {
  readonly #terms: readonly TermOrder[];
  readonly #rows: RowStore;
  /** By row id: the how-manieth row it was. */
  #arrivals = new Float64Array(64);
  #next = 0;

  constructor(terms: readonly OrderTerm[], rows: RowStore) {
    this.#terms = terms.map((term) => new TermOrder(term, rows));
    this.#rows = rows;
  }

  get bytes(): number {
    return this.#rows.capacity * this.#terms.reduce((sum, term) => sum + term.rowBytes, 8);
  }

  /** Rows given to `added` and `compareRow` are of this batch. */
  attach(batch: Batch): void {
    for (const term of this.#terms) term.attach(batch);
  }

  /** The row at position `row` is in the store now, as `id`. */
  added(id: number, row: number): void {
    if (id >= this.#arrivals.length) this.#arrivals = larger(this.#arrivals, this.#rows.capacity);
    this.#arrivals[id] = this.#next++;
    for (const term of this.#terms) term.added(id, row);
  }

  snapshot(): RowOrderData {
    return {
      terms: this.#terms.map((term) => term.snapshot()),
      arrivals: copyOf(this.#arrivals, this.#rows.capacity),
      next: this.#next,
    };
  }

  /** After the store: rows have the ids that they had. */
  restore({ terms, arrivals, next }: RowOrderData): void {
    this.#terms.forEach((term, t) => {
      term.restore(terms[t] ?? null);
    });
    this.#arrivals = arrivals.slice();
    this.#next = next;
  }

  /** A row of the batch against one that is kept; 0 where they tie. */
  compareRow(row: number, id: number): number {
    for (let t = 0; t < this.#terms.length; t++) {
      const order = (this.#terms[t] as TermOrder).compareRow(row, id);
      if (order !== 0) return order;
    }
    return 0;
  }

  /** Whether two kept rows have the same sort key. */
  ties(a: number, b: number): boolean {
    for (let t = 0; t < this.#terms.length; t++)
      if ((this.#terms[t] as TermOrder).compare(a, b) !== 0) return false;
    return true;
  }

  /** Kept rows, the earlier arrival first where they tie: 0 only for a row and itself. */
  compare(a: number, b: number): number {
    for (let t = 0; t < this.#terms.length; t++) {
      const order = (this.#terms[t] as TermOrder).compare(a, b);
      if (order !== 0) return order;
    }
    return (this.#arrivals[a] as number) - (this.#arrivals[b] as number);
  }
}
