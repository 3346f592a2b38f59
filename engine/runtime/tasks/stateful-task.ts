/** An operator with state between its inputs and its ports. */
import { type Batch, NO_WATERMARK } from '../../batch/batch.ts';
import type { NodeStats } from '../../telemetry/stats.ts';
import type { StatefulOperator } from '../contracts.ts';
import type { OutPort, Receiver } from '../port.ts';
import { MergedInputs, type MergedReceiver } from './merged-inputs.ts';

export class StatefulTask implements MergedReceiver {
  readonly stats: NodeStats;
  /** Replaced by one that was restored, in the harness. */
  operator: StatefulOperator;
  readonly #inputs: MergedInputs;
  readonly #ports: readonly OutPort[];

  constructor(inputs: number, operator: StatefulOperator, stats: NodeStats, ports: readonly OutPort[]) {
    this.#inputs = new MergedInputs(inputs, this);
    this.operator = operator;
    this.stats = stats;
    this.#ports = ports;
  }

  /** The receiver of one input port. */
  input(index: number): Receiver {
    return this.#inputs.receiver(index);
  }

  batch(batch: Batch, input: number): void {
    this.stats.recordsIn += batch.count;
    this.operator.process(batch, input);
  }

  watermark(time: number): void {
    this.operator.watermark(time);
    this.#passOn(this.operator.outputWatermark ?? time);
  }

  #passOn(time: number): void {
    if (time <= this.stats.watermark || time === NO_WATERMARK) return;
    this.stats.watermark = time;
    for (const port of this.#ports) port.watermark(time);
  }

  idle(idle: boolean): void {
    for (const port of this.#ports) port.idle(idle);
  }

  inputEnded(input: number): void {
    this.operator.inputEnded?.(input);
  }

  end(): void {
    this.operator.end();
    this.#passOn(Infinity);
    this.stats.state = 'finished';
    for (const port of this.#ports) port.end();
  }

  /** Takes the operator's own figures over. */
  refresh(): void {
    this.stats.late = this.operator.late;
    this.stats.openWindows = this.operator.openWindows;
    this.stats.stateBytes = this.operator.stateBytes;
    this.stats.stateRows = this.operator.stateRows;
  }
}
