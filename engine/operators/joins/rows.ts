/** Rows by number, wherever they are: kept in a store, or still in the batch that brought them. */
import type { Batch } from '../../batch/batch.ts';
import type { ColumnBuilder } from '../../batch/builder.ts';

/** What conditions and output read a side by. `RowStore` is one. */
export interface Rows {
  /** Appends one field of a row to an output column. */
  emit(id: number, column: number, builder: ColumnBuilder): void;
  /** The same for many rows at once. */
  gather(ids: Int32Array, count: number, column: number, builder: ColumnBuilder): void;
}

/** The rows of a batch, by position. */
export class BatchRows implements Rows {
  batch: Batch | null = null;

  gather(ids: Int32Array, count: number, column: number, builder: ColumnBuilder): void {
    const from = this.batch?.columns[column];
    if (from !== undefined) builder.gather(from, ids, count);
    else for (let k = 0; k < count; k++) builder.pushNull();
  }

  emit(id: number, column: number, builder: ColumnBuilder): void {
    const from = this.batch?.columns[column];
    if (from === undefined || (from.validity !== null && from.validity[id] === 0)) builder.pushNull();
    else if (from.kind === 'number') builder.pushNumber(from.values[id] as number);
    else if (from.kind === 'string') builder.pushCode(from.values[id] as number, from.table);
    else builder.push(from.values[id] ?? null);
  }
}
