/** The table that an updating stream describes, as it stands: for those who look at it. */
import { type Batch, position } from '../batch/batch.ts';
import { adds } from '../batch/changes.ts';
import { type Value, valueAt } from '../batch/column.ts';
import type { Sample } from '../contract/link.ts';
import { type EdgeSchema, printType } from '../contract/types.ts';
import { valueKey } from '../contract/values.ts';
import { showRow } from './last-rows.ts';

interface Standing {
  readonly values: readonly Value[];
  readonly time: number | null;
  readonly ingested: number;
  /** Equal rows of a stream without a key. */
  count: number;
}

export class StandingRows {
  readonly #schema: EdgeSchema;
  readonly #rowsMax: number;
  readonly #key: readonly number[];
  /** By key, in the order of the last change. */
  #rows = new Map<string, Standing>();
  #total = 0;

  constructor(schema: EdgeSchema, rowsMax: number) {
    this.#schema = schema;
    this.#rowsMax = rowsMax;
    const names = schema.key ?? schema.fields.map((f) => f.name);
    this.#key = names.map((name) => schema.fields.findIndex((f) => f.name === name));
  }

  /** Changes that passed so far. */
  get total(): number {
    return this.#total;
  }

  push(batch: Batch): void {
    const { fields, key: known } = this.#schema;
    for (let k = 0; k < batch.count; k++) {
      const at = position(batch, k);
      const values = fields.map((f, c) => {
        const column = batch.columns[c];
        return column === undefined ? null : valueAt(column, f.type, at);
      });
      const key = this.#key.map((c) => valueKey(values[c] ?? null)).join('\u0000');
      const before = this.#rows.get(key);
      const change = adds(batch.changes?.[at] ?? 0) ? 1 : -1;
      // With a key a later row stands in the place of the earlier one; without, equal rows are counted.
      const count = known === undefined ? (before?.count ?? 0) + change : change;
      this.#rows.delete(key);
      const time = batch.times?.[at] ?? Number.NaN;
      if (count > 0) {
        this.#rows.set(key, {
          values,
          time: Number.isFinite(time) ? time : null,
          ingested: batch.ingestedAt,
          count,
        });
      }
    }
    this.#total += batch.count;
  }

  /** The rows that changed last, newest last. */
  sample(): Sample {
    const { fields } = this.#schema;
    const rows: Sample['rows'] = [];
    const standing = [...this.#rows.values()].slice(-this.#rowsMax);
    for (const { values, time, ingested, count } of standing) {
      for (let n = 0; n < count && rows.length < this.#rowsMax; n++) {
        rows.push({ time, ingested, cells: showRow(fields, values) });
      }
    }
    return {
      columns: fields.map((f) => ({ name: f.name, type: printType(f.type) })),
      rows,
      total: this.#total,
    };
  }
}
