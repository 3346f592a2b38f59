/** One batch as one per subtask, by the values of its key columns. */
import { type Batch, position, select } from '../batch/batch.ts';
import { type Column, valueAt } from '../batch/column.ts';
import { BOOLEAN, INT } from '../contract/types.ts';
import { valueKey } from '../contract/values.ts';

export function splitByKey(batch: Batch, keys: readonly number[], parts: number): Batch[] {
  const rows: number[][] = Array.from({ length: parts }, () => []);
  for (let k = 0; k < batch.count; k++) {
    const i = position(batch, k);
    const text = keys.map((c) => keyText(batch.columns[c], i)).join('|');
    let hash = 0;
    for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
    rows[(hash >>> 0) % parts]?.push(i);
  }
  return rows.map((own) => select(batch, Int32Array.from(own), own.length));
}

/** Only equality matters: a BOOLEAN is as good as its 0 or 1. */
function keyText(column: Column | undefined, row: number): string {
  if (column === undefined) return '';
  return valueKey(valueAt(column, column.kind === 'number' ? INT : BOOLEAN, row));
}
