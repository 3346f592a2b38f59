/**
 * When a partition counts as idle: no record for a timeout of processing time. The clock is read by the caller, which
 * asks now and then; silence is measured between such checks, as in Flink's IdlenessTimer.
 */
import type { PartitionWatermarks } from './partitions.ts';

/** One partition. The first check that finds no new record starts the timer; idle is only what lasts longer than the timeout. */
export class IdlenessTimer {
  readonly #timeoutMs: number;
  #records = 0;
  #silentSince: number | null = null;

  constructor(timeoutMs: number) {
    if (!(timeoutMs > 0)) throw new RangeError(`an idle timeout above 0 ms, not ${timeoutMs}`);
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @param now ms, of a clock that never goes backwards
   * @param records how many records came since the beginning
   */
  check(now: number, records: number): boolean {
    if (records !== this.#records) {
      this.#records = records;
      this.#silentSince = null;
      return false;
    }
    this.#silentSince ??= now;
    return now - this.#silentSince > this.#timeoutMs;
  }
}

/** All partitions of a source. Records end idleness by themselves (`PartitionWatermarks.stamp`). */
export class PartitionIdleness {
  readonly #timeoutMs: number;
  readonly #timers: IdlenessTimer[] = [];

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** How often to check, in ms: often enough to be late by a quarter of the timeout at most. */
  get intervalMs(): number {
    return Math.max(1, Math.min(200, this.#timeoutMs / 4));
  }

  /**
   * Marks the partitions that fell silent. Returns whether any did: then `merged` and `allIdle` may have changed.
   * While `paused` (back pressure, a paused run) nothing was asked of the source, so silence says nothing.
   */
  check(now: number, watermarks: PartitionWatermarks, paused = false): boolean {
    let changed = false;
    for (let p = 0; p < watermarks.count; p++) {
      let timer = this.#timers[p];
      if (timer === undefined || paused) {
        timer = new IdlenessTimer(this.#timeoutMs);
        this.#timers[p] = timer;
      }
      if (timer.check(now, watermarks.recordsOf(p)) && !watermarks.isIdle(p)) {
        watermarks.markIdle(p);
        changed = true;
      }
    }
    return changed;
  }
}
