/** One row per key and window, given when the window closes: append-only. */
import type { Batch } from '../../batch/batch.ts';
import { INSERT } from '../../batch/changes.ts';
import { maxTimestamp } from '../../progress/windows.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import { RowOutput } from '../../state/row-output.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers, type TimersData } from '../../state/timers.ts';
import type { WindowFields } from '../keyed/plan.ts';
import { WindowEnds } from '../keyed/window-ends.ts';
import { KeptRows, type KeptRowsData } from './kept-rows.ts';
import type { DedupPlan } from './plan.ts';
import type { DedupConfig } from './spec.ts';

interface DedupWindowsData {
  readonly kept: KeptRowsData;
  readonly timers: TimersData;
  readonly watermark: number;
}

export class DedupWindows implements StatefulOperator {
  readonly #window: WindowFields;
  /** By keys and window. */
  readonly #kept: KeptRows;
  readonly #out: RowOutput;
  readonly #ends: WindowEnds;
  #timers = new Timers();
  readonly nextTimer = Infinity;

  constructor(context: OperatorContext<DedupConfig>, { keys, term }: DedupPlan, window: WindowFields) {
    const { fields } = context.input;
    this.#window = window;
    this.#kept = new KeptRows(fields, [...keys, ...window.columns], term, context.config.keep);
    this.#out = new RowOutput(this.#kept.rows, context, fields.length);
    this.#ends = new WindowEnds(context, window.end, (watermark) => this.#advance(watermark));
  }

  get openWindows(): number {
    return this.#kept.rows.size;
  }
  get stateRows(): number {
    return this.#kept.rows.size;
  }
  get stateBytes(): number {
    return this.#kept.bytes + this.#timers.bytes;
  }
  get late(): number {
    return this.#ends.late;
  }

  process(batch: Batch): void {
    this.#kept.attach(batch);
    const keys = this.#kept.keys.resolve(batch);
    this.#ends.each(batch, (row, end) => this.#take(batch, row, keys[row] as number, end));
    this.#out.flush();
    if (this.#kept.compact() !== null) this.#setTimers();
  }

  #take(batch: Batch, row: number, key: number, end: number): void {
    const before = this.#kept.find(key);
    if (before < 0) this.#timers.add(maxTimestamp(end), key);
    else if (!this.#kept.replaces(row, before)) return;
    this.#kept.remove(key);
    this.#kept.keep(batch, row, key);
  }

  watermark(time: number): void {
    if (time > this.#ends.watermark) this.#advance(time);
    this.#out.flush();
  }

  #advance(watermark: number): void {
    for (let key = this.#timers.takeDue(watermark); key >= 0; key = this.#timers.takeDue(watermark)) {
      const id = this.#kept.find(key);
      this.#out.push(id, this.#ends.watermark, INSERT, 0, this.#due(id));
      this.#kept.remove(key);
    }
    this.#ends.watermark = watermark;
  }

  /** When the window of a kept row closes. */
  #due(id: number): number {
    return maxTimestamp(Number(this.#kept.rows.value(id, this.#window.end)));
  }

  #setTimers(): void {
    this.#timers = new Timers();
    for (let key = 0; key < this.#kept.rows.size; key++)
      this.#timers.add(this.#due(this.#kept.find(key)), key);
  }

  clock(): void {}

  end(): void {
    this.watermark(Infinity);
  }

  snapshot(): StateData {
    const data: DedupWindowsData = {
      kept: this.#kept.snapshot(),
      timers: this.#timers.snapshot(),
      watermark: this.#ends.watermark,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const { kept, timers, watermark } = state as unknown as DedupWindowsData;
    this.#kept.restore(kept);
    this.#timers.restore(timers);
    this.#ends.watermark = watermark;
  }
}
