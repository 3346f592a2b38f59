/**
 * How a watermark follows the event times of one partition.
 *
 * A watermark of `w` says: no record at or before `w` is to be expected. It is always a promise of a strategy, never a
 * fact; records that break it are late. It never goes backwards.
 */

export type WatermarkStrategy =
  /** Records are out of order by at most `delayMs`: Flink SQL's `WATERMARK FOR ts AS ts - INTERVAL …`. */
  | { readonly kind: 'bounded'; readonly delayMs: number }
  /** Times never fall within a partition: Flink SQL's `ts - INTERVAL '0.001' SECOND`, which lets equal times follow. */
  | { readonly kind: 'ascending' }
  /** No promise at all; event-time windows fire at the end of the input. */
  | { readonly kind: 'none' };

/** The watermark before anything is known. */
export const NO_WATERMARK = -Infinity;

/**
 * How far the watermark stays behind the largest event time so far, in ms; null: there is none.
 *
 * Flink's DataStream class `BoundedOutOfOrdernessWatermarks` subtracts 1 ms more than SQL does for the same bound: with it,
 * a record exactly `delay` behind is on time even for a window that ends right after it. Weir follows SQL; add 1 for the class.
 */
export function watermarkDelay(strategy: WatermarkStrategy): number | null {
  switch (strategy.kind) {
    case 'bounded':
      return strategy.delayMs;
    case 'ascending':
      return 1;
    case 'none':
      return null;
  }
}
