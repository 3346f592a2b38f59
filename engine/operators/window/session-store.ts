/**
 * Session windows: per key, intervals that grow and merge. A row opens `[t, t + gap)` and merges with every session that it
 * overlaps or touches (Flink's TimeWindow.intersects is inclusive).
 */
import { isLate, sessionsMerge } from '../../progress/windows.ts';
import type { Slots } from './slots.ts';
import type { Emit, WindowStore } from './store.ts';

interface Session {
  readonly key: number;
  slot: number;
  start: number;
  end: number;
  fired: boolean;
  gone: boolean;
  /** Whether its entry in the queue is for its firing or its cleanup. */
  queuedAt: number;
}

export class SessionStore implements WindowStore {
  readonly run = null;
  readonly #gap: number;
  readonly #lateness: number;
  readonly #slots: Slots;
  #byKey = new Map<number, Session[]>();
  readonly #queue = new TimeQueue<Session>();
  #again: Session[] = [];
  #open = 0;

  constructor(gap: number, lateness: number, slots: Slots) {
    this.#gap = gap;
    this.#lateness = lateness;
    this.#slots = slots;
  }

  get due(): number {
    return this.#queue.least;
  }

  get openWindows(): number {
    return this.#open;
  }

  get bytes(): number {
    return this.#slots.bytes + this.#open * 96;
  }

  slot(time: number, key: number, watermark: number, flush: () => void): number {
    const sessions = this.#byKey.get(key);
    const end = time + this.#gap;
    const own = { start: time, end };
    const touching = sessions?.filter((s) => sessionsMerge(s, own)) ?? [];
    let [session] = touching;
    if (session === undefined) {
      if (isLate(end, this.#lateness, watermark)) return -1;
      session = {
        key,
        slot: this.#slots.take(key),
        start: time,
        end,
        fired: false,
        gone: false,
        queuedAt: 0,
      };
      if (sessions === undefined) this.#byKey.set(key, [session]);
      else sessions.push(session);
      this.#open++;
      this.#enqueue(session);
    } else {
      this.#extend(session, time, end, touching, flush);
    }
    if (session.end - 1 <= watermark) this.#again.push(session);
    return session.slot;
  }

  #extend(
    session: Session,
    time: number,
    end: number,
    touching: readonly Session[],
    flush: () => void,
  ): void {
    const before = session.end;
    if (touching.length > 1) flush();
    for (const other of touching) {
      session.start = Math.min(session.start, other.start);
      session.end = Math.max(session.end, other.end);
      if (other === session) continue;
      this.#slots.merge(session.slot, other.slot);
      this.#remove(other);
    }
    session.start = Math.min(session.start, time);
    session.end = Math.max(session.end, end);
    if (session.fired && session.end > before) {
      session.fired = false;
      this.#enqueue(session);
    }
  }

  /** One live entry a session: an entry that comes up too early is put back, so that growing costs nothing. */
  #enqueue(session: Session): void {
    session.queuedAt = session.end - 1 + (session.fired ? this.#lateness : 0);
    this.#queue.push(session.queuedAt, session);
  }

  #remove(session: Session): void {
    session.gone = true;
    this.#open--;
    this.#slots.release(session.slot);
    const left = this.#byKey.get(session.key)?.filter((s) => s !== session) ?? [];
    if (left.length === 0) this.#byKey.delete(session.key);
    else this.#byKey.set(session.key, left);
  }

  get mustRefire(): boolean {
    return this.#again.length > 0;
  }

  refire(emit: Emit): void {
    const again = this.#again;
    this.#again = [];
    for (const session of again) {
      if (session.gone) continue;
      emit(session.slot, session.start, session.end);
      if (!session.fired) {
        session.fired = true;
        this.#enqueue(session);
      }
    }
  }

  advance(watermark: number, emit: Emit): void {
    while (this.#queue.least <= watermark) {
      const at = this.#queue.least;
      const session = this.#queue.pop();
      // Empty: `least` is Infinity, which the watermark is too at the end of the input.
      if (session === null) return;
      if (session.gone || at !== session.queuedAt) continue;
      const due = session.end - 1 + (session.fired ? this.#lateness : 0);
      if (due > at) {
        this.#enqueue(session);
      } else if (session.fired) {
        this.#remove(session);
      } else {
        emit(session.slot, session.start, session.end);
        session.fired = true;
        if (this.#lateness > 0) this.#enqueue(session);
        else this.#remove(session);
      }
    }
  }

  forEachSlot(visit: (slot: number) => void): void {
    for (const sessions of this.#byKey.values()) for (const session of sessions) visit(session.slot);
  }

  rekeyed(): void {
    const sessions = [...this.#byKey.values()].flat();
    this.#byKey = new Map();
    for (const old of sessions) {
      const key = this.#slots.keys[old.slot] ?? 0;
      const session = Object.assign(old, { key });
      const list = this.#byKey.get(key);
      if (list === undefined) this.#byKey.set(key, [session]);
      else list.push(session);
    }
  }
}

/** A binary heap by time; equal times leave in the order in which they came. */
class TimeQueue<T> {
  readonly #items: { readonly time: number; readonly order: number; readonly value: T }[] = [];
  #order = 0;

  get least(): number {
    return this.#items[0]?.time ?? Infinity;
  }

  push(time: number, value: T): void {
    const items = this.#items;
    const item = { time, order: this.#order++, value };
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): T | null {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (first === undefined || last === undefined) return null;
    if (items.length > 0) {
      items[0] = last;
      this.#sink();
    }
    return first.value;
  }

  #sink(): void {
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#items.length && this.#before(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const x = this.#items[a];
    const y = this.#items[b];
    if (x === undefined || y === undefined) return false;
    return x.time < y.time || (x.time === y.time && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    const x = items[a];
    const y = items[b];
    if (x === undefined || y === undefined) return;
    items[a] = y;
    items[b] = x;
  }
}
