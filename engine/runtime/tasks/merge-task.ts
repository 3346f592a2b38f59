/** Several inputs into one stream: rows as they come, the watermark by the rules of Flink's StatusWatermarkValve. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import type { Field } from '../../contract/types.ts';
import { type ValveChange, WatermarkValve } from '../../progress/valve.ts';
import type { NodeStats } from '../../telemetry/stats.ts';
import type { OutPort, Receiver } from '../port.ts';

export class MergeTask {
  readonly stats: NodeStats;
  readonly #valve: WatermarkValve;
  readonly #out: OutPort;
  #ended = 0;
  readonly #inputs: number;

  constructor(inputs: number, stats: NodeStats, out: OutPort) {
    this.#inputs = inputs;
    this.#valve = new WatermarkValve(inputs);
    this.stats = stats;
    this.#out = out;
  }

  /** The receiver of one input; its columns are put into the order of `fields`. */
  input(index: number, own: readonly Field[], fields: readonly Field[]): Receiver {
    const order = fields.map((f) => own.findIndex((g) => g.name === f.name));
    return {
      batch: (batch) => this.#batch(index, batch, order),
      watermark: (time) => this.#tell(this.#valve.watermark(index, time)),
      idle: (idle) => this.#tell(this.#valve.status(index, idle)),
      end: () => {
        if (++this.#ended === this.#inputs) {
          this.stats.state = 'finished';
          this.#out.end();
        }
      },
    };
  }

  #batch(index: number, batch: Batch, order: readonly number[]): void {
    this.stats.recordsIn += batch.count;
    this.stats.recordsOut += batch.count;
    const columns = order.flatMap((at) => batch.columns[at] ?? []);
    this.#out.batch({ ...batch, columns, watermarks: this.#rejudge(index, batch) });
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
    if (change.watermark !== null) {
      this.stats.watermark = change.watermark;
      this.#out.watermark(change.watermark);
    }
    if (change.idle !== null) this.#out.idle(change.idle);
  }
}
