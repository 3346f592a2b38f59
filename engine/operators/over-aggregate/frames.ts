/** Rows of a partition on their way through its frame: which enter, which leave, and which row goes out with what then is in it. */
import type { OverOutput } from './output.ts';
import type { Partitions } from './partitions.ts';
import type { OverPlan } from './plan.ts';
import { NONE, type OverRows } from './rows.ts';

export class Frames {
  readonly #plan: OverPlan;
  readonly #rows: OverRows;
  readonly #partitions: Partitions;
  readonly #out: OverOutput;
  /** Rows to keep behind the cursor for lag, and to wait for ahead of it for lead. */
  readonly #back: number;
  readonly #ahead: number;
  /** Whether nothing of a partition matters when its frame is over: no places are counted, and no row looks far back. */
  readonly forgets: boolean;
  /** No row comes any more: all that wait may go. */
  ended = false;

  constructor(plan: OverPlan, rows: OverRows, partitions: Partitions, out: OverOutput) {
    this.#plan = plan;
    this.#rows = rows;
    this.#partitions = partitions;
    this.#out = out;
    const shifts = plan.functions.flatMap((f) => (f.kind === 'shift' ? [f.by] : []));
    this.#back = Math.max(0, ...shifts.map((by) => -by));
    this.#ahead = Math.max(0, ...shifts);
    const counts = plan.functions.some((f) => f.kind !== 'aggregate' && f.kind !== 'shift');
    const { frame } = plan;
    this.forgets =
      !counts &&
      this.#back === 0 &&
      (frame.kind === 'session' ? frame.byWatermark : frame.kind === 'range' && frame.preceding < Infinity);
  }

  /** Whether rows may leave later than their time was reached. */
  get holds(): boolean {
    return this.#ahead > 0 || this.#plan.frame.kind === 'session';
  }

  /** The time (ms) of a row was reached: it joins the list of its partition. */
  append(id: number): void {
    const { partition, next, previous, order, starts } = this.#rows;
    const p = this.#partitions;
    const slot = partition[id] as number;
    const tail = p.tail[slot] as number;
    const time = order[id] as number;
    if (tail === NONE) p.head[slot] = id;
    else next[tail] = id;
    previous[id] = tail;
    p.tail[slot] = id;
    const { frame } = this.#plan;
    if (frame.kind === 'session') {
      if (time - (p.last[slot] as number) >= frame.gap) {
        starts[id] = 1;
        p.closed[slot] = p.waiting[slot] as number;
      }
      p.close[slot] = frame.byWatermark ? time + frame.gap - 1 : Infinity;
    } else if (this.forgets && frame.preceding < Infinity) {
      p.close[slot] = time + frame.preceding;
    }
    p.last[slot] = time;
    if (p.cursor[slot] === NONE) p.cursor[slot] = id;
    if (p.added[slot] === NONE) p.added[slot] = id;
    this.#rows.waits[id] = 1;
    p.waiting[slot] = (p.waiting[slot] as number) + 1;
  }

  /** The watermark has ended the session of all rows that wait. */
  closeSession(slot: number): void {
    this.#partitions.closed[slot] = this.#partitions.waiting[slot] as number;
  }

  /**
   * Sends out the rows of a partition that have all they wait for.
   * @param watermark the one in force before them
   * @param most rows to send
   */
  progress(slot: number, watermark: number, most = Infinity): void {
    const p = this.#partitions;
    let left = most;
    for (
      let id = p.cursor[slot] as number;
      id !== NONE && left > 0 && this.#ready(slot);
      id = p.cursor[slot] as number
    ) {
      this.#move(slot, id);
      this.#count(slot, this.#rows.order[id] as number);
      this.#out.row(slot, id, watermark);
      left--;
      this.#rows.waits[id] = 0;
      p.cursor[slot] = this.#rows.next[id] as number;
      p.waiting[slot] = (p.waiting[slot] as number) - 1;
      p.closed[slot] = Math.max(0, (p.closed[slot] as number) - 1);
      p.behind[slot] = (p.behind[slot] as number) + 1;
      this.#release(slot);
    }
  }

  #ready(slot: number): boolean {
    if (this.ended) return true;
    const p = this.#partitions;
    if (this.#plan.frame.kind === 'session' && (p.closed[slot] as number) === 0) return false;
    return (p.waiting[slot] as number) > this.#ahead;
  }

  /** The frame becomes that of row `id`. First rows leave, then others enter, as in Flink. */
  #move(slot: number, id: number): void {
    const { frame } = this.#plan;
    const p = this.#partitions;
    const { order, starts } = this.#rows;
    if (frame.kind === 'session') {
      if (starts[id] === 0) return;
      this.#out.reset(slot);
      this.#enter(slot);
      while (p.added[slot] !== NONE && starts[p.added[slot] as number] === 0) this.#enter(slot);
    } else if (frame.kind === 'rows') {
      while ((p.size[slot] as number) > frame.preceding) this.#leave(slot);
      this.#enter(slot);
    } else {
      const time = order[id] as number;
      const oldest = time - frame.preceding;
      while ((p.size[slot] as number) > 0 && (order[p.frame[slot] as number] as number) < oldest)
        this.#leave(slot);
      while (p.added[slot] !== NONE && (order[p.added[slot] as number] as number) <= time) this.#enter(slot);
    }
  }

  #enter(slot: number): void {
    const p = this.#partitions;
    const id = p.added[slot] as number;
    this.#out.add(slot, id);
    p.added[slot] = this.#rows.next[id] as number;
    const { frame } = this.#plan;
    // Only where rows leave again does it matter which are in.
    if (frame.kind === 'session' || frame.preceding === Infinity) return;
    if (p.size[slot] === 0) p.frame[slot] = id;
    p.size[slot] = (p.size[slot] as number) + 1;
  }

  #leave(slot: number): void {
    const p = this.#partitions;
    const id = p.frame[slot] as number;
    this.#out.retract(slot, id);
    p.frame[slot] = this.#rows.next[id] as number;
    p.size[slot] = (p.size[slot] as number) - 1;
  }

  #count(slot: number, time: number): void {
    const p = this.#partitions;
    const passed = (p.passed[slot] as number) + 1;
    p.passed[slot] = passed;
    if (p.ranked[slot] === time) return;
    p.ranked[slot] = time;
    p.rank[slot] = passed;
    p.dense[slot] = (p.dense[slot] as number) + 1;
  }

  /** Lets rows go that neither a frame nor lag needs. */
  #release(slot: number): void {
    const p = this.#partitions;
    while ((p.behind[slot] as number) > this.#back) {
      const id = p.head[slot] as number;
      if ((p.size[slot] as number) > 0 && id === p.frame[slot]) return;
      this.#drop(slot, id);
      p.behind[slot] = (p.behind[slot] as number) - 1;
    }
  }

  #drop(slot: number, id: number): void {
    const p = this.#partitions;
    const next = this.#rows.next[id] as number;
    p.head[slot] = next;
    if (next === NONE) p.tail[slot] = NONE;
    else this.#rows.previous[next] = NONE;
    this.#rows.remove(id);
  }

  /** Lets all rows of a partition go. */
  clear(slot: number): void {
    for (
      let id = this.#partitions.head[slot] as number;
      id !== NONE;
      id = this.#partitions.head[slot] as number
    )
      this.#drop(slot, id);
  }
}
