/** When a run that failed is started again: Flink's restart strategies none, fixed-delay and exponential-delay. Pure: the caller has the clock. */
import type { Restart } from '../contract/document.ts';
import { durationMs } from '../contract/settings.ts';

export class Restarts {
  readonly #strategy: Restart;
  #attempts = 0;
  #delayMs = 0;

  constructor(strategy: Restart | undefined) {
    this.#strategy = strategy ?? { strategy: 'none' };
  }

  /** Restarts so far, of how many; for messages. */
  get attempt(): string {
    return this.#strategy.strategy === 'none' ? '' : `${this.#attempts} of ${this.#strategy.attempts}`;
  }

  /**
   * A run failed.
   * @param ranMs how long it had run
   * @returns ms until it is to be started again; null: it is not
   */
  failed(ranMs: number): number | null {
    const s = this.#strategy;
    if (s.strategy === 'none') return null;
    if (s.strategy === 'fixed-delay') return this.#attempts++ < s.attempts ? durationMs(s.delay) : null;
    const longest = durationMs(s.maxDelay);
    // After a quiet time as long as the longest delay, its failures are forgotten.
    if (ranMs >= longest) {
      this.#attempts = 0;
      this.#delayMs = 0;
    }
    if (this.#attempts++ >= s.attempts) return null;
    this.#delayMs = this.#delayMs === 0 ? durationMs(s.delay) : Math.min(longest, this.#delayMs * 2);
    return this.#delayMs;
  }
}
