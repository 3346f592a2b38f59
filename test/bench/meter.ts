/**
 * The clock of one run. The first part of the events warms the code up, and is not timed: a stream is measured while it
 * flows.
 */
export interface Measured {
  readonly cpuNs: number;
  readonly wallNs: number;
  readonly batchMs: readonly number[];
}

export class Meter {
  readonly #warmBatches: number;
  readonly #batches: number;
  readonly #timedEvents: number;
  readonly #starts: Float64Array;
  #cpu = process.cpuUsage();
  #end = 0;

  constructor(events: number, batchRows: number) {
    this.#batches = Math.ceil(events / batchRows);
    this.#warmBatches = Math.floor(this.#batches / 4);
    this.#timedEvents = events - this.#warmBatches * batchRows;
    this.#starts = new Float64Array(this.#batches);
  }

  /** Batch `n` begins. */
  batch(n: number): void {
    if (n === this.#warmBatches) this.#cpu = process.cpuUsage();
    this.#starts[n] = performance.now();
  }

  /** All results are out. CPU time is that of the whole process: garbage collection and compiling count. */
  end(): Measured {
    this.#end = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    const started = this.#starts[this.#warmBatches] ?? this.#end;
    return {
      cpuNs: ((user + system) * 1000) / this.#timedEvents,
      wallNs: ((this.#end - started) * 1e6) / this.#timedEvents,
      batchMs: Array.from(
        { length: this.#batches - this.#warmBatches },
        (_, i) =>
          (this.#starts[this.#warmBatches + i + 1] ?? this.#end) - (this.#starts[this.#warmBatches + i] ?? 0),
      ),
    };
  }
}
