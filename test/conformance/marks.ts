/** Watermarks that come by channel or partition, as what an operator behind them sees of it: the merged one. */
import { PartitionWatermarks } from '../../engine/progress/partitions.ts';
import { WatermarkValve } from '../../engine/progress/valve.ts';
import { type JsonObject, ms, show, text, timeOf } from './case.ts';

/** Steps with `channel` or `partition` as plain watermarks where the merged one moves, else as nothing (null). */
export class MergedMarks {
  readonly #valve: WatermarkValve;
  readonly #partitions = new PartitionWatermarks(0, 0);
  readonly #indexes = new Map<string, number>();
  #last = Number.NEGATIVE_INFINITY;

  constructor(input: readonly JsonObject[], channels: number | null) {
    const named = input.flatMap((step) =>
      step['channel'] === undefined ? [] : [ms(step['channel'], 'channel')],
    );
    this.#valve = new WatermarkValve(channels ?? Math.max(0, ...named) + 1);
    // Partitions that are not registered by a step are there from the start.
    const registers = input.some((step) => step['op'] === 'register_partition');
    if (!registers) for (const step of input) if (step['partition'] !== undefined) this.#index(step);
  }

  static concerns = (step: JsonObject): boolean =>
    step['op'] !== 'record' && (step['channel'] !== undefined || step['partition'] !== undefined);

  take(step: JsonObject): JsonObject | null {
    if (step['channel'] === undefined) this.#ofPartition(step);
    else this.#ofChannel(step);
    const merged = Math.max(this.#valve.current, this.#partitions.merged);
    if (!(merged > this.#last)) return null;
    this.#last = merged;
    return { op: 'watermark', ts: merged === Number.POSITIVE_INFINITY ? 'MAX' : merged };
  }

  #ofChannel(step: JsonObject): void {
    const channel = ms(step['channel'], 'channel');
    if (step['op'] === 'watermark') this.#valve.watermark(channel, timeOf(step['ts']));
    else this.#valve.status(channel, isIdle(step));
  }

  #ofPartition(step: JsonObject): void {
    const index = this.#index(step);
    if (step['op'] === 'watermark') this.#partitions.advance(index, timeOf(step['ts']));
    else if (step['op'] === 'remove_partition') this.#partitions.remove(index);
    else if (step['op'] !== 'register_partition') {
      if (isIdle(step)) this.#partitions.markIdle(index);
      else this.#partitions.markActive(index);
    }
  }

  #index(step: JsonObject): number {
    const name = show(step['partition'] ?? null);
    const known = this.#indexes.get(name) ?? this.#partitions.add();
    this.#indexes.set(name, known);
    return known;
  }
}

const isIdle = (step: JsonObject): boolean =>
  (step['op'] === 'status' ? text(step['status']) : text(step['op'])).toUpperCase() === 'IDLE';
