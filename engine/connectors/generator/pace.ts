/** When records are due. Without a rate all of them are. */
import type { Clock } from '../../runtime/clock.ts';

/** Between two batches of a rated source: shorter only makes more, smaller batches. */
const STEP_MS = 5;

export class Pace {
  /** ms between two records; 0 without a rate. */
  readonly spacing: number;
  readonly #clock: Clock;
  #startedAt = 0;
  #lastPoll = -Infinity;

  constructor(clock: Clock, rate: number | undefined) {
    this.#clock = clock;
    this.spacing = rate === undefined ? 0 : 1000 / rate;
  }

  /** Record number `row` (the next to come) is due now. */
  start(row: number): void {
    this.#startedAt = this.#clock.now() - row * this.spacing;
  }

  /** ms since record 0 was due. */
  get elapsed(): number {
    return this.#clock.now() - this.#startedAt;
  }

  /** Records below this number are due. */
  get ready(): number {
    return this.spacing === 0 ? Infinity : Math.floor(this.elapsed / this.spacing + 1e-9) + 1;
  }

  /** Whether a poll should look now; a poll that does not fill a batch is put off for a moment. */
  get open(): boolean {
    return this.spacing === 0 || this.#clock.now() >= this.#lastPoll + STEP_MS;
  }

  polled(full: boolean): void {
    this.#lastPoll = full ? -Infinity : this.#clock.now();
  }

  /** Resolves when record `row` is due, or the signal aborts. */
  until(row: number, signal: AbortSignal): Promise<void> {
    const due = Math.max(Math.ceil(this.#startedAt + row * this.spacing), this.#lastPoll + STEP_MS);
    if (signal.aborted || due <= this.#clock.now()) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.at(due, done);
      function done(): void {
        signal.removeEventListener('abort', done);
        cancel();
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
