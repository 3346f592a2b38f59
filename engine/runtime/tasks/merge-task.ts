/** Several inputs into one stream: rows as they come, with the columns in one order. */
import { type Batch, NO_WATERMARK } from '../../batch/batch.ts';
import type { Field } from '../../contract/types.ts';
import type { NodeStats } from '../../telemetry/stats.ts';
import type { OutPort, Receiver } from '../port.ts';
import { type MergedData, MergedInputs, type MergedReceiver, type Rewired } from './merged-inputs.ts';

export class MergeTask implements MergedReceiver {
  readonly stats: NodeStats;
  readonly #inputs: MergedInputs;
  readonly #out: OutPort;
  readonly #orders: (readonly number[])[] = [];

  constructor(inputs: number, stats: NodeStats, out: OutPort) {
    this.#inputs = new MergedInputs(inputs, this);
    this.stats = stats;
    this.#out = out;
  }

  /** The receiver of one input; its columns are put into the order of `fields`. */
  input(index: number, own: readonly Field[], fields: readonly Field[]): Receiver {
    this.#orders[index] = fields.map((f) => own.findIndex((g) => g.name === f.name));
    return this.#inputs.receiver(index);
  }

  snapshot(): MergedData {
    return this.#inputs.snapshot();
  }

  restore(data: MergedData, rewired: Rewired | null = null): void {
    this.#inputs.restore(data, rewired);
  }

  /** After a restore into another graph: those below may be new, as may those above. */
  announce(): void {
    this.#inputs.settle();
    if (this.stats.watermark > NO_WATERMARK) this.#out.watermark(this.stats.watermark);
    this.#out.idle(this.#inputs.isIdle);
    if (this.#inputs.isOver) this.#out.end();
  }

  batch(batch: Batch, input: number): void {
    this.stats.recordsIn += batch.count;
    this.stats.recordsOut += batch.count;
    const columns = (this.#orders[input] ?? []).flatMap((at) => batch.columns[at] ?? []);
    this.#out.batch({ ...batch, columns });
  }

  watermark(time: number): void {
    this.stats.watermark = time;
    this.#out.watermark(time);
  }

  idle(idle: boolean): void {
    this.#out.idle(idle);
  }

  inputEnded(): void {}

  end(): void {
    this.stats.state = 'finished';
    this.#out.end();
  }
}
