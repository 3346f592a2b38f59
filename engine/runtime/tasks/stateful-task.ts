/** An operator with state between its input and its ports. */
import type { Batch } from '../../batch/batch.ts';
import type { NodeStats } from '../../telemetry/stats.ts';
import type { StatefulOperator } from '../contracts.ts';
import type { OutPort, Receiver } from '../port.ts';

export class StatefulTask implements Receiver {
  readonly stats: NodeStats;
  readonly operator: StatefulOperator;
  readonly #ports: readonly OutPort[];

  constructor(operator: StatefulOperator, stats: NodeStats, ports: readonly OutPort[]) {
    this.operator = operator;
    this.stats = stats;
    this.#ports = ports;
  }

  batch(batch: Batch): void {
    this.stats.recordsIn += batch.count;
    this.operator.process(batch);
  }

  watermark(time: number): void {
    this.operator.watermark(time);
    this.stats.watermark = time;
    for (const port of this.#ports) port.watermark(time);
  }

  idle(idle: boolean): void {
    for (const port of this.#ports) port.idle(idle);
  }

  end(): void {
    this.operator.end();
    this.stats.state = 'finished';
    for (const port of this.#ports) port.end();
  }

  /** Takes the operator's own figures over. */
  refresh(): void {
    this.stats.late = this.operator.late;
    this.stats.openWindows = this.operator.openWindows;
    this.stats.stateBytes = this.operator.stateBytes;
  }
}
