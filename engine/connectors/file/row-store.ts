/** All rows of a source in columns, to be given back in another order. */
import type { Batch } from '../../batch/batch.ts';
import { ColumnBuilder } from '../../batch/builder.ts';
import { type Column, newValues } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';

export class RowStore {
  readonly #fields: readonly Field[];
  readonly #builders: readonly ColumnBuilder[];
  #columns: readonly Column[] = [];
  #keys = new Float64Array(1024);
  #files = new Int32Array(1024);
  #length = 0;

  constructor(fields: readonly Field[]) {
    this.#fields = fields;
    this.#builders = fields.map((f) => new ColumnBuilder(f.type));
  }

  get length(): number {
    return this.#length;
  }

  /** Takes one row of a batch; strings must come from one table over all batches. */
  add(batch: Batch, row: number, key: number, file: number): void {
    for (let c = 0; c < this.#builders.length; c++) {
      const column = batch.columns[c];
      if (column === undefined || (column.validity !== null && column.validity[row] === 0)) {
        this.#builders[c]?.pushNull();
      } else this.#builders[c]?.pushNumber(column.values[row] ?? 0);
    }
    if (this.#length === this.#keys.length) this.#grow();
    this.#keys[this.#length] = key;
    this.#files[this.#length] = file;
    this.#length++;
  }

  #grow(): void {
    const keys = new Float64Array(this.#length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    const files = new Int32Array(this.#length * 2);
    files.set(this.#files);
    this.#files = files;
  }

  /** No more rows. `tables`: by field, of which the codes are. */
  seal(tables: Parameters<typeof withTable>[1][]): Float64Array {
    this.#columns = this.#builders.map((builder, c) => withTable(builder.take(), tables[c] ?? null));
    return this.#keys.subarray(0, this.#length);
  }

  /** The rows at `positions`. */
  gather(positions: Uint32Array, ingestedAt: number): { batch: Batch; files: Int32Array } {
    const length = positions.length;
    const columns = this.#columns.map((column, c) => {
      const type = this.#fields[c]?.type;
      const values = newValues(type ?? { kind: 'DOUBLE' }, length);
      for (let k = 0; k < length; k++) values[k] = column.values[positions[k] ?? 0] ?? 0;
      let validity: Uint8Array | null = null;
      if (column.validity !== null) {
        validity = new Uint8Array(length);
        for (let k = 0; k < length; k++) validity[k] = column.validity[positions[k] ?? 0] ?? 0;
      }
      return { ...column, values, validity } as Column;
    });
    const files = new Int32Array(length);
    for (let k = 0; k < length; k++) files[k] = this.#files[positions[k] ?? 0] ?? 0;
    const batch = {
      length,
      count: length,
      columns,
      selection: null,
      times: null,
      watermarks: null,
      ingestedAt,
    };
    return { batch, files };
  }
}

const withTable = (column: Column, table: Extract<Column, { kind: 'string' }>['table'] | null): Column =>
  column.kind === 'string' && table !== null ? { ...column, table } : column;
