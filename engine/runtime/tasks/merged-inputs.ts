/** Several inputs as one stream: what their watermarks amount to, by the rules of Flink's StatusWatermarkValve. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
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
  readonly ended: number;
}

export class MergedInputs {
  readonly #valve: WatermarkValve;
  readonly #to: MergedReceiver;
  readonly #count: number;
  #ended = 0;

  constructor(count: number, to: MergedReceiver) {
    this.#count = count;
    this.#valve = new WatermarkValve(count);
    this.#to = to;
  }

  snapshot(): MergedData {
    return { valve: this.#valve.snapshot(), ended: this.#ended };
  }

  restore({ valve, ended }: MergedData): void {
    this.#valve.restore(valve);
    this.#ended = ended;
  }

  /** What the edge into the `index`-th input is connected to. */
  receiver(index: number): Receiver {
    return {
      batch: (batch) =>
        this.#to.batch(
          this.#count === 1 ? batch : { ...batch, watermarks: this.#rejudge(index, batch) },
          index,
        ),
      watermark: (time) => this.#tell(this.#valve.watermark(index, time)),
      idle: (idle) => this.#tell(this.#valve.status(index, idle)),
      end: () => {
        this.#to.inputEnded(index);
        if (++this.#ended === this.#count) this.#to.end();
      },
    };
  }

  /** Below a merge a row is judged against the merged watermark, not against that of its own input. */
  #rejudge(index: number, batch: Batch): Float64Array | null {
    if (batch.times === null) return null;
    const others = this.#valve.withoutInput(index);
    const floor = this.#valve.current;
    const out = new Float64Array(batch.length);
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const own = batch.watermarks?.[i] ?? NO_WATERMARK;
      out[i] = Math.max(floor, Math.min(own, others));
    }
    return out;
  }

  /** First the watermark if it changed, then the status. */
  #tell(change: ValveChange): void {
    if (change.watermark !== null) this.#to.watermark(change.watermark);
    if (change.idle !== null) this.#to.idle(change.idle);
  }
}
