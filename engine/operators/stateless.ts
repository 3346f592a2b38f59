/** What operators have in common that keep nothing between batches and wait for no time. */
import type { Batch } from '../batch/batch.ts';
import type { StatefulOperator } from '../runtime/contracts.ts';

export abstract class Stateless implements StatefulOperator {
  readonly nextTimer: number = Infinity;
  readonly openWindows = 0;
  readonly stateRows = 0;
  readonly stateBytes = 0;
  readonly late = 0;

  abstract process(batch: Batch, input: number): void;
  watermark(): void {}
  clock(): void {}
  end(): void {}
  snapshot(): null {
    return null;
  }
  restore(): void {}
}
