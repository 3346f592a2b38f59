/** When rows of a replay by time are due: the first row now, the others at their distance from it, divided by the speed. */
import type { Clock } from '../../runtime/clock.ts';

export class Pace {
  readonly #clock: Clock;
  readonly #speed: number;
  #startedAt = Number.NaN;
  #firstTime = Number.NaN;

  constructor(clock: Clock, speed: number) {
    this.#clock = clock;
    this.#speed = speed;
  }

  /** Begins at the first time that is known; before, everything is due. */
  start(time: number): void {
    if (!Number.isNaN(this.#firstTime) || !Number.isFinite(time)) return;
    this.#startedAt = this.#clock.now();
    this.#firstTime = time;
  }

  /** By the run's clock, when a row of this time (ms) is due. Rows without a time are due with the row before. */
  at(time: number): number {
    if (Number.isNaN(this.#firstTime) || !Number.isFinite(time)) return -Infinity;
    return this.#startedAt + (time - this.#firstTime) / this.#speed;
  }

  /** The latest time that is due now. */
  get now(): number {
    if (Number.isNaN(this.#firstTime)) return Infinity;
    return this.#firstTime + (this.#clock.now() - this.#startedAt) * this.#speed;
  }
}

/** How many of the ascending `times` from `from` on are at most `time`. */
export function countUpTo(times: Float64Array, from: number, time: number): number {
  let low = from;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - from;
}
