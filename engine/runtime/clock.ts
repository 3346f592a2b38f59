/** Time comes in through the front door: nothing in the engine reads the machine's clock on its own. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** Calls back at `time` or as soon as it passed. Returns what cancels it. */
  at(time: number, callback: () => void): () => void;
}

/** The machine's clock. `performance.now` moves it on, so that a clock set back never moves a run backwards. */
export class SystemClock implements Clock {
  readonly #origin = Date.now() - performance.now();

  now(): number {
    return Math.floor(this.#origin + performance.now());
  }

  at(time: number, callback: () => void): () => void {
    // Timers of Node hold 31 bits; a wait beyond is taken up again.
    const wait = Math.min(Math.max(0, time - this.now()), 0x7fff_ffff);
    const timer = setTimeout(
      () => (this.now() >= time ? callback() : cancelLater(this.at(time, callback))),
      wait,
    );
    let cancel = (): void => clearTimeout(timer);
    const cancelLater = (next: () => void): void => {
      cancel = next;
    };
    return () => cancel();
  }
}

interface Waiting {
  readonly time: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that only moves when told: tests and simulated runs. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #waiting: Waiting[] = [];

  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  at(time: number, callback: () => void): () => void {
    const waiting: Waiting = { time, order: this.#order++, callback };
    this.#waiting.push(waiting);
    return () => {
      this.#waiting = this.#waiting.filter((w) => w !== waiting);
    };
  }

  /** When the next callback is due; Infinity where none waits. */
  get nextTimer(): number {
    return this.#waiting.reduce((least, w) => Math.min(least, w.time), Infinity);
  }

  /** Moves to `time`, calling what falls due on the way, in order. */
  advanceTo(time: number): void {
    for (;;) {
      const due = this.#waiting
        .filter((w) => w.time <= time)
        .sort((a, b) => a.time - b.time || a.order - b.order)[0];
      if (due === undefined) break;
      this.#waiting = this.#waiting.filter((w) => w !== due);
      this.#now = Math.max(this.#now, due.time);
      due.callback();
    }
    this.#now = Math.max(this.#now, time);
  }
}
