/** Several inputs as one stream: what their watermarks amount to, by the rules of Flink's StatusWatermarkValve. */
import { type Batch, NO_WATERMARK } from '../../batch/batch.ts';
import { takeFloats } from '../../batch/slab.ts';
import { type ValveChange, type ValveData, WatermarkValve } from '../../progress/valve.ts';
import type { Receiver } from '../port.ts';

export interface MergedReceiver {
  batch(batch: Batch, input: number): void;
  watermark(time: number): void;
  idle(idle: boolean): void;
  inputEnded(input: number): void;
  end(): void;
}

export interface MergedData {
  readonly valve: ValveData;
  /** By input. */
  readonly ended: readonly boolean[];
}

/** How inputs of now go with those of the checkpoint. */
export interface Rewired {
  /** By input, which it was then; −1: it is new. */
  readonly from: readonly number[];
}

export class MergedInputs {
  readonly #valve: WatermarkValve;
  readonly #to: MergedReceiver;
  readonly #count: number;
  #ended: boolean[];
  #isOver = false;
  /** Above a restored operator there may be another source now: until its watermark is here, no row of it is on time. */
  #strictUntil = NO_WATERMARK;

  constructor(count: number, to: MergedReceiver) {
    this.#count = count;
    this.#valve = new WatermarkValve(count);
    this.#to = to;
    this.#ended = new Array<boolean>(count).fill(false);
  }

  /** Whether all inputs have ended, and that was told. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get isIdle(): boolean {
    return this.#valve.idle;
  }

  snapshot(): MergedData {
    return { valve: this.#valve.snapshot(), ended: [...this.#ended] };
  }

  /** @param rewired null: the graph is the one of the checkpoint */
  restore({ valve, ended }: MergedData, rewired: Rewired | null = null): void {
    this.#valve.restore(valve, rewired?.from);
    this.#isOver = ended.every((one) => one);
    this.#ended = this.#ended.map((_, i) => ended[rewired?.from[i] ?? i] ?? false);
    if (rewired !== null) this.#strictUntil = this.#valve.current;
  }

  /** After a restore with other inputs, and after those above have told where they stand. */
  settle(): void {
    this.#tell(this.#valve.settle());
    if (!this.#isOver) this.#endIfAll();
  }

  #endIfAll(): void {
    if (!this.#ended.every((one) => one)) return;
    this.#isOver = true;
    this.#to.end();
  }

  /** What the edge into the `index`-th input is connected to. */
  receiver(index: number): Receiver {
    return {
      batch: (batch) =>
        this.#to.batch(
          this.#count === 1 && this.#strictUntil === NO_WATERMARK
            ? batch
            : { ...batch, watermarks: this.#rejudge(index, batch) },
          index,
        ),
      watermark: (time) => {
        if (time > this.#strictUntil) this.#strictUntil = NO_WATERMARK;
        this.#tell(this.#valve.watermark(index, time));
      },
      idle: (idle) => this.#tell(this.#valve.status(index, idle)),
      // Told again after a restore, for those below that did not hear of it.
      end: () => {
        if (this.#ended[index] === true) return;
        this.#ended[index] = true;
        this.#to.inputEnded(index);
        this.#endIfAll();
      },
    };
  }

  /** Below a merge a row is judged against the merged watermark, not against that of its own input. */
  #rejudge(index: number, batch: Batch): Float64Array | null {
    if (batch.times === null) return null;
    const others = this.#valve.withoutInput(index);
    const floor = this.#valve.current;
    const out = takeFloats(batch.length);
    const { watermarks, selection, count } = batch;
    if (watermarks === null || others <= floor) {
      // Only where rows count: behind a filter few may be left.
      if (selection === null || count * 2 > batch.length) return out.fill(floor);
      for (let k = 0; k < count; k++) out[selection[k] as number] = floor;
      return out;
    }
    for (let k = 0; k < count; k++) {
      const i = selection === null ? k : (selection[k] as number);
      out[i] = Math.max(floor, Math.min(watermarks[i] as number, others));
    }
    return out;
  }

  /** First the watermark if it changed, then the status. */
  #tell(change: ValveChange): void {
    if (change.watermark !== null) this.#to.watermark(change.watermark);
    if (change.idle !== null) this.#to.idle(change.idle);
  }
}
