/**
 * Windows that fire on their own for every key: those with triggers, sessions, the global window, and windows that records bring with
 * them. A cell is a key in a window: a slot of aggregates, and beside it how often it fired and what it waits for. Rules of Flink's
 * WindowOperator and Beam's triggers.
 */
import type { Slots } from '../../aggregates/slots.ts';
import { type Early, type Late, nextMultiple, timingOf } from '../../progress/triggers.ts';
import { isLate } from '../../progress/windows.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers, type TimersData } from '../../state/timers.ts';
import { type CellPlaces, createPlaces } from './cell-places.ts';
import { Cells, LIVE, NONE, ON_TIME_ROWS, PASSED } from './cells.ts';
import type { WindowOutput } from './output.ts';
import type { PendingRows } from './pending.ts';
import type { WindowPlan } from './plan.ts';
import { SentRows } from './sent-rows.ts';
import type { WindowStore } from './store.ts';
import type { WindowsOf } from './windows-of.ts';

export class CellStore implements WindowStore {
  readonly run = null;
  readonly #plan: WindowPlan;
  readonly #slots: Slots;
  readonly #pending: PendingRows;
  readonly #output: WindowOutput;
  readonly #cells = new Cells();
  readonly #places: CellPlaces;
  readonly #sent: SentRows | null;
  readonly #timers = new Timers();
  readonly #clockTimers = new Timers();
  #watermark = -Infinity;
  #open = 0;

  /** @param windows null: sessions */
  constructor(
    plan: WindowPlan,
    windows: WindowsOf | null,
    slots: Slots,
    pending: PendingRows,
    output: WindowOutput,
  ) {
    this.#plan = plan;
    this.#slots = slots;
    this.#pending = pending;
    this.#output = output;
    this.#sent = plan.accumulation === 'retracting' ? new SentRows(plan, output) : null;
    this.#places = createPlaces(plan.window, windows, this.#cells, () => slots.keys);
  }

  get due(): number {
    return this.#timers.next;
  }
  get dueClock(): number {
    return this.#clockTimers.next;
  }
  get openWindows(): number {
    return this.#open;
  }
  get bytes(): number {
    return (
      this.#slots.bytes +
      this.#open * this.#cells.rowBytes +
      this.#places.bytes +
      this.#timers.bytes +
      this.#clockTimers.bytes +
      (this.#sent?.bytes ?? 0)
    );
  }

  add(time: number, key: number, row: number, watermark: number, now: number): boolean {
    this.#watermark = Math.max(this.#watermark, watermark);
    const count = this.#places.look(time, key, row);
    let taken = false;
    for (let n = 0; n < count; n++) {
      const end = this.#places.end(n);
      const found = this.#places.cell(n);
      if (found === NONE && isLate(end, this.#plan.lateness, watermark)) continue;
      const cell = found === NONE ? this.#openCell(n, key) : this.#extended(n, found);
      this.#pending.push(cell, row);
      this.#took(cell, time, now);
      taken = true;
    }
    return taken;
  }

  #openCell(n: number, key: number): number {
    const start = this.#places.start(n);
    const end = this.#places.end(n);
    const slot = this.#slots.take(key);
    this.#cells.open(slot, this.#slots.capacity, start, end);
    // Nothing is on time any more in a window that begins after its end was reached.
    this.#cells.set(slot, PASSED, end - 1 <= this.#watermark);
    this.#places.put(n, slot);
    this.#open++;
    this.#await(slot);
    return slot;
  }

  /** Sessions: the row makes the cell longer, and may bring others into it. */
  #extended(n: number, cell: number): number {
    const cells = this.#cells;
    const start = Math.min(this.#places.start(n), cells.starts[cell] as number);
    const end = Math.max(this.#places.end(n), cells.ends[cell] as number);
    let first = start;
    for (let other = this.#places.absorbed(n, cell); other !== NONE; other = this.#places.absorbed(n, cell)) {
      first = Math.min(first, cells.starts[other] as number);
      this.#merge(cell, other);
    }
    if (first !== cells.starts[cell] || end !== cells.ends[cell]) {
      cells.starts[cell] = first;
      cells.ends[cell] = end;
      // Another window now: its firings count anew.
      cells.firings[cell] = 0;
      cells.set(cell, PASSED, end - 1 <= this.#watermark);
      this.#await(cell);
    }
    return cell;
  }

  #merge(cell: number, other: number): void {
    const cells = this.#cells;
    this.#pending.flush();
    this.#slots.merge(cell, other);
    cells.fresh[cell] = (cells.fresh[cell] as number) + (cells.fresh[other] as number);
    if (cells.is(other, ON_TIME_ROWS)) cells.set(cell, ON_TIME_ROWS, true);
    this.#setEarly(cell, earlier(cells.early[cell] as number, cells.early[other] as number));
    this.#setClock(cell, earlier(cells.clock[cell] as number, cells.clock[other] as number));
    if (this.#sent !== null)
      cells.sent[cell] = this.#sent.join(cells.sent[cell] as number, cells.sent[other] as number);
    this.#drop(other);
  }

  /** A row came to a cell: is it time to fire? */
  #took(cell: number, time: number, now: number): void {
    const cells = this.#cells;
    const fresh = (cells.fresh[cell] as number) + 1;
    cells.fresh[cell] = fresh;
    const passed = (cells.ends[cell] as number) - 1 <= this.#watermark;
    if (!passed) cells.set(cell, ON_TIME_ROWS, true);
    const rule: Early | Late | null = passed ? this.#plan.trigger.late : this.#plan.trigger.early;
    switch (rule?.kind) {
      case 'rows':
        if (fresh >= rule.every) {
          this.#raise();
          this.#fire(cell, false);
        }
        break;
      case 'delay':
        if (Number.isNaN(cells.clock[cell])) this.#setClock(cell, now + rule.after);
        break;
      case 'clock':
        if (Number.isNaN(cells.clock[cell])) this.#setClock(cell, nextMultiple(now, rule.every));
        break;
      case 'event-time':
        // What the watermark has passed already fires when it next moves, as in Flink.
        if (Number.isNaN(cells.early[cell]))
          this.#setEarly(cell, Math.max(nextMultiple(time, rule.every), this.#watermark + 1));
    }
  }

  /** Rows that fire by themselves or by the clock come after the watermark that is in force. */
  #raise(): void {
    this.#output.watermark = Math.max(this.#output.watermark, this.#watermark);
  }

  #setEarly(cell: number, at: number): void {
    if (Number.isNaN(at) || at === this.#cells.early[cell]) return;
    this.#cells.early[cell] = at;
    this.#timers.add(at, cell);
  }

  #setClock(cell: number, at: number): void {
    if (Number.isNaN(at) || at === this.#cells.clock[cell]) return;
    this.#cells.clock[cell] = at;
    this.#clockTimers.add(at, cell);
  }

  #nextStep(cell: number): number {
    const last = (this.#cells.ends[cell] as number) - 1;
    return this.#cells.is(cell, PASSED) ? last + this.#plan.lateness : last;
  }

  /** One entry a cell: one that comes up too early is put back, so that a session that grows costs nothing. */
  #await(cell: number): void {
    const at = this.#nextStep(cell);
    if ((this.#cells.due[cell] as number) <= at) return;
    this.#cells.due[cell] = at;
    this.#timers.add(at, cell);
  }

  advance(watermark: number): void {
    this.#watermark = Math.max(this.#watermark, watermark);
    // Slots are given back below, and rows on their way to them would come to whoever has them next.
    if (this.#timers.next <= watermark) this.#pending.flush();
    for (let at = this.#timers.next; at <= watermark; at = this.#timers.next) {
      const cell = this.#timers.takeDue(watermark);
      if (cell < 0) return;
      if (this.#cells.early[cell] === at) this.#fireEarly(cell);
      if (this.#cells.due[cell] === at) this.#step(cell, at);
    }
  }

  /** Once, however many multiples were passed at once; from the end of the window on no more. */
  #fireEarly(cell: number): void {
    const cells = this.#cells;
    cells.early[cell] = Number.NaN;
    const rule = this.#plan.trigger.early;
    if (rule?.kind !== 'event-time' || (cells.ends[cell] as number) - 1 <= this.#watermark) return;
    const isEmpty = cells.fresh[cell] === 0 && this.#plan.accumulation === 'discarding';
    if (!isEmpty) this.#fire(cell, false);
    this.#setEarly(cell, nextMultiple(this.#watermark, rule.every));
  }

  /** The end of a cell's window was reached, or the time that it waits for late rows. */
  #step(cell: number, at: number): void {
    const cells = this.#cells;
    cells.due[cell] = Number.NaN;
    if (this.#nextStep(cell) > at) {
      this.#await(cell);
      return;
    }
    const { trigger, lateness } = this.#plan;
    if (!cells.is(cell, PASSED)) {
      cells.set(cell, PASSED, true);
      if (trigger.onTime === 'always' || (trigger.onTime === 'changed' && cells.fresh[cell] !== 0))
        this.#fire(cell, true);
      if (lateness > 0) {
        this.#await(cell);
        return;
      }
    }
    if (trigger.closing && cells.fresh[cell] !== 0) this.#fire(cell, false);
    this.#sent?.forget(cells.sent[cell] as number);
    this.#drop(cell);
  }

  clock(now: number): void {
    this.#raise();
    for (let at = this.#clockTimers.next; at <= now; at = this.#clockTimers.next) {
      const cell = this.#clockTimers.takeDue(now);
      if (cell < 0) return;
      if (this.#cells.clock[cell] !== at) continue;
      this.#cells.clock[cell] = Number.NaN;
      if (this.#cells.fresh[cell] !== 0) this.#fire(cell, false);
    }
  }

  /** @param atEnd the watermark reached the end of the window just now */
  #fire(slot: number, atEnd: boolean): void {
    const cells = this.#cells;
    this.#pending.flush();
    const start = cells.starts[slot] as number;
    const end = cells.ends[slot] as number;
    const timing = timingOf(end, this.#watermark, atEnd || cells.is(slot, ON_TIME_ROWS));
    const index = cells.firings[slot] as number;
    const last = isLate(end, this.#plan.lateness, this.#watermark);
    const firing = { slot, start, end, timing, index, last };
    if (this.#sent === null) {
      this.#output.pushFiring(firing);
    } else {
      const sent = cells.sent[slot] as number;
      const unchanged = cells.fresh[slot] === 0 && !this.#plan.pane && this.#sent.isOnly(sent, start, end);
      if (!unchanged) cells.sent[slot] = this.#sent.replace(sent, this.#slots.keys[slot] as number, firing);
    }
    cells.firings[slot] = index + 1;
    cells.fresh[slot] = 0;
    cells.clock[slot] = Number.NaN;
    cells.set(slot, ON_TIME_ROWS, false);
    if (this.#plan.accumulation === 'discarding')
      for (const accumulator of this.#slots.accumulators) accumulator.reset(slot);
  }

  #drop(cell: number): void {
    this.#places.remove(cell);
    this.#cells.close(cell);
    this.#slots.release(cell);
    this.#open--;
  }

  *#live(): Generator<number> {
    const { flags } = this.#cells;
    for (let slot = 0; slot < flags.length; slot++) if (((flags[slot] as number) & LIVE) !== 0) yield slot;
  }

  forEachSlot(visit: (slot: number) => void): void {
    for (const slot of this.#live()) visit(slot);
  }

  forEachOpen(visit: (slot: number, start: number, end: number, due: number) => void): void {
    const { starts, ends, due, early } = this.#cells;
    for (const slot of this.#live()) {
      const next = earlier(due[slot] as number, early[slot] as number);
      visit(slot, starts[slot] as number, ends[slot] as number, Number.isNaN(next) ? Infinity : next);
    }
  }

  rekeyed(): void {
    this.#places.rebuild([...this.#live()]);
  }

  snapshot(): StateData {
    return {
      cells: this.#cells.snapshot(),
      timers: this.#timers.snapshot() as unknown as StateData,
      clockTimers: this.#clockTimers.snapshot() as unknown as StateData,
      sent: this.#sent?.snapshot(),
      watermark: this.#watermark,
    };
  }

  /** After the slots. */
  restore(data: StateData): void {
    const { cells, timers, clockTimers, sent, watermark } = data as unknown as {
      cells: StateData;
      timers: TimersData;
      clockTimers: TimersData;
      sent: StateData;
      watermark: number;
    };
    this.#cells.restore(cells);
    this.#timers.restore(timers);
    this.#clockTimers.restore(clockTimers);
    this.#sent?.restore(sent);
    this.#watermark = watermark;
    const live = [...this.#live()];
    this.#open = live.length;
    this.#places.rebuild(live);
  }
}

/** NaN: there is none. */
const earlier = (a: number, b: number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);
