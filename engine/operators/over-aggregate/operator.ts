/** OVER: records in the order of their times, each with an aggregate of the records before it. */
import { IdleGroups } from '../../aggregates/idle-groups.ts';
import { Slots, type SlotsData } from '../../aggregates/slots.ts';
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { OUTPUT_ROWS } from '../../batch/output.ts';
import { durationMs } from '../../contract/settings.ts';
import type { EdgeSchema, Field } from '../../contract/types.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import { copyOf } from '../../state/copies.ts';
import { KeyTable, type KeyTableData } from '../../state/key-table.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers } from '../../state/timers.ts';
import { Frames } from './frames.ts';
import { OverOutput } from './output.ts';
import { Partitions, type PartitionsData } from './partitions.ts';
import { type OverPlan, overNeeds, planOver } from './plan.ts';
import { NONE, OverRows, type OverRowsData } from './rows.ts';
import type { OverAggregateConfig } from './spec.ts';

export const overAggregateRuntime: StatefulRuntime<OverAggregateConfig> = {
  kind: 'stateful',
  needs: (config, [input]) => [input === undefined ? [] : overNeeds(planOf(config, input))],
  partitionBy: (config, [input]) =>
    config.keys.length === 0 || input === undefined ? null : [planOf(config, input).keys],
  create: (context) => new OverAggregate(context),
};

const planOf = (config: OverAggregateConfig, input: EdgeSchema): OverPlan =>
  planOver(config, input.fields, { report: throwProblem });

/** Keys that are gone before the key table is rebuilt. */
const COMPACT_AT = 65_536;

class OverAggregate implements StatefulOperator {
  readonly #context: OperatorContext<OverAggregateConfig>;
  readonly #plan: OverPlan;
  readonly #eventTime: boolean;
  readonly #width: number;
  readonly #keys: KeyTable;
  readonly #slots: Slots;
  readonly #rows: OverRows;
  readonly #partitions = new Partitions();
  readonly #out: OverOutput;
  readonly #frames: Frames;
  readonly #idle: IdleGroups | null;
  /** Ends of sessions, and of what a partition is needed for. */
  readonly #closings: Timers;
  /** Rows that may leave later than the watermark passed them, by time; those that left are dropped when they come up. */
  readonly #held: Timers;
  /** By key, its slot. */
  #slotOf = new Int32Array(64).fill(NONE);
  /** Slots of partitions that are gone, until the next rows were sent. */
  readonly #forgotten: number[] = [];
  #watermark = NO_WATERMARK;
  readonly openWindows = 0;
  late = 0;

  constructor(context: OperatorContext<OverAggregateConfig>) {
    const { config, input, output } = context;
    const plan = planOf(config, input);
    const computed = overNeeds(plan).map(
      (e, i): Field => ({ name: `#${i}`, type: e.type, nullable: e.nullable }),
    );
    const stored = [...input.fields, ...computed];
    this.#context = context;
    this.#plan = plan;
    this.#eventTime = config.time === 'event';
    this.#width = input.fields.length;
    this.#keys = new KeyTable(plan.keys.flatMap((index) => input.fields[index]?.type ?? []));
    this.#rows = new OverRows(stored);
    this.#out = new OverOutput(plan, stored, this.#width, output.fields, this.#rows, this.#partitions);
    this.#slots = new Slots(this.#out.set.accumulators);
    this.#frames = new Frames(plan, this.#rows, this.#partitions, this.#out);
    this.#idle = config.ttl === undefined ? null : new IdleGroups(durationMs(config.ttl));
    this.#closings = new Timers();
    this.#held = new Timers();
    this.#partitions.room(this.#slots.capacity);
  }

  get nextTimer(): number {
    return this.#idle?.next ?? Infinity;
  }
  get stateRows(): number {
    return this.#rows.store.size + this.#slots.inUse;
  }
  get stateBytes(): number {
    const timers = this.#closings.bytes + this.#held.bytes + (this.#idle?.bytes ?? 0);
    const keys = this.#keys.bytes + this.#slotOf.byteLength;
    return this.#rows.bytes + this.#slots.bytes + this.#partitions.bytes + keys + timers;
  }
  get outputWatermark(): number {
    return Math.min(this.#watermark, this.#oldestHeld() - 1);
  }

  #oldestHeld(): number {
    for (;;) {
      const time = this.#held.next;
      if (time === Infinity) return Infinity;
      const id = this.#held.takeDue(time);
      // Its id may have been given to another row since; that one is held as well where the time is the same.
      if (this.#rows.waits[id] === 1 && this.#rows.order[id] === time) {
        this.#held.add(time, id);
        return time;
      }
    }
  }

  process(batch: Batch): void {
    const now = this.#idle === null ? 0 : this.#context.clock.now();
    this.clock(now);
    const columns = this.#plan.keys.flatMap((index) => batch.columns[index] ?? []);
    const ids = this.#keys.resolve(columns, batch);
    this.#room();
    const late = this.#eventTime ? this.#takeByTime(batch, ids, now) : this.#takeAtOnce(batch, ids, now);
    if (late !== null) this.#sendLate(batch, late);
    this.#sendOut();
    this.#compactKeys();
  }

  /** Puts rows aside until their time is reached, which is looked at before each. Returns the late ones. */
  #takeByTime(batch: Batch, ids: Int32Array, now: number): Int32Array | null {
    const { times, watermarks } = batch;
    if (times === null) throw new Error('rows without event time are to be ordered by it');
    let late: Int32Array | null = null;
    let lateCount = 0;
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const mark = watermarks === null ? this.#watermark : (watermarks[row] as number);
      if (mark > this.#watermark) this.#advance(mark);
      const time = times[row] as number;
      if (time <= this.#watermark) {
        late ??= new Int32Array(batch.count);
        late[lateCount++] = row;
        continue;
      }
      const slot = this.#slot(ids[row] as number, now);
      this.#partitions.pending[slot] = (this.#partitions.pending[slot] as number) + 1;
      this.#rows.push(this.#rows.add(batch, row, slot, time));
    }
    return late === null ? null : late.subarray(0, lateCount);
  }

  /** By processing time a row comes after all before it, and its frame is known. */
  #takeAtOnce(batch: Batch, ids: Int32Array, now: number): null {
    const order = this.#idle === null ? this.#context.clock.now() : now;
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const slot = this.#slot(ids[row] as number, now);
      this.#frames.append(this.#rows.add(batch, row, slot, order));
      this.#frames.progress(slot, batch.watermarks?.[row] ?? this.#watermark);
      if (this.#out.length >= OUTPUT_ROWS) this.#sendOut();
    }
    return null;
  }

  /** The slot of a partition, which may begin here. */
  #slot(key: number, now: number): number {
    let slot = this.#slotOf[key] as number;
    if (slot === NONE) {
      slot = this.#slots.take(key);
      this.#slotOf[key] = slot;
      this.#partitions.room(this.#slots.capacity);
      this.#partitions.reset(slot);
    }
    this.#idle?.write(slot, now);
    return slot;
  }

  #room(): void {
    const { size } = this.#keys;
    const { length } = this.#slotOf;
    if (size <= length) return;
    const slotOf = new Int32Array(Math.max(size, length * 2)).fill(NONE);
    slotOf.set(this.#slotOf);
    this.#slotOf = slotOf;
  }

  /** Takes everything up to the watermark in the order of its time, whatever steps the watermark comes in. */
  #advance(watermark: number): void {
    const before = this.#frames.holds ? this.outputWatermark : this.#watermark;
    for (;;) {
      const { due } = this.#rows;
      const closing = this.#closings.next;
      if (due < Infinity && due <= watermark && due <= closing) this.#reach(due, before);
      else if (closing <= watermark && closing < Infinity) this.#close(closing, before);
      else break;
      if (this.#out.length >= OUTPUT_ROWS) this.#sendOut();
    }
    this.#watermark = watermark;
  }

  /** All rows of one time: they join their partitions before one of them leaves, for they are in each other's frames. */
  #reach(time: number, watermark: number): void {
    const reached: number[] = [];
    while (this.#rows.due === time) reached.push(this.#rows.pop());
    const slots = reached.map((id) => this.#rows.partition[id] as number);
    reached.forEach((id, at) => {
      const slot = slots[at] as number;
      this.#partitions.pending[slot] = (this.#partitions.pending[slot] as number) - 1;
      this.#frames.append(id);
      if (this.#frames.holds) this.#held.add(time, id);
      this.#setTimer(slot);
    });
    // One each, so that rows of one time leave as they came; where rows wait, those before go too.
    const most = this.#frames.holds ? Infinity : 1;
    for (const slot of slots) this.#frames.progress(slot, watermark, most);
  }

  /** A timer that comes earlier stays, and is put off when it is due. */
  #setTimer(slot: number): void {
    const close = this.#partitions.close[slot] as number;
    if (close === Infinity || (this.#partitions.timer[slot] as number) <= close) return;
    this.#partitions.timer[slot] = close;
    this.#closings.add(close, slot);
  }

  #close(time: number, watermark: number): void {
    const p = this.#partitions;
    const slot = this.#closings.takeDue(time);
    if (p.timer[slot] !== time) return;
    p.timer[slot] = Infinity;
    if (p.close[slot] !== time) {
      this.#setTimer(slot);
      return;
    }
    p.close[slot] = Infinity;
    if (this.#plan.frame.kind === 'session') {
      this.#frames.closeSession(slot);
      this.#frames.progress(slot, watermark);
    }
    const isIdle = p.pending[slot] === 0 && p.waiting[slot] === 0;
    if (this.#frames.forgets && isIdle) this.#forget(slot);
  }

  /** The slot is only given away when what is written down for it was followed. */
  #forget(slot: number): void {
    this.#frames.clear(slot);
    this.#slotOf[this.#slots.keys[slot] as number] = NONE;
    this.#forgotten.push(slot);
    this.#idle?.remove(slot);
    this.#partitions.reset(slot);
  }

  watermark(time: number): void {
    if (this.#eventTime && time > this.#watermark) this.#advance(time);
    else this.#watermark = Math.max(this.#watermark, time);
    this.#sendOut();
    this.#compactKeys();
  }

  clock(now: number): void {
    if (this.#idle === null) return;
    for (let slot = this.#idle.take(now); slot >= 0; slot = this.#idle.take(now)) {
      const waits = this.#partitions.pending[slot] !== 0 || this.#partitions.waiting[slot] !== 0;
      if (waits) this.#idle.write(slot, now);
      else this.#forget(slot);
    }
    this.#sendOut();
  }

  /** No later record comes: those that wait for one go. */
  end(): void {
    const before = this.outputWatermark;
    this.#frames.ended = true;
    while (this.#held.next < Infinity) {
      const time = this.#held.next;
      const id = this.#held.takeDue(time);
      if (this.#rows.waits[id] === 1) this.#frames.progress(this.#rows.partition[id] as number, before);
      if (this.#out.length >= OUTPUT_ROWS) this.#sendOut();
    }
    this.#sendOut();
  }

  #sendLate(batch: Batch, late: Int32Array): void {
    this.late += late.length;
    const columns = batch.columns.slice(0, this.#width);
    this.#context.emit('late', { ...batch, columns, selection: late, count: late.length });
  }

  #sendOut(): void {
    const batch = this.#out.take(this.#context.clock.now());
    if (batch !== null) this.#context.emit('out', batch);
    for (const slot of this.#forgotten) this.#slots.release(slot);
    this.#forgotten.length = 0;
  }

  #compactKeys(): void {
    const { size } = this.#keys;
    if (size < 2 * this.#slots.inUse + COMPACT_AT) return;
    const live = new Int32Array(this.#slots.inUse);
    let next = 0;
    for (let key = 0; key < size; key++) if (this.#slotOf[key] !== NONE) live[next++] = key;
    const slotOf = new Int32Array(Math.max(64, live.length)).fill(NONE);
    live.forEach((from, to) => {
      const slot = this.#slotOf[from] as number;
      slotOf[to] = slot;
      this.#slots.rekey(slot, to);
    });
    this.#keys.compact(live);
    this.#slotOf = slotOf;
  }

  snapshot(): StateData {
    return {
      keys: this.#keys.snapshot(),
      slots: this.#slots.snapshot(),
      rows: this.#rows.snapshot(),
      partitions: this.#partitions.snapshot(),
      closings: this.#closings.snapshot(),
      held: this.#held.snapshot(),
      idle: this.#idle?.snapshot(),
      slotOf: copyOf(this.#slotOf),
      watermark: this.#watermark,
    } as unknown as StateData;
  }
  restore(state: StateData): void {
    const data = state as unknown as {
      readonly keys: KeyTableData;
      readonly slots: SlotsData;
      readonly rows: OverRowsData;
      readonly partitions: PartitionsData;
      readonly closings: ReturnType<Timers['snapshot']>;
      readonly held: ReturnType<Timers['snapshot']>;
      readonly idle: StateData;
      readonly slotOf: Int32Array;
      readonly watermark: number;
    };
    this.#keys.restore(data.keys);
    this.#slots.restore(data.slots);
    this.#rows.restore(data.rows);
    this.#partitions.restore(data.partitions);
    this.#closings.restore(data.closings);
    this.#held.restore(data.held);
    if (data.idle !== undefined) this.#idle?.restore(data.idle);
    this.#slotOf = new Int32Array(data.slotOf);
    this.#watermark = data.watermark;
  }
}
