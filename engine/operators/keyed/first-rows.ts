/** Lets the first row of each key through, and nothing after it. */
import { type Batch, position, select } from '../../batch/batch.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import { copyOf } from '../../state/copies.ts';
import type { StateData } from '../../state/snapshot.ts';
import { StateKeys, type StateKeysData } from './state-keys.ts';

interface FirstRowsData {
  readonly keys: StateKeysData;
  readonly seen: Uint8Array;
}

export interface FirstRowsOptions {
  /** Indexes of the fields of a key. */
  readonly columns: readonly number[];
  /** Indexes of the fields that go on, in this order. */
  readonly output: readonly number[];
  readonly ttl: string | undefined;
  /** Whether a key is forgotten later because it came again. */
  readonly refresh: boolean;
}

export class FirstRows implements StatefulOperator {
  readonly #context: OperatorContext<unknown>;
  readonly #options: FirstRowsOptions;
  readonly #keys: StateKeys;
  /** By key: 1 where its first row went through. */
  #seen = new Uint8Array(64);
  #live = 0;
  readonly openWindows = 0;
  readonly late = 0;

  constructor(context: OperatorContext<unknown>, options: FirstRowsOptions) {
    this.#context = context;
    this.#options = options;
    this.#keys = new StateKeys(context.input.fields, options.columns, options.ttl);
  }

  get nextTimer(): number {
    return this.#keys.nextTimer;
  }
  get stateRows(): number {
    return this.#live;
  }
  get stateBytes(): number {
    return this.#keys.bytes + this.#seen.byteLength;
  }

  process(batch: Batch): void {
    const now = this.#context.clock.now();
    this.clock(now);
    const { refresh, output, ttl } = this.#options;
    const keys = this.#keys.resolve(batch);
    this.#makeRoom();
    const through = new Int32Array(batch.count);
    let count = 0;
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const key = keys[row] as number;
      const isFirst = this.#seen[key] === 0;
      if (ttl !== undefined && (isFirst || refresh)) this.#keys.written(key, now);
      if (!isFirst) continue;
      this.#seen[key] = 1;
      through[count++] = row;
    }
    this.#live += count;
    if (count > 0) {
      const columns = output.flatMap((c) => batch.columns[c] ?? []);
      this.#context.emit('out', select({ ...batch, columns }, through, count));
    }
    const left = this.#keys.compact(this.#live, (key) => this.#seen[key] === 1);
    if (left !== null) this.#seen = new Uint8Array(left.length).fill(1);
  }

  #makeRoom(): void {
    const { size } = this.#keys.table;
    if (size <= this.#seen.length) return;
    const seen = new Uint8Array(size * 2);
    seen.set(this.#seen);
    this.#seen = seen;
  }

  clock(now: number): void {
    for (let key = this.#keys.takeIdle(now); key >= 0; key = this.#keys.takeIdle(now)) {
      this.#seen[key] = 0;
      this.#live--;
    }
  }

  watermark(): void {}
  end(): void {}

  snapshot(): StateData {
    const data: FirstRowsData = {
      keys: this.#keys.snapshot(),
      seen: copyOf(this.#seen, this.#keys.table.size),
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const { keys, seen } = state as unknown as FirstRowsData;
    this.#keys.restore(keys);
    this.#seen = seen.slice();
    this.#live = seen.reduce((sum, one) => sum + one, 0);
  }
}
