/** The window operator: rows to slots, slots to rows when the watermark, the clock or the rows say so. */
import { AggregateSet } from '../../aggregates/aggregate-set.ts';
import { GroupingKeys } from '../../aggregates/grouping/keys.ts';
import { aggregateNeeds } from '../../aggregates/plan.ts';
import { Slots, type SlotsData } from '../../aggregates/slots.ts';
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { timeBounds } from '../../batch/time-bounds.ts';
import type { Panes } from '../../contract/panes.ts';
import type { EdgeSchema } from '../../contract/types.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import type { KeyTableData } from '../../state/key-table.ts';
import type { StateData } from '../../state/snapshot.ts';
import { createStore } from './create-store.ts';
import { openPanes } from './open-panes.ts';
import { WindowOutput } from './output.ts';
import { PendingRows } from './pending.ts';
import { planWindow, type WindowPlan } from './plan.ts';
import type { WindowConfig } from './settings/spec.ts';
import type { Run, WindowStore } from './store.ts';
import { unboundedRows } from './unbounded.ts';
import { WindowsOf } from './windows-of.ts';

export const windowRuntime: StatefulRuntime<WindowConfig> = {
  kind: 'stateful',
  needs: (config, [input]) => [
    input === undefined ? [] : aggregateNeeds(checkedPlan(config, input).aggregates),
  ],
  partitionBy(config, [input]) {
    if (input === undefined) return null;
    const { columns, sets } = checkedPlan(config, input).grouping;
    // Rows that meet in any set must meet: only keys that are in all of them part rows.
    const shared = columns.filter((_, k) => sets.every((set) => set[k] === true));
    return shared.length === 0 ? null : [shared];
  },
  create: (context) => new WindowOperator(context),
};

const checkedPlan = (config: WindowConfig, input: EdgeSchema): WindowPlan =>
  planWindow(config, input.fields, { report: throwProblem });

/** Keys that are gone before the key table is rebuilt. */
const COMPACT_AT = 65_536;

class WindowOperator implements StatefulOperator {
  readonly #plan: WindowPlan;
  readonly #context: OperatorContext<WindowConfig>;
  readonly #time: WindowConfig['time'];
  readonly #keys: GroupingKeys;
  readonly #sets: number;
  readonly #keyless: boolean;
  readonly #aggregates: AggregateSet;
  readonly #slots: Slots;
  readonly #pending: PendingRows;
  readonly #windows: WindowsOf;
  readonly #store: WindowStore;
  readonly #out: WindowOutput;
  readonly #inputColumns: number;
  readonly #assigned: readonly number[];
  #watermark = NO_WATERMARK;
  /** Times and watermarks of rows that have none of their own. */
  #times = new Float64Array(0);
  #marks = new Float64Array(0);
  #late = new Int32Array(0);
  late = 0;

  constructor(context: OperatorContext<WindowConfig>) {
    const { config, input } = context;
    const plan = checkedPlan(config, input);
    this.#plan = plan;
    this.#context = context;
    this.#time = config.time;
    this.#inputColumns = input.fields.length;
    this.#keys = new GroupingKeys(plan.grouping);
    this.#sets = this.#keys.sets;
    this.#keyless = this.#sets === 1 && plan.grouping.columns.length === 0;
    this.#aggregates = new AggregateSet(plan.aggregates, input.fields.length);
    this.#slots = new Slots(this.#aggregates.accumulators);
    this.#pending = new PendingRows(this.#aggregates);
    this.#out = new WindowOutput(plan, this.#keys, this.#slots, context);
    this.#windows = new WindowsOf(plan.window);
    this.#store = createStore(plan, this.#windows, this.#slots, this.#pending, this.#out);
    this.#assigned = plan.window.kind === 'assigned' ? [plan.window.start, plan.window.end] : [];
  }

  get nextTimer(): number {
    const { due, dueClock } = this.#store;
    return this.#time === 'event' ? dueClock : Math.min(dueClock, due + 1);
  }
  get dueWatermark(): number {
    return this.#time === 'event' ? this.#store.due : Infinity;
  }
  get openWindows(): number {
    return this.#store.openWindows;
  }
  get stateRows(): number {
    return this.#slots.inUse;
  }
  get stateBytes(): number {
    return this.#store.bytes + this.#keys.table.bytes;
  }

  process(whole: Batch): void {
    const now = this.#context.clock.now();
    if (this.#time === 'processing') this.#advance(now - 1);
    if (this.#time === 'ingestion') this.#advance(whole.ingestedAt - 1);
    if (this.#store.dueClock <= now) this.#store.clock(now);
    const batch = this.#withBounds(whole);
    this.#aggregates.bind(batch.columns);
    this.#windows.bind(batch);
    const late = this.#take(batch, now);
    this.#pending.flush();
    if (late > 0) this.#sendLate(batch, late);
    this.#out.send();
    this.#compactKeys();
  }

  /** Without the rows that do not say which window they are of. */
  #withBounds(batch: Batch): Batch {
    if (this.#assigned.length === 0) return batch;
    const { rest, letters } = unboundedRows(batch, this.#context.input.fields, this.#assigned);
    if (letters.length > 0) this.#context.reject(letters);
    return rest;
  }

  /** Gives every row to its windows, firing on the way whatever the row's own watermark has passed. Returns how many are late. */
  #take(batch: Batch, now: number): number {
    const { selection, count } = batch;
    const keys = this.#keys.resolve(batch);
    const times = this.#timesOf(batch, now);
    const marks = this.#marksOf(batch);
    const store = this.#store;
    const single = keys[0] as Int32Array;
    this.#pending.room(count * this.#sets);
    let late = 0;
    for (let k = 0; k < count; ) {
      const i = selection === null ? k : (selection[k] as number);
      const watermark = marks[i] as number;
      if (watermark >= store.due) this.#advance(watermark);
      const time = times[i] as number;
      const { run } = store;
      if (run !== null && time >= run.from && time < run.to) {
        k = this.#takeRun(run, batch, times, marks, keys, k);
        continue;
      }
      k++;
      const judged = Math.max(watermark, this.#watermark);
      let taken = store.add(time, single[i] as number, i, judged, now);
      for (let s = 1; s < this.#sets; s++)
        taken = store.add(time, (keys[s] as Int32Array)[i] as number, i, judged, now) || taken;
      if (!taken) {
        if (this.#late.length < count) this.#late = new Int32Array(count);
        this.#late[late++] = i;
      }
    }
    return late;
  }

  #timesOf(batch: Batch, now: number): Float64Array {
    if (this.#time === 'event' && batch.times !== null) return batch.times;
    if (this.#times.length < batch.length) this.#times = new Float64Array(batch.length);
    // Rows without event time come only to windows that do not ask for it.
    return this.#times.fill(
      this.#time === 'event' ? Number.NaN : this.#time === 'ingestion' ? batch.ingestedAt : now,
      0,
      batch.length,
    );
  }

  #marksOf(batch: Batch): Float64Array {
    if (this.#time === 'event' && batch.watermarks !== null) return batch.watermarks;
    if (this.#marks.length < batch.length) this.#marks = new Float64Array(batch.length);
    return this.#marks.fill(this.#watermark, 0, batch.length);
  }

  /** The hot loop: rows from the `k`-th on that stay in one pane, with nothing due. Returns where it stopped. */
  #takeRun(
    run: Run,
    batch: Batch,
    times: Float64Array,
    marks: Float64Array,
    keys: readonly Int32Array[],
    k: number,
  ): number {
    const { selection, count } = batch;
    const end = this.#fits(run, batch, times, marks) ? count : this.#runEnd(run, batch, times, marks, k);
    if (this.#keyless) {
      this.#pending.flush();
      this.#aggregates.updateOne(run.find(0), selection, k, end);
      return end;
    }
    this.#pending.room((end - k) * this.#sets);
    const single = keys[0] as Int32Array;
    const { slots, rows } = this.#pending;
    let pending = this.#pending.count;
    if (this.#sets === 1) {
      run.findAll(single, { selection, from: k, to: end, rows, slots, at: pending });
      this.#pending.count = pending + (end - k);
      return end;
    }
    for (let at = k; at < end; at++) {
      const i = selection === null ? at : (selection[at] as number);
      for (let s = 0; s < this.#sets; s++) {
        slots[pending] = run.find((keys[s] as Int32Array)[i] as number);
        rows[pending++] = i;
      }
    }
    this.#pending.count = pending;
    return end;
  }

  /** Whether a run goes to the end of the batch, as far as can be said without looking at its rows. */
  #fits({ from, to }: Run, batch: Batch, times: Float64Array, marks: Float64Array): boolean {
    if (times === batch.times) {
      const bounds = timeBounds(batch);
      if (bounds === null || bounds.oldest < from || bounds.newest >= to) return false;
    }
    // Watermarks in force never go back: nothing is due before what is not due at the last row.
    return (marks[position(batch, batch.count - 1)] as number) < this.#store.due;
  }

  #runEnd({ from, to }: Run, batch: Batch, times: Float64Array, marks: Float64Array, k: number): number {
    const { selection, count } = batch;
    const { due } = this.#store;
    let end = k;
    for (; end < count; end++) {
      const i = selection === null ? end : (selection[end] as number);
      const time = times[i] as number;
      if ((marks[i] as number) >= due || time < from || time >= to) break;
    }
    return end;
  }

  #advance(watermark: number): void {
    if (watermark < this.#watermark) return;
    // Rows that fire now go out before the watermark that fires them, as in Flink; what is in force never goes back.
    this.#out.watermark = Math.max(this.#out.watermark, this.#watermark);
    this.#store.advance(watermark);
    this.#watermark = watermark;
  }

  watermark(time: number): void {
    if (this.#time === 'event') this.#advance(time);
    this.#out.send();
  }

  clock(now: number): void {
    if (this.#time !== 'event') this.#advance(now - 1);
    this.#store.clock(now);
    this.#out.send();
  }

  /** The end of the input closes windows that follow the clock, too: what they hold would be lost otherwise. */
  end(): void {
    this.#advance(Infinity);
    this.#out.send();
  }

  #sendLate(batch: Batch, count: number): void {
    this.late += count;
    const columns = batch.columns.slice(0, this.#inputColumns);
    const selection = this.#late.slice(0, count);
    this.#context.emit('late', { ...batch, columns, selection, count });
  }

  openPanes(): Panes {
    const open = openPanes(this.#plan, this.#store, this.#keys, this.#slots);
    return { ...open, stateBytes: this.stateBytes };
  }

  #compactKeys(): void {
    const { table } = this.#keys;
    if (table.size < 2 * this.#slots.inUse + COMPACT_AT) return;
    const ids = new Int32Array(table.size).fill(-1);
    const live: number[] = [];
    this.#store.forEachSlot((slot) => {
      const key = this.#slots.keys[slot] as number;
      if (ids[key] === -1) ids[key] = live.push(key) - 1;
      this.#slots.rekey(slot, ids[key] as number);
    });
    table.compact(Int32Array.from(live));
    this.#store.rekeyed();
  }

  snapshot(): StateData {
    return {
      keys: this.#keys.snapshot() as unknown as StateData,
      slots: this.#slots.snapshot() as unknown as StateData,
      store: this.#store.snapshot(),
      watermark: this.#watermark,
      sent: this.#out.watermark,
      late: this.late,
    };
  }

  restore(data: StateData): void {
    const { keys, slots, store, watermark, sent, late } = data as unknown as {
      keys: KeyTableData;
      slots: SlotsData;
      store: StateData;
      watermark: number;
      sent: number;
      late: number;
    };
    this.#keys.restore(keys);
    this.#slots.restore(slots);
    this.#store.restore(store);
    this.#watermark = watermark;
    this.#out.watermark = sent;
    this.late = late;
  }
}
