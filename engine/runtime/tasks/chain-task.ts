/** A chain of stateless operators between two ports, run as one generated function. */
import type { Batch } from '../../batch/batch.ts';
import type { Field } from '../../contract/types.ts';
import type { NodeStats } from '../../telemetry/stats.ts';
import { FusedChain } from '../chain/chain.ts';
import type { Clock } from '../clock.ts';
import { type FusedStep, RAW_TEXT_MAX } from '../contracts.ts';
import { type DeadLetters, rawRow, rowProblem } from '../dead-letters.ts';
import type { Receiver } from '../port.ts';

export interface ChainMember {
  readonly step: FusedStep;
  readonly stats: NodeStats;
  readonly deadLetters: Pick<DeadLetters, 'send' | 'end'>;
  /** Told how many rows passed this member's output inside the chain. */
  passed(rows: number): void;
}

export class ChainTask implements Receiver {
  readonly members: readonly ChainMember[];
  readonly chain: FusedChain;
  /** The last batch that came in: what is inside the chain can be shown from it. */
  lastInput: Batch | null = null;
  readonly #names: readonly string[];
  readonly #out: Receiver;
  readonly #clock: Clock;

  constructor(input: readonly Field[], members: readonly ChainMember[], out: Receiver, clock: Clock) {
    this.members = members;
    this.chain = new FusedChain(
      input,
      members.map((m) => m.step),
    );
    this.#names = input.map((f) => f.name);
    this.#out = out;
    this.#clock = clock;
  }

  batch(batch: Batch): void {
    this.lastInput = batch;
    const { batch: out, counts, failed } = this.chain.process(batch);
    let rows = batch.count;
    let failedLater = failed.length;
    this.members.forEach(({ step, stats, deadLetters, passed }, at) => {
      const own = failedLater === 0 ? [] : failed.filter((f) => f.step === at);
      failedLater -= own.length;
      // Rows that fail further down did pass here.
      const left = (counts[at] ?? 0) + failedLater;
      stats.recordsIn += rows;
      stats.recordsOut += left;
      if (step.kind === 'filter') stats.filtered += rows - own.length - left;
      passed(left);
      rows = left;
      if (own.length === 0) return;
      const letters = own.map(({ error, values }) => ({
        problem: rowProblem(error),
        raw: rawRow(this.#names, values).slice(0, RAW_TEXT_MAX),
      }));
      deadLetters.send(letters, this.#clock.now());
    });
    if (out.count > 0) this.#out.batch(out);
  }

  watermark(time: number): void {
    for (const { stats } of this.members) stats.watermark = time;
    this.#out.watermark(time);
  }

  idle(idle: boolean): void {
    this.#out.idle(idle);
  }

  end(): void {
    for (const { stats, deadLetters } of this.members) {
      stats.state = 'finished';
      deadLetters.end();
    }
    this.#out.end();
  }
}
