/** Distinct values of an updating input: how many records have each, so that the last one that goes takes its row along. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { adds, DELETE, INSERT } from '../../batch/changes.ts';
import { OutputBuilder } from '../../batch/output.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import { copyOf } from '../../state/copies.ts';
import type { StateData } from '../../state/snapshot.ts';
import { StateKeys, type StateKeysData } from '../keyed/state-keys.ts';
import type { DistinctConfig } from './spec.ts';

interface DistinctCountsData {
  readonly keys: StateKeysData;
  readonly counts: Float64Array;
}

export class DistinctCounts implements StatefulOperator {
  readonly #context: OperatorContext<DistinctConfig>;
  readonly #keys: StateKeys;
  readonly #out: OutputBuilder;
  /** By key: its records. */
  #counts = new Float64Array(64);
  #live = 0;
  readonly openWindows = 0;
  readonly late = 0;

  constructor(context: OperatorContext<DistinctConfig>, columns: readonly number[]) {
    this.#context = context;
    this.#keys = new StateKeys(context.input.fields, columns, context.config.ttl);
    this.#out = new OutputBuilder(context.output.fields, true);
  }

  get nextTimer(): number {
    return this.#keys.nextTimer;
  }
  get stateRows(): number {
    return this.#live;
  }
  get stateBytes(): number {
    return this.#keys.bytes + this.#counts.byteLength;
  }

  process(batch: Batch): void {
    const now = this.#context.clock.now();
    this.clock(now);
    const keys = this.#keys.resolve(batch);
    this.#makeRoom();
    const { changes } = batch;
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const key = keys[row] as number;
      const count = this.#counts[key] as number;
      const isAdded = changes === null || adds(changes[row] as number);
      // What was never there, or was forgotten, cannot be taken back (Flink ignores it too).
      if (!isAdded && count === 0) continue;
      this.#counts[key] = isAdded ? count + 1 : count - 1;
      this.#keys.written(key, now);
      if (isAdded && count === 0) {
        this.#live++;
        this.#emit(batch, row, key, INSERT);
      } else if (!isAdded && count === 1) {
        this.#live--;
        this.#keys.dropped(key);
        this.#emit(batch, row, key, DELETE);
      }
    }
    if (this.#out.length > 0) this.#context.emit('out', this.#out.take(now));
    const left = this.#keys.compact(this.#live, (key) => (this.#counts[key] ?? 0) > 0);
    if (left !== null) this.#counts = Float64Array.from(left, (key) => this.#counts[key] as number);
  }

  #emit(batch: Batch, row: number, key: number, change: typeof INSERT | typeof DELETE): void {
    const { columns } = this.#out;
    for (let c = 0; c < columns.length; c++) {
      const builder = columns[c];
      if (builder !== undefined) this.#keys.table.emit(key, c, builder);
    }
    this.#out.endRow(batch.times?.[row] ?? Number.NaN, batch.watermarks?.[row] ?? NO_WATERMARK, change);
  }

  #makeRoom(): void {
    const { size } = this.#keys.table;
    if (size <= this.#counts.length) return;
    const counts = new Float64Array(size * 2);
    counts.set(this.#counts);
    this.#counts = counts;
  }

  clock(now: number): void {
    for (let key = this.#keys.takeIdle(now); key >= 0; key = this.#keys.takeIdle(now)) {
      this.#counts[key] = 0;
      this.#live--;
    }
  }

  watermark(): void {}
  end(): void {}

  snapshot(): StateData {
    const data: DistinctCountsData = {
      keys: this.#keys.snapshot(),
      counts: copyOf(this.#counts, this.#keys.table.size),
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const { keys, counts } = state as unknown as DistinctCountsData;
    this.#keys.restore(keys);
    this.#counts = counts.slice();
    this.#live = counts.reduce((sum, count) => sum + Number(count > 0), 0);
  }
}
