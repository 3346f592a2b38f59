/**
 * All rows of a source in columns, to be given back in another order. Kept in pages: an array that grows by copying would
 * stop everything else for a tenth of a second at some millions of rows.
 */
import type { Batch } from '../../batch/batch.ts';
import { type Column, InternTable, newValues, type StringTable, type Value } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';

const PAGE_BITS = 15;
const PAGE_ROWS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_ROWS - 1;

interface Page {
  readonly columns: readonly ReturnType<typeof newValues>[];
  /** By column, values that no number stands for; null while there is none. */
  readonly boxed: (Value[] | null)[];
  /** By column, 1 per valid row; null while none is NULL. */
  readonly validity: (Uint8Array | null)[];
  readonly keys: Float64Array;
  readonly files: Int32Array;
}

export class RowStore {
  readonly #fields: readonly Field[];
  readonly #pages: Page[] = [];
  #length = 0;
  #tables: readonly (StringTable | null)[] = [];

  constructor(fields: readonly Field[]) {
    this.#fields = fields;
  }

  get length(): number {
    return this.#length;
  }

  /** Takes one row of a batch; strings must come from one table over all batches. */
  add(batch: Batch, row: number, key: number, file: number): void {
    const at = this.#length++ & PAGE_MASK;
    const page = at === 0 ? this.#newPage() : (this.#pages.at(-1) as Page);
    for (let c = 0; c < page.columns.length; c++) {
      const column = batch.columns[c];
      if (column === undefined || (column.validity !== null && column.validity[row] === 0)) {
        let validity = page.validity[c] ?? null;
        validity ??= new Uint8Array(PAGE_ROWS).fill(1);
        validity[at] = 0;
        page.validity[c] = validity;
      } else if (column.kind === 'value') {
        const boxed = page.boxed[c] ?? [];
        page.boxed[c] = boxed;
        const value = column.values[row] ?? null;
        if (typeof value === 'number') (page.columns[c] as Page['columns'][number])[at] = value;
        else boxed[at] = value;
      } else (page.columns[c] as Page['columns'][number])[at] = column.values[row] ?? 0;
    }
    page.keys[at] = key;
    page.files[at] = file;
  }

  #newPage(): Page {
    const page: Page = {
      columns: this.#fields.map((f) => newValues(f.type, PAGE_ROWS)),
      boxed: this.#fields.map(() => null),
      validity: this.#fields.map(() => null),
      keys: new Float64Array(PAGE_ROWS),
      files: new Int32Array(PAGE_ROWS),
    };
    this.#pages.push(page);
    return page;
  }

  /** No more rows. `tables`: by field, of which the codes are. Gives the keys of all rows. */
  seal(tables: readonly (StringTable | null)[]): Float64Array {
    this.#tables = tables;
    const keys = new Float64Array(this.#length);
    this.#pages.forEach((page, p) => {
      const from = p * PAGE_ROWS;
      keys.set(page.keys.subarray(0, Math.min(PAGE_ROWS, this.#length - from)), from);
    });
    return keys;
  }

  /** The rows at `positions`. */
  gather(positions: Uint32Array, ingestedAt: number): { batch: Batch; files: Int32Array } {
    const length = positions.length;
    const columns = this.#fields.map((field, c) => this.#gatherColumn(field, c, positions));
    const files = new Int32Array(length);
    for (let k = 0; k < length; k++) {
      const position = positions[k] ?? 0;
      files[k] = this.#pages[position >>> PAGE_BITS]?.files[position & PAGE_MASK] ?? 0;
    }
    const batch = {
      length,
      count: length,
      columns,
      selection: null,
      times: null,
      watermarks: null,
      changes: null,
      ingestedAt,
    };
    return { batch, files };
  }

  #gatherColumn(field: Field, c: number, positions: Uint32Array): Column {
    const length = positions.length;
    const values = newValues(field.type, length);
    let validity: Uint8Array | null = null;
    if (this.#pages.some((page) => page.boxed[c] !== null)) return this.#gatherBoxed(c, positions);
    for (let k = 0; k < length; k++) {
      const position = positions[k] ?? 0;
      const page = this.#pages[position >>> PAGE_BITS];
      const at = position & PAGE_MASK;
      values[k] = page?.columns[c]?.[at] ?? 0;
      const valid = page?.validity[c] ?? null;
      if (valid !== null && valid[at] === 0) {
        validity ??= new Uint8Array(length).fill(1);
        validity[k] = 0;
      }
    }
    if (field.type.kind !== 'STRING') return { kind: 'number', values, validity };
    const table = this.#tables[c] ?? new InternTable();
    return { kind: 'string', values: values as Int32Array, table, validity };
  }

  /** BIGINTs that fit a double stand among the numbers, all other values among the boxed ones. */
  #gatherBoxed(c: number, positions: Uint32Array): Column {
    const values: Value[] = [];
    const validity = new Uint8Array(positions.length);
    for (const [k, position] of positions.entries()) {
      const page = this.#pages[position >>> PAGE_BITS];
      const at = position & PAGE_MASK;
      const isNull = page === undefined || page.validity[c]?.[at] === 0;
      values.push(isNull ? null : (page.boxed[c]?.[at] ?? page.columns[c]?.[at] ?? null));
      validity[k] = isNull ? 0 : 1;
    }
    return { kind: 'value', values, validity: validity.includes(0) ? validity : null };
  }
}
