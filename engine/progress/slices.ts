/**
 * Windows as slices: a stretch of time that no window begins or ends within, so that a record is aggregated once, into its slice, and
 * a window is the sum of its slices (Flink's SliceAssigner; panes of Li et al. 2005). Of windows with a common rhythm only: tumbling,
 * hopping and cumulating.
 *
 * Everything is a function of times in ms; the end of a window names it.
 */
import { startAtOrAfter, tumblingStart } from './windows.ts';

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export type Sliced =
  | { readonly kind: 'hopping'; readonly size: number; readonly slide: number; readonly offset: number }
  /** Windows of one start that grow by `step`, of which `size` is a multiple. */
  | { readonly kind: 'cumulating'; readonly size: number; readonly step: number; readonly offset: number };

export class Slices {
  /** Of a slice. */
  readonly length: number;
  /** From the end of one window to that of the next. */
  readonly step: number;
  readonly cumulating: boolean;
  readonly #size: number;
  readonly #offset: number;

  constructor(windows: Sliced) {
    this.cumulating = windows.kind === 'cumulating';
    this.step = windows.kind === 'cumulating' ? windows.step : windows.slide;
    this.length = gcd(windows.size, this.step);
    this.#size = windows.size;
    this.#offset = windows.offset;
  }

  /** Start of the slice that holds `time`. */
  sliceOf(time: number): number {
    return tumblingStart(time, this.length, this.#offset);
  }

  /** The first end of a window at or after `time`. */
  endAtOrAfter(time: number): number {
    return startAtOrAfter(time - this.#size, this.step, this.#offset) + this.#size;
  }

  /** End of the first window that holds the slice. */
  firstEnd(slice: number): number {
    return this.endAtOrAfter(slice + this.length);
  }

  /** End of the last window that holds the slice. */
  lastEnd(slice: number): number {
    return tumblingStart(slice, this.cumulating ? this.#size : this.step, this.#offset) + this.#size;
  }

  /** Start of the window that ends at `end`. */
  startOf(end: number): number {
    return this.cumulating ? tumblingStart(end - 1, this.#size, this.#offset) : end - this.#size;
  }
}
