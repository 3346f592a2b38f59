/** Which partition a row belongs to. */
import type { Batch } from '../../batch/batch.ts';
import { type StringTable, valueAt } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';
import type { FileConfig } from './spec.ts';

/** FNV-1a over the UTF-16 units of a text: 32 bits, the same on every machine and in every run. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export class Partitioner {
  readonly names: readonly string[];
  readonly #kind: FileConfig['partitions']['kind'];
  readonly #column: number = -1;
  readonly #field: Field | null = null;
  /** By code of a string table. */
  #known = new WeakMap<StringTable, Int32Array>();

  constructor(config: FileConfig, fields: readonly Field[], fileNames: readonly string[]) {
    const { partitions } = config;
    this.#kind = partitions.kind;
    if (partitions.kind === 'field') {
      this.#column = fields.findIndex((f) => f.name === partitions.field);
      this.#field = fields[this.#column] ?? null;
      this.names = Array.from({ length: partitions.count }, (_, i) => String(i));
    } else this.names = partitions.kind === 'file' ? fileNames : ['0'];
  }

  /** Null where all rows are of partition 0. `file`: by row or for all rows, the number of the file. */
  of(batch: Batch, file: number | Int32Array): Int32Array | null {
    if (this.names.length === 1) return null;
    if (this.#kind === 'file') {
      return typeof file === 'number' ? new Int32Array(batch.length).fill(file) : file;
    }
    const column = batch.columns[this.#column];
    if (column === undefined || this.#field === null) return null;
    const out = new Int32Array(batch.length);
    for (let row = 0; row < batch.length; row++) {
      const isNull = column.validity !== null && column.validity[row] === 0;
      if (!isNull && column.kind === 'string') {
        out[row] = this.#ofCode(column.table, column.values[row] ?? 0);
      } else out[row] = this.#ofText(isNull ? 'NULL' : String(valueAt(column, this.#field.type, row)));
    }
    return out;
  }

  #ofText(text: string): number {
    return fnv1a(text) % this.names.length;
  }

  #ofCode(table: StringTable, code: number): number {
    let known = this.#known.get(table);
    if (known === undefined || known.length <= code) {
      const larger = new Int32Array(Math.max(64, table.strings.length * 2)).fill(-1);
      if (known !== undefined) larger.set(known);
      known = larger;
      this.#known.set(table, larger);
    }
    let partition = known[code] ?? -1;
    if (partition < 0) {
      partition = this.#ofText(table.strings[code] ?? '');
      known[code] = partition;
    }
    return partition;
  }
}
