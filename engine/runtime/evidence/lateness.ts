/** How late the records of a late port are: a sample that stays small, whatever comes. */
import { type Batch, position } from '../../batch/batch.ts';

const KEPT = 256;
/** Of one batch. */
const TAKEN = 16;

export class Lateness {
  readonly #behind: number[] = [];
  #seen = 0;

  /** Rows that an operator found late. Those without event time say nothing. */
  add(batch: Batch): void {
    const { times, watermarks, count } = batch;
    if (times === null || watermarks === null) return;
    const step = Math.max(1, Math.floor(count / TAKEN));
    for (let k = 0; k < count; k += step) {
      const row = position(batch, k);
      const behind = (watermarks[row] as number) - (times[row] as number);
      if (!Number.isFinite(behind)) continue;
      // A golden-ratio walk over the places: old and new ones stay mixed, and every run keeps the same.
      if (this.#behind.length < KEPT) this.#behind.push(behind);
      else this.#behind[Math.floor(((this.#seen * 0.618_033_988_75) % 1) * KEPT)] = behind;
      this.#seen++;
    }
  }

  /** Ascending, ms. */
  get behind(): number[] {
    return [...this.#behind].sort((a, b) => a - b);
  }
}
