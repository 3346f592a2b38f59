/**
 * What the source saw of a batch's event times, kept with the batch: a window whose pane holds them all need not look
 * at the time of every row again. An optional extra: whoever makes batches may leave it out.
 */
import type { Batch } from './batch.ts';

export interface TimeBounds {
  /** The array that the bounds are of. A batch that was given other times meanwhile has none. */
  readonly times: Float64Array;
  /** ms, over all positions, also those that no longer count. */
  readonly oldest: number;
  readonly newest: number;
}

export interface BoundedBatch extends Batch {
  readonly timeBounds?: TimeBounds;
}

export function timeBounds(batch: BoundedBatch): TimeBounds | null {
  const { timeBounds: bounds } = batch;
  return bounds !== undefined && bounds.times === batch.times ? bounds : null;
}
