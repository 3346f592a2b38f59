/** One batch as one a part, by selections over its columns: nothing is copied. */
import { type Batch, position, select } from '../../batch/batch.ts';
import { takeCodes } from '../../batch/slab.ts';

/** A counting sort of the positions, which keeps their order within a part. */
export class Splitter {
  readonly #counts: Int32Array;
  readonly #ends: Int32Array;

  constructor(parts: number) {
    this.#counts = new Int32Array(parts);
    this.#ends = new Int32Array(parts);
  }

  /**
   * @param partOf by position
   * @param to called for each part that has rows, in their order
   */
  split(batch: Batch, partOf: Int32Array, to: (part: number, rows: Batch) => void): void {
    const counts = this.#counts.fill(0);
    for (let k = 0; k < batch.count; k++) {
      const part = partOf[position(batch, k)] as number;
      counts[part] = (counts[part] as number) + 1;
    }
    const whole = counts.indexOf(batch.count);
    if (whole >= 0) {
      if (batch.count > 0) to(whole, batch);
      return;
    }
    const ends = this.#ends;
    for (let part = 0, from = 0; part < counts.length; part++) {
      ends[part] = from;
      from += counts[part] as number;
    }
    const places = takeCodes(batch.count);
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const part = partOf[i] as number;
      const at = ends[part] as number;
      places[at] = i;
      ends[part] = at + 1;
    }
    // Handing on may come back to here, with another batch.
    const parts = [...counts].flatMap((count, part) =>
      count === 0 ? [] : [{ part, count, end: ends[part] as number }],
    );
    for (const { part, count, end } of parts)
      to(part, select(batch, places.subarray(end - count, end), count));
  }
}
