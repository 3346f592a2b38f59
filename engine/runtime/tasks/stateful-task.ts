/** An operator with state between its inputs and its ports. */
import { type Batch, END_WATERMARK, NO_WATERMARK } from '../../batch/batch.ts';
import { putTogether, takeApart } from '../../checkpoints/pack.ts';
import type { StateData } from '../../state/snapshot.ts';
import type { NodeStats } from '../../telemetry/stats.ts';
import type { StatefulOperator } from '../contracts.ts';
import { inNode } from '../culprits.ts';
import type { OutPort, Receiver } from '../port.ts';
import { type MergedData, MergedInputs, type MergedReceiver, type Rewired } from './merged-inputs.ts';

export interface StatefulData {
  readonly operator: StateData;
  readonly inputs: MergedData;
  readonly complete: boolean;
}

export class StatefulTask implements MergedReceiver {
  readonly stats: NodeStats;
  #operator: StatefulOperator;
  readonly #create: () => StatefulOperator;
  readonly #inputs: MergedInputs;
  readonly #ports: readonly OutPort[];
  /** Late records of the run that this one goes on from. */
  #lateBefore = 0;
  /** The watermark has reached the end of time. */
  #complete = false;

  constructor(inputs: number, create: () => StatefulOperator, stats: NodeStats, ports: readonly OutPort[]) {
    this.#inputs = new MergedInputs(inputs, this);
    this.#create = create;
    this.#operator = create();
    this.stats = stats;
    this.#ports = ports;
  }

  get operator(): StatefulOperator {
    return this.#operator;
  }

  /** Throws the operator away and goes on with a new one that has its state: what a checkpoint and a restart amount to. */
  restart(): void {
    const kept = putTogether(takeApart(this.#operator.snapshot()).map((piece) => piece.bytes()));
    const next = this.#create();
    next.restore(kept as StateData);
    this.#operator = next;
  }

  snapshot(): StatefulData {
    return inNode(this.stats.node, () => {
      // The counters that go with it are of this very moment.
      this.refresh();
      return {
        operator: this.#operator.snapshot(),
        inputs: this.#inputs.snapshot(),
        complete: this.#complete,
      };
    });
  }

  /** Before anything else came, and after the node's counters were restored. */
  restore({ operator, inputs, complete }: StatefulData, rewired: Rewired | null = null): void {
    inNode(this.stats.node, () => {
      this.#operator.restore(operator);
      // Whether an operator's own count goes on or begins anew, the sum is what it was.
      this.#lateBefore = this.stats.late - this.#operator.late;
      this.#inputs.restore(inputs, rewired);
    });
    this.#complete = complete;
  }

  /** After a restore into another graph: those below may be new, as may those above. */
  announce(): void {
    for (const port of this.#ports) {
      if (this.stats.watermark > NO_WATERMARK) port.watermark(this.stats.watermark);
      port.idle(this.#inputs.isIdle);
      if (this.#inputs.isOver) port.end();
    }
  }

  /** The receiver of one input port. */
  input(index: number): Receiver {
    return this.#inputs.receiver(index);
  }

  batch(batch: Batch, input: number): void {
    this.stats.recordsIn += batch.count;
    this.#operator.process(batch, input);
  }

  watermark(time: number): void {
    if (time === END_WATERMARK) this.#complete = true;
    this.#operator.watermark(time);
    this.#passOn(this.#operator.outputWatermark ?? time);
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
    this.#operator.inputEnded?.(input);
  }

  end(): void {
    // A source that holds its watermark at the end leaves open what is open.
    if (this.#complete) {
      this.#operator.end();
      this.#passOn(END_WATERMARK);
    }
    this.stats.state = 'finished';
    for (const port of this.#ports) port.end();
  }

  /** Takes the operator's own figures over. */
  refresh(): void {
    this.stats.late = this.#lateBefore + this.#operator.late;
    this.stats.openWindows = this.#operator.openWindows;
    this.stats.stateBytes = this.#operator.stateBytes;
    this.stats.stateRows = this.#operator.stateRows;
  }
}
