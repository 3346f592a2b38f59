import { copyOf } from './copies.ts';
import type { Snapshots } from './snapshot.ts';

export interface TimersData {
  readonly times: Float64Array;
  readonly ids: Float64Array;
}

/** Timers of an operator: a binary heap of (time, number) in typed arrays. Equal times come out by the number. */
export class Timers implements Snapshots<TimersData> {
  #times = new Float64Array(64);
  #ids = new Float64Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The earliest time (ms); Infinity where there is none. */
  get next(): number {
    return this.#size === 0 ? Infinity : (this.#times[0] as number);
  }

  get bytes(): number {
    return this.#times.byteLength * 2;
  }

  add(time: number, id: number): void {
    if (this.#size === this.#times.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(time, id, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#times[at] = time;
    this.#ids[at] = id;
  }

  /** Takes the earliest timer out and returns its number; −1 where none is due at `now`. */
  takeDue(now: number): number {
    if (this.#size === 0 || (this.#times[0] as number) > now) return -1;
    const taken = this.#ids[0] as number;
    const last = --this.#size;
    const time = this.#times[last] as number;
    const id = this.#ids[last] as number;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#less(child + 1, child)) child++;
      if (!this.#less(child, last)) break;
      this.#move(child, at);
      at = child;
    }
    this.#times[at] = time;
    this.#ids[at] = id;
    return taken;
  }

  snapshot(): TimersData {
    return { times: copyOf(this.#times, this.#size), ids: copyOf(this.#ids, this.#size) };
  }

  restore({ times, ids }: TimersData): void {
    for (let n = 0; n < times.length; n++) this.add(times[n] as number, ids[n] as number);
  }

  #before(time: number, id: number, other: number): boolean {
    const t = this.#times[other] as number;
    return time < t || (time === t && id < (this.#ids[other] as number));
  }

  #less(a: number, b: number): boolean {
    return this.#before(this.#times[a] as number, this.#ids[a] as number, b);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#ids[to] = this.#ids[from] as number;
  }

  #grow(): void {
    const times = new Float64Array(this.#size * 2);
    times.set(this.#times);
    this.#times = times;
    const ids = new Float64Array(this.#size * 2);
    ids.set(this.#ids);
    this.#ids = ids;
  }
}
