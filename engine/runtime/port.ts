/** An output port: hands every element to whoever is connected, counts, and keeps the last rows for those who look. */
import type { Batch } from '../batch/batch.ts';
import type { Sample } from '../contract/link.ts';
import type { EdgeSchema } from '../contract/types.ts';
import { LastRows } from '../telemetry/last-rows.ts';
import type { EdgeStats } from '../telemetry/stats.ts';
import type { Clock } from './clock.ts';
import { blamed, inNode } from './culprits.ts';

/** An input of a task. Calls come in stream order, on the run's thread; `end` is the last. */
export interface Receiver {
  batch(batch: Batch): void;
  /** Everything up to `time` (ms) has come. Never goes back. */
  watermark(time: number): void;
  /** Whether the input is expected to give nothing for now, and so does not hold the watermark. */
  idle(idle: boolean): void;
  end(): void;
}

export const SAMPLE_ROWS = 50;
/** A port is sampled this often at most, in ms: nobody reads faster. */
export const SAMPLE_EVERY_MS = 250;

interface Connection {
  readonly to: Receiver;
  readonly stats: EdgeStats;
  /** What an error in the receiver is blamed on. */
  readonly node: string;
}

export class OutPort implements Receiver {
  readonly node: string;
  readonly name: string;
  readonly #receivers: Connection[] = [];
  readonly #last: LastRows;
  readonly #clock: Clock;
  readonly #everyMs: number;
  #sampledAt = -Infinity;
  rows = 0;

  /** @param everyMs a batch is kept for who looks; 0: of every batch the last rows, as what is late or fires is seldom, and all of it is of interest */
  constructor(node: string, name: string, schema: EdgeSchema, clock: Clock, everyMs = SAMPLE_EVERY_MS) {
    this.node = node;
    this.name = name;
    this.#last = new LastRows(schema.fields, SAMPLE_ROWS);
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** @param node that `to` is an input of */
  connect(to: Receiver, stats: EdgeStats, node: string): void {
    this.#receivers.push({ to, stats, node });
  }

  batch(batch: Batch): void {
    if (batch.count === 0) return;
    this.rows += batch.count;
    const now = this.#clock.now();
    if (now - this.#sampledAt >= this.#everyMs) {
      this.#sampledAt = now;
      this.#last.push(batch, now);
    }
    for (const { to, stats, node } of this.#receivers) {
      stats.records += batch.count;
      try {
        to.batch(batch);
      } catch (error) {
        throw blamed(error, node);
      }
    }
  }

  watermark(time: number): void {
    for (const { to, node } of this.#receivers) inNode(node, () => to.watermark(time));
  }

  idle(idle: boolean): void {
    for (const { to, node } of this.#receivers) inNode(node, () => to.idle(idle));
  }

  end(): void {
    for (const { to, node } of this.#receivers) inNode(node, () => to.end());
  }

  sample(): Sample {
    return { ...this.#last.sample(), total: this.rows };
  }
}
