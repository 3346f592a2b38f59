/** Whether a right row ends the version of its key instead of starting one. */
import type { Batch } from '../../batch/batch.ts';
import { DELETE } from '../../batch/changes.ts';

/** @param column of the computed condition `deleteWhere`; −1: there is none */
export function isDelete(batch: Batch, row: number, column: number): boolean {
  if (batch.changes !== null && batch.changes[row] === DELETE) return true;
  const tombstone = column < 0 ? undefined : batch.columns[column];
  return (
    tombstone !== undefined &&
    tombstone.values[row] === 1 &&
    (tombstone.validity === null || tombstone.validity[row] !== 0)
  );
}
