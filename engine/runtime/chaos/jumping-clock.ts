import type { Clock } from '../clock.ts';

interface Jump {
  /** By the clock below, ms. */
  readonly at: number;
  readonly byMs: number;
}

/** A clock that is set forward or back while the run goes on. */
export class JumpingClock implements Clock {
  readonly #inner: Clock;
  readonly #jumps: readonly Jump[];

  constructor(inner: Clock, jumps: readonly Jump[]) {
    this.#inner = inner;
    this.#jumps = jumps;
  }

  now(): number {
    const now = this.#inner.now();
    return now + this.#jumps.reduce((sum, { at, byMs }) => (at <= now ? sum + byMs : sum), 0);
  }

  /** A jump over `time` calls back when it happens; after one back, the wait begins anew. */
  at(time: number, callback: () => void): () => void {
    const now = this.#inner.now();
    const due = now + Math.max(0, time - this.now());
    const jump = this.#jumps.reduce((next, { at }) => (at > now ? Math.min(next, at) : next), Infinity);
    let cancel = this.#inner.at(Math.min(due, jump), () => {
      if (this.now() >= time) callback();
      else cancel = this.at(time, callback);
    });
    return () => cancel();
  }
}
