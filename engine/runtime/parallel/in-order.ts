/**
 * What the slices of an operator give during one call, as one operator would give it: in the order of the watermarks that the rows are
 * judged by, so that nobody below goes on to a time before all rows that came before it are there.
 */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { gatherFrom } from '../../batch/concat.ts';

/** @param given by slice, what it gave, in its order */
export function inOrder(given: readonly (readonly Batch[])[]): Batch[] {
  const batches = given.flat();
  if (batches.length < 2) return batches;
  const selections = asSelection(batches);
  if (selections !== null) return [selections];
  if (batches.every((b) => b.watermarks === null) || ascend(batches)) return batches;
  return [merged(given.filter((own) => own.length > 0))];
}

/** Rows of one batch that all went through: in its order. Null: they are others. */
function asSelection(batches: readonly Batch[]): Batch | null {
  const first = batches[0] as Batch;
  const isSame = batches.every(
    (b) =>
      b.length === first.length &&
      b.times === first.times &&
      b.watermarks === first.watermarks &&
      b.changes === first.changes &&
      b.columns.length === first.columns.length &&
      b.columns.every((column, c) => column === first.columns[c]),
  );
  if (!isSame) return null;
  const count = batches.reduce((sum, b) => sum + b.count, 0);
  const selection = new Int32Array(count);
  let at = 0;
  for (const batch of batches) for (let k = 0; k < batch.count; k++) selection[at++] = position(batch, k);
  return { ...first, selection: selection.sort(), count };
}

const markAt = (batch: Batch, k: number): number =>
  batch.watermarks === null ? NO_WATERMARK : (batch.watermarks[position(batch, k)] as number);

/** Whether they are in order one after the other. */
function ascend(batches: readonly Batch[]): boolean {
  let last = NO_WATERMARK;
  for (const batch of batches) {
    if (batch.count === 0) continue;
    if (markAt(batch, 0) < last) return false;
    for (let k = 0; k < batch.count; k++) last = Math.max(last, markAt(batch, k));
  }
  return true;
}

/** Where a slice stands in what it gave, and the largest watermark up to there: the rows of one slice are never swapped. */
interface Reader {
  readonly from: number;
  readonly batches: readonly Batch[];
  batch: number;
  row: number;
  mark: number;
}

function merged(given: readonly (readonly Batch[])[]): Batch {
  const all = given.flat();
  const readers: Reader[] = [];
  let from = 0;
  for (const batches of given) {
    const reader: Reader = { from, batches, batch: 0, row: -1, mark: NO_WATERMARK };
    from += batches.length;
    if (advance(reader)) readers.push(reader);
  }
  const length = all.reduce((sum, b) => sum + b.count, 0);
  const places = { batches: new Int32Array(length), rows: new Int32Array(length) };
  for (let at = 0; readers.length > 0; at++) {
    let least = 0;
    for (let r = 1; r < readers.length; r++)
      if ((readers[r] as Reader).mark < (readers[least] as Reader).mark) least = r;
    const reader = readers[least] as Reader;
    places.batches[at] = reader.from + reader.batch;
    places.rows[at] = position(reader.batches[reader.batch] as Batch, reader.row);
    if (!advance(reader)) readers.splice(least, 1);
  }
  return gatherFrom(all, places);
}

function advance(reader: Reader): boolean {
  reader.row++;
  for (;;) {
    const batch = reader.batches[reader.batch];
    if (batch === undefined) return false;
    if (reader.row < batch.count) {
      reader.mark = Math.max(reader.mark, markAt(batch, reader.row));
      return true;
    }
    reader.batch++;
    reader.row = 0;
  }
}
