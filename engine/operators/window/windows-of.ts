/** The windows of a row, one after the other in two arrays that are used again: by its time, or as it says itself. */
import type { Batch } from '../../batch/batch.ts';
import { Slices } from '../../progress/slices.ts';
import type { PlannedWindow } from './plan.ts';

export class WindowsOf {
  readonly #window: PlannedWindow;
  readonly #slices: Slices | null;
  #batchStarts: ArrayLike<number> = [];
  #batchEnds: ArrayLike<number> = [];
  starts = new Float64Array(4);
  ends = new Float64Array(4);

  constructor(window: PlannedWindow) {
    this.#window = window;
    this.#slices = window.kind === 'hopping' || window.kind === 'cumulating' ? new Slices(window) : null;
  }

  /** The batch that rows of the next calls stand in: where rows bring their windows. */
  bind(batch: Batch | null): void {
    if (this.#window.kind !== 'assigned') return;
    const { start, end } = this.#window;
    this.#batchStarts = (batch?.columns[start]?.values ?? []) as ArrayLike<number>;
    this.#batchEnds = (batch?.columns[end]?.values ?? []) as ArrayLike<number>;
  }

  /** How many there are, by ascending start and end. */
  count(time: number, row: number): number {
    if (this.#slices === null) {
      const own = this.#window.kind === 'assigned';
      this.starts[0] = own ? (this.#batchStarts[row] as number) : -Infinity;
      this.ends[0] = own ? (this.#batchEnds[row] as number) : Infinity;
      return 1;
    }
    const slice = this.#slices.sliceOf(time);
    const last = this.#slices.lastEnd(slice);
    let count = 0;
    for (let end = this.#slices.firstEnd(slice); end <= last; end += this.#slices.step) {
      if (count === this.starts.length) this.#grow();
      this.starts[count] = this.#slices.startOf(end);
      this.ends[count++] = end;
    }
    return count;
  }

  #grow(): void {
    const starts = new Float64Array(this.starts.length * 2);
    starts.set(this.starts);
    this.starts = starts;
    const ends = new Float64Array(starts.length);
    ends.set(this.ends);
    this.ends = ends;
  }
}
