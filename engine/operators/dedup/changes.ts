/** One row per key, kept up to date: a row that takes the place of another gives both. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../../batch/changes.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import { RowOutput } from '../../state/row-output.ts';
import type { StateData } from '../../state/snapshot.ts';
import { KeptRows, type KeptRowsData } from './kept-rows.ts';
import type { DedupPlan } from './plan.ts';
import type { DedupConfig } from './spec.ts';

export class DedupChanges implements StatefulOperator {
  readonly #context: OperatorContext<DedupConfig>;
  readonly #kept: KeptRows;
  readonly #out: RowOutput;
  /** Whether a row that is the same as the kept one changes nothing: not where what is below must hear of it in time. */
  readonly #skipsSame: boolean;
  readonly openWindows = 0;
  readonly late = 0;

  constructor(context: OperatorContext<DedupConfig>, { keys, term }: DedupPlan, ttl: string | undefined) {
    const { fields } = context.input;
    this.#context = context;
    this.#kept = new KeptRows(fields, keys, term, context.config.keep, ttl);
    this.#out = new RowOutput(this.#kept.rows, context, fields.length);
    this.#skipsSame = term === null && ttl === undefined;
  }

  get nextTimer(): number {
    return this.#kept.keys.nextTimer;
  }
  get stateRows(): number {
    return this.#kept.rows.size;
  }
  get stateBytes(): number {
    return this.#kept.bytes;
  }

  process(batch: Batch): void {
    const now = this.#context.clock.now();
    this.clock(now);
    this.#kept.attach(batch);
    const keys = this.#kept.keys.resolve(batch);
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const mark = batch.watermarks === null ? NO_WATERMARK : (batch.watermarks[row] as number);
      this.#take(batch, row, keys[row] as number, mark, now);
    }
    this.#out.flush();
    this.#kept.compact();
  }

  #take(batch: Batch, row: number, key: number, mark: number, now: number): void {
    const kept = this.#kept;
    const before = kept.find(key);
    if (before >= 0) {
      if (!kept.replaces(row, before)) return;
      if (this.#skipsSame && kept.same(batch, row, before)) return;
      this.#out.push(before, mark, UPDATE_BEFORE);
      kept.remove(key);
    }
    this.#out.push(kept.keep(batch, row, key), mark, before >= 0 ? UPDATE_AFTER : INSERT);
    kept.keys.written(key, now);
  }

  clock(now: number): void {
    const { keys } = this.#kept;
    for (let key = keys.takeIdle(now); key >= 0; key = keys.takeIdle(now)) this.#kept.remove(key);
  }

  watermark(): void {}
  end(): void {}

  snapshot(): StateData {
    return this.#kept.snapshot() as unknown as StateData;
  }
  restore(state: StateData): void {
    this.#kept.restore(state as unknown as KeptRowsData);
  }
}
