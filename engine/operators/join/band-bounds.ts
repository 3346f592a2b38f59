/** Between which values the partners of each row lie, for a batch at once, by generated code. */
import type { Batch } from '../../batch/batch.ts';
import { position } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import { type Field, field } from '../../contract/types.ts';
import { FusedChain } from '../../runtime/chain/chain.ts';
import type { Band } from '../joins/band.ts';

export class BandBounds {
  /** By position; −Infinity and Infinity where there is no bound, the other way round where a row has no partners. */
  lows = new Float64Array(0);
  highs = new Float64Array(0);
  readonly #chain: FusedChain;

  /** @param fields of the side that has the bounds */
  constructor(fields: readonly Field[], { low, high }: Band) {
    const ends = high === null ? [low] : [low, high];
    this.#chain = new FusedChain(fields, [
      {
        kind: 'project',
        columns: ends.map((expression, at) => ({ field: field(`end${at}`, expression.type), expression })),
      },
    ]);
  }

  /** Valid until the next call. */
  compute(batch: Batch): void {
    if (this.lows.length < batch.length) {
      this.lows = new Float64Array(batch.length);
      this.highs = new Float64Array(batch.length);
    }
    // Where a bound fails its row has none: the condition then says so of each of its pairs.
    this.lows.fill(-Infinity);
    this.highs.fill(Infinity);
    const { batch: out } = this.#chain.process(batch);
    const [low, high] = out.columns;
    for (let k = 0; k < out.count; k++) {
      const i = position(out, k);
      if (low !== undefined) this.lows[i] = bound(low, i, -Infinity, Infinity);
      if (high !== undefined) this.highs[i] = bound(high, i, Infinity, -Infinity);
    }
  }
}

/** @param none for a value beyond the numbers @param never for NULL */
function bound(column: Column, row: number, none: number, never: number): number {
  if (column.validity !== null && column.validity[row] === 0) return never;
  return column.kind === 'number' ? (column.values[row] as number) : none;
}
