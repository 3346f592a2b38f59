/**
 * State that is forgotten when it was not written for a while (Flink's `table.exec.state.ttl`, in processing time): one timer per key, put
 * off when it is due and the key was written meanwhile.
 */
import { Timers } from './timers.ts';

export class IdleKeys {
  readonly #ttl: number;
  /** By key: when it is forgotten, in ms; 0 where there is nothing to forget. */
  #due = new Float64Array(64);
  #timers = new Timers();

  /** @param ttl ms */
  constructor(ttl: number) {
    this.#ttl = ttl;
  }

  /** When `take` may have something next; Infinity: never. */
  get next(): number {
    return this.#timers.next;
  }

  get bytes(): number {
    return this.#due.byteLength + this.#timers.bytes;
  }

  written(key: number, now: number): void {
    if (key >= this.#due.length) {
      const due = new Float64Array(Math.max(key + 1, this.#due.length * 2));
      due.set(this.#due);
      this.#due = due;
    }
    if (this.#due[key] === 0) this.#timers.add(now + this.#ttl, key);
    this.#due[key] = now + this.#ttl;
  }

  /** The next key whose time is over, each once; −1: none at `now`. */
  take(now: number): number {
    for (let key = this.#timers.takeDue(now); key >= 0; key = this.#timers.takeDue(now)) {
      const due = this.#due[key] as number;
      if (due <= now) {
        this.#due[key] = 0;
        return key;
      }
      this.#timers.add(due, key);
    }
    return -1;
  }

  /** Keys got new numbers: `live[n]` is n now, and the others are gone. */
  rekey(live: Int32Array): void {
    const due = new Float64Array(Math.max(64, live.length));
    const timers = new Timers();
    live.forEach((from, to) => {
      due[to] = this.#due[from] ?? 0;
      if (due[to] !== 0) timers.add(due[to], to);
    });
    this.#due = due;
    this.#timers = timers;
  }
}
