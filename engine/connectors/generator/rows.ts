/** A fixed table of rows as columns; each row's partition, where a field says it. */
import { BatchBuilder } from '../../batch/builder.ts';
import { type Column, InternTable, type Value } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';
import { rowValues } from './plan.ts';
import type { RowsData } from './spec.ts';

export interface RowTable {
  readonly count: number;
  columns(rows: Float64Array): readonly Column[];
  /** By row number; null: in turns. */
  readonly partitions: Int32Array | null;
}

export function rowTable(data: RowsData, fields: readonly Field[], partitions: number): RowTable {
  const values = rowValues(data);
  // One builder for the life of the source: its tables keep the codes equal over batches.
  const builder = new BatchBuilder(
    fields,
    fields.map((f) => (f.type.kind === 'STRING' ? new InternTable() : null)),
  );
  const by = fields.findIndex((f) => f.name === data.partitionBy);
  return {
    count: values.length,
    columns(rows) {
      for (const row of rows) builder.push(values[row] ?? []);
      return builder.take(0).columns;
    },
    partitions: by < 0 ? null : Int32Array.from(values, (row) => partitionOf(row[by] ?? null, partitions)),
  };
}

/** A whole number is the partition itself; anything else is hashed: FNV-1a over its text's UTF-16 units. */
function partitionOf(value: Value, partitions: number): number {
  if (typeof value === 'number' && Number.isInteger(value)) {
    return ((value % partitions) + partitions) % partitions;
  }
  const text = String(value);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
}
