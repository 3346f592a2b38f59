/** Rows that wait for the watermark: a binary heap by event time, rows of one time in the order in which they came. */

import { copyOf } from '../../state/copies.ts';
import type { Snapshots } from '../../state/snapshot.ts';

export interface RowQueueData {
  readonly times: Float64Array;
  readonly arrivals: Float64Array;
  readonly rows: Int32Array;
  readonly arrived: number;
}

export class RowQueue implements Snapshots<RowQueueData> {
  #times = new Float64Array(64);
  /** Counts arrivals: row ids are given out again, so they do not tell the order. */
  #arrivals = new Float64Array(64);
  #rows = new Int32Array(64);
  #arrived = 0;
  size = 0;

  /** The earliest time (ms); Infinity where no row waits. */
  get next(): number {
    return this.size === 0 ? Infinity : (this.#times[0] as number);
  }

  get bytes(): number {
    return this.#times.length * 20;
  }

  add(time: number, row: number): void {
    if (this.size === this.#times.length) this.#grow();
    const arrival = this.#arrived++;
    let at = this.size++;
    // A row later than its parent, which most are, stays where it was put.
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#times[parent] as number) <= time) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#times[at] = time;
    this.#arrivals[at] = arrival;
    this.#rows[at] = row;
  }

  /** Takes the earliest row out. */
  take(): number {
    const taken = this.#rows[0] as number;
    const last = --this.size;
    const time = this.#times[last] as number;
    const arrival = this.#arrivals[last] as number;
    const row = this.#rows[last] as number;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#before(child + 1, this.#times[child], this.#arrivals[child])) child++;
      if (!this.#before(child, time, arrival)) break;
      this.#move(child, at);
      at = child;
    }
    this.#times[at] = time;
    this.#arrivals[at] = arrival;
    this.#rows[at] = row;
    return taken;
  }

  forEach(see: (row: number) => void): void {
    for (let at = 0; at < this.size; at++) see(this.#rows[at] as number);
  }

  snapshot(): RowQueueData {
    return {
      times: copyOf(this.#times, this.size),
      arrivals: copyOf(this.#arrivals, this.size),
      rows: copyOf(this.#rows, this.size),
      arrived: this.#arrived,
    };
  }

  /** The heap as it lay. */
  restore({ times, arrivals, rows, arrived }: RowQueueData): void {
    while (this.#times.length < rows.length) this.#grow();
    this.#times.set(times);
    this.#arrivals.set(arrivals);
    this.#rows.set(rows);
    this.#arrived = arrived;
    this.size = rows.length;
  }

  #before(at: number, time: number | undefined, arrival: number | undefined): boolean {
    const own = this.#times[at] as number;
    return own < (time as number) || (own === time && (this.#arrivals[at] as number) < (arrival as number));
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#arrivals[to] = this.#arrivals[from] as number;
    this.#rows[to] = this.#rows[from] as number;
  }

  #grow(): void {
    const length = this.#times.length * 2;
    const times = new Float64Array(length);
    times.set(this.#times);
    this.#times = times;
    const arrivals = new Float64Array(length);
    arrivals.set(this.#arrivals);
    this.#arrivals = arrivals;
    const rows = new Int32Array(length);
    rows.set(this.#rows);
    this.#rows = rows;
  }
}
