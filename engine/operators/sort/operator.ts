/** Sort by event time: rows wait in order, and leave when the watermark has passed them. */
import type { Batch } from '../../batch/batch.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import { planSort } from '../../plan/sort-terms.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import { RowOutput } from '../../state/row-output.ts';
import type { StateData } from '../../state/snapshot.ts';
import { SortBuffer, type SortBufferData } from './buffer.ts';
import type { SortConfig } from './spec.ts';

export const sortRuntime: StatefulRuntime<SortConfig> = {
  kind: 'stateful',
  needs: () => [[]],
  partitionBy: () => null,
  create: (context) => new SortOperator(context),
};

class SortOperator implements StatefulOperator {
  readonly #buffer: SortBuffer;
  readonly #out: RowOutput;
  readonly nextTimer = Infinity;
  readonly openWindows = 0;

  constructor(context: OperatorContext<SortConfig>) {
    const { fields } = context.input;
    const terms = planSort({ report: throwProblem }, ['thenBy'], context.config.thenBy, fields);
    this.#buffer = new SortBuffer(fields, terms, context, (id, watermark) => this.#out.push(id, watermark));
    this.#out = new RowOutput(this.#buffer.rows, context, fields.length);
  }

  get stateRows(): number {
    return this.#buffer.rows.size;
  }
  get stateBytes(): number {
    return this.#buffer.bytes;
  }
  get late(): number {
    return this.#buffer.late;
  }

  process(batch: Batch): void {
    this.#buffer.process(batch);
    this.#out.flush();
  }

  watermark(time: number): void {
    if (time > this.#buffer.watermark) this.#buffer.advance(time);
    this.#out.flush();
  }

  clock(): void {}

  end(): void {
    this.watermark(Infinity);
  }

  snapshot(): StateData {
    return this.#buffer.snapshot() as unknown as StateData;
  }
  restore(state: StateData): void {
    this.#buffer.restore(state as unknown as SortBufferData);
  }
}
