/**
 * What a run's figures were, from its start on: every snapshot of the last minutes, and of the time before one in so
 * many, which become fewer the longer the run is. It covers the whole run and never holds more than `capacityFor`.
 */
import type { Evidence } from '../../engine/contract/evidence.ts';
import type { TelemetryLayout } from '../../engine/contract/telemetry.ts';

export interface Moment {
  /** ms of the run */
  readonly elapsedMs: number;
  readonly layout: TelemetryLayout;
  readonly figures: Float64Array;
  readonly evidence: readonly Evidence[];
}

/** Of figures, whatever the size of the graph. */
const BYTES_MAX = 64 * 1024 * 1024;
const MOMENTS_MAX = 2400;
const MOMENTS_MIN = 64;
/** ms between two of the moments that are kept of earlier times, at first. */
const COARSE_STEP_MS = 1000;

/** How many moments are kept of snapshots with so many figures. */
export const capacityFor = (figures: number): number =>
  Math.max(MOMENTS_MIN, Math.min(MOMENTS_MAX, Math.floor(BYTES_MAX / (8 * Math.max(1, figures)))));

export class History {
  /** Every snapshot, a ring; `#first` is the oldest. */
  #fine: Moment[] = [];
  #first = 0;
  /** What fell out of the ring, thinned. */
  #coarse: Moment[] = [];
  #stepMs = COARSE_STEP_MS;
  #half = MOMENTS_MAX / 2;

  clear(): void {
    this.#fine = [];
    this.#first = 0;
    this.#coarse = [];
    this.#stepMs = COARSE_STEP_MS;
    this.#half = MOMENTS_MAX / 2;
  }

  get length(): number {
    return this.#coarse.length + this.#fine.length;
  }

  /** A moment that is not later than the last one (a run told again after a dropped link) is left aside. */
  push(moment: Moment): void {
    const last = this.at(this.length - 1);
    if (last !== undefined && !(moment.elapsedMs > last.elapsedMs)) return;
    this.#shrinkTo(Math.floor(capacityFor(moment.figures.length) / 2));
    if (this.#fine.length < this.#half) {
      this.#fine.push(moment);
      return;
    }
    const oldest = this.#fine[this.#first];
    this.#fine[this.#first] = moment;
    this.#first = (this.#first + 1) % this.#fine.length;
    if (oldest !== undefined) this.#keep(oldest);
  }

  /** Oldest first; undefined beyond either end. */
  at(index: number): Moment | undefined {
    if (index < this.#coarse.length) return this.#coarse[index];
    const within = index - this.#coarse.length;
    return within < this.#fine.length ? this.#fine[(this.#first + within) % this.#fine.length] : undefined;
  }

  /** Index of the newest moment that is not later; the first one for times before it, -1 where there is none. */
  indexAt(elapsedMs: number): number {
    let [low, high] = [0, this.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.at(middle)?.elapsedMs ?? Number.POSITIVE_INFINITY) <= elapsedMs) low = middle;
      else high = middle - 1;
    }
    return high < 0 ? -1 : low;
  }

  /**
   * The first moment with the evidence of this one. Findings are looked for when evidence comes, from the figures of
   * then: figures of a second later would contradict it.
   */
  toldAt(moment: Moment): Moment {
    let first = moment;
    for (let i = this.indexAt(moment.elapsedMs); i >= 0; i--) {
      const before = this.at(i);
      if (before === undefined || before.evidence !== moment.evidence) break;
      if (before.layout === moment.layout) first = before;
    }
    return first;
  }

  #keep(moment: Moment): void {
    const last = this.#coarse.at(-1);
    if (last !== undefined && moment.elapsedMs - last.elapsedMs < this.#stepMs) return;
    this.#coarse.push(moment);
    if (this.#coarse.length < this.#half) return;
    // Full: half as many, twice as far apart. The first one stays: it is the run's start.
    this.#coarse = this.#coarse.filter((_, i) => i % 2 === 0);
    this.#stepMs *= 2;
  }

  /** A layout that grew makes room for fewer. */
  #shrinkTo(half: number): void {
    if (half >= this.#half) return;
    this.#half = half;
    const fine = Array.from(
      { length: this.#fine.length },
      (_, i) => this.at(this.#coarse.length + i) as Moment,
    );
    const leaving = fine.splice(0, Math.max(0, fine.length - half));
    this.#fine = fine;
    this.#first = 0;
    for (const moment of leaving) this.#keep(moment);
    while (this.#coarse.length >= half) {
      this.#coarse = this.#coarse.filter((_, i) => i % 2 === 0);
      this.#stepMs *= 2;
    }
  }
}
