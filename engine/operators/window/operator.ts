/** The window operator: rows to slots, slots to rows when the watermark (or the clock) says so. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { ColumnBuilder } from '../../batch/builder.ts';
import type { Column } from '../../batch/column.ts';
import { timeBounds } from '../../batch/time-bounds.ts';
import { durationMs } from '../../contract/settings.ts';
import type { EdgeSchema, Field } from '../../contract/types.ts';
import type { Checked } from '../../expressions/api.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import { KeyTable } from '../../state/key-table.ts';
import { createAccumulator } from './accumulators.ts';
import { PaneStore } from './pane-store.ts';
import { type PlannedAggregate, planAggregates } from './plan.ts';
import { SessionStore } from './session-store.ts';
import { Slots } from './slots.ts';
import type { WindowConfig } from './spec.ts';
import type { Run, WindowStore } from './store.ts';

export const windowRuntime: StatefulRuntime<WindowConfig> = {
  kind: 'stateful',
  needs: (config, [input]) => [input === undefined ? [] : computedArguments(aggregatesOf(config, input))],
  partitionBy: (config, [input]) =>
    config.keys.length === 0 || input === undefined
      ? null
      : [config.keys.map((name) => input.fields.findIndex((f) => f.name === name))],
  create: (context) => new WindowOperator(context),
};

const aggregatesOf = (config: WindowConfig, input: EdgeSchema): PlannedAggregate[] =>
  planAggregates(config.aggregates, input.fields, { report: throwProblem });

const computedArguments = (aggregates: readonly PlannedAggregate[]): Checked[] =>
  aggregates.flatMap((a) => (a.argument === null || a.argument.kind === 'field' ? [] : [a.argument]));

/** Where each aggregate reads: a column of the input, one that the chain computed, or none. */
function argumentColumns(aggregates: readonly PlannedAggregate[], inputs: number): (number | null)[] {
  let computed = inputs;
  return aggregates.map(({ argument }) =>
    argument === null ? null : argument.kind === 'field' ? argument.index : computed++,
  );
}

/** Rows of output after which a batch is sent on, within one firing. */
const OUTPUT_ROWS = 1024;
/** Keys that are gone before the key table is rebuilt. */
const COMPACT_AT = 65_536;

class WindowOperator implements StatefulOperator {
  readonly #context: OperatorContext<WindowConfig>;
  readonly #eventTime: boolean;
  readonly #keyColumns: readonly number[];
  readonly #arguments: readonly (number | null)[];
  readonly #keys: KeyTable;
  readonly #slots: Slots;
  readonly #store: WindowStore;
  readonly #out: WindowOutput;
  readonly #inputColumns: number;
  #watermark = NO_WATERMARK;
  /** Rows of the current batch that have a slot and are not aggregated yet. */
  #pendingSlots = new Int32Array(1024);
  #pendingRows = new Int32Array(1024);
  #pending = 0;
  #columns: readonly Column[] = [];
  late = 0;

  constructor(context: OperatorContext<WindowConfig>) {
    const { config, input } = context;
    const aggregates = aggregatesOf(config, input);
    const keys = config.keys.map((name) => input.fields.findIndex((f) => f.name === name));
    this.#context = context;
    this.#eventTime = config.time === 'event';
    this.#inputColumns = input.fields.length;
    this.#keyColumns = keys;
    this.#arguments = argumentColumns(aggregates, input.fields.length);
    this.#keys = new KeyTable(keys.flatMap((index) => input.fields[index]?.type ?? []));
    this.#slots = new Slots(aggregates.map(createAccumulator));
    this.#store = createStore(config, this.#slots);
    this.#out = new WindowOutput(
      context.output.fields,
      keys.length,
      this.#keys,
      this.#slots,
      this.#eventTime,
    );
  }

  get nextTimer(): number {
    return this.#eventTime ? Infinity : this.#store.due + 1;
  }
  get openWindows(): number {
    return this.#store.openWindows;
  }
  get stateRows(): number {
    return this.#slots.inUse;
  }

  get stateBytes(): number {
    return this.#store.bytes + this.#keys.bytes;
  }

  process(batch: Batch): void {
    const now = this.#eventTime ? 0 : this.#context.clock.now();
    if (!this.#eventTime) this.clock(now);
    if (this.#pendingRows.length < batch.count) {
      this.#pendingRows = new Int32Array(batch.count);
      this.#pendingSlots = new Int32Array(batch.count);
    }
    this.#columns = batch.columns;
    const keyColumns = this.#keyColumns.flatMap((index) => batch.columns[index] ?? []);
    const keys = this.#keys.resolve(keyColumns, batch);
    const late = this.#eventTime ? this.#assign(batch, keys) : this.#assignAt(batch, keys, now);
    this.#flush();
    if (late !== null) this.#sendLate(batch, late);
    this.#sendOut();
    this.#columns = [];
    this.#compactKeys();
  }

  /** Gives every row its slot, firing on the way whatever the row's own watermark has passed. Returns the late rows. */
  #assign(batch: Batch, keys: Int32Array): Int32Array | null {
    const { times, watermarks, selection, count } = batch;
    if (times === null) throw new Error('event-time window over rows without event time');
    const store = this.#store;
    const flush = (): void => this.#flush();
    const marks = watermarks ?? new Float64Array(batch.length).fill(this.#watermark);
    let late: Int32Array | null = null;
    let lateCount = 0;
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
      const slot = store.slot(time, keys[i] as number, judged, flush);
      if (slot < 0) {
        late ??= new Int32Array(count);
        late[lateCount++] = i;
        continue;
      }
      this.#pendingSlots[this.#pending] = slot;
      this.#pendingRows[this.#pending++] = i;
      // Rows within the allowed lateness fire their window again at once, one by one.
      if (store.mustRefire) this.#refire(judged);
    }
    return late === null ? null : late.subarray(0, lateCount);
  }

  /** The hot loop: rows from the `k`-th on that stay in one pane, with nothing due. Returns where it stopped. */
  #takeRun(
    run: Run,
    batch: Batch,
    times: Float64Array,
    marks: Float64Array,
    keys: Int32Array,
    k: number,
  ): number {
    const { selection, count } = batch;
    const end = this.#fits(run, batch, marks) ? count : this.#runEnd(run, batch, times, marks, k);
    if (this.#keyColumns.length === 0) {
      this.#takeOne(run.find(0), selection, k, end);
      return end;
    }
    const slots = this.#pendingSlots;
    const rows = this.#pendingRows;
    let pending = this.#pending;
    for (let at = k; at < end; at++) {
      const i = selection === null ? at : (selection[at] as number);
      slots[pending] = run.find(keys[i] as number);
      rows[pending++] = i;
    }
    this.#pending = pending;
    return end;
  }

  /** Whether a run goes to the end of the batch, as far as can be said without looking at its rows. */
  #fits({ from, to }: Run, batch: Batch, marks: Float64Array): boolean {
    const bounds = timeBounds(batch);
    if (bounds === null || bounds.oldest < from || bounds.newest >= to) return false;
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

  /** Without keys all rows of a pane go to one slot, and need no list of slots. */
  #takeOne(slot: number, selection: Int32Array | null, from: number, to: number): void {
    this.#flush();
    this.#slots.accumulators.forEach((accumulator, a) => {
      const column = this.#columnOf(a);
      if (accumulator.updateOne !== undefined) {
        accumulator.updateOne(slot, selection, from, to, column);
        return;
      }
      const rows = this.#pendingRows;
      for (let k = from; k < to; k++) rows[k - from] = selection === null ? k : (selection[k] as number);
      this.#pendingSlots.fill(slot, 0, to - from);
      accumulator.update(this.#pendingSlots, rows, to - from, column);
    });
  }

  /** What the a-th aggregate reads in the current batch; null: nothing. */
  #columnOf(a: number): Column | null {
    const index = this.#arguments[a] ?? null;
    return index === null ? null : (this.#columns[index] ?? null);
  }

  #assignAt(batch: Batch, keys: Int32Array, now: number): null {
    const flush = (): void => this.#flush();
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const slot = this.#store.slot(now, keys[i] ?? 0, now - 1, flush);
      this.#pendingSlots[this.#pending] = slot;
      this.#pendingRows[this.#pending++] = i;
    }
    return null;
  }

  /** Brings the rows that wait into their slots. */
  #flush(): void {
    const count = this.#pending;
    if (count === 0) return;
    this.#pending = 0;
    this.#slots.accumulators.forEach((accumulator, a) => {
      accumulator.update(this.#pendingSlots, this.#pendingRows, count, this.#columnOf(a));
    });
  }

  #refire(watermark: number): void {
    this.#flush();
    this.#out.watermark = watermark;
    this.#store.refire(this.#emit);
  }

  readonly #emit = (slot: number, start: number, end: number): void => {
    this.#out.push(slot, start, end);
    if (this.#out.length >= OUTPUT_ROWS) this.#sendOut();
  };

  #advance(watermark: number): void {
    this.#flush();
    // Rows that fire now go out before the watermark that fires them, as in Flink; what is in force never goes back.
    this.#out.watermark = Math.max(this.#out.watermark, this.#watermark);
    this.#store.advance(watermark, this.#emit);
    this.#watermark = Math.max(this.#watermark, watermark);
  }

  watermark(time: number): void {
    if (this.#eventTime && time > this.#watermark) this.#advance(time);
    this.#sendOut();
  }

  clock(now: number): void {
    if (!this.#eventTime && now > this.#watermark) this.#advance(now - 1);
    this.#sendOut();
  }

  /** The end of the input closes processing-time windows too: what they hold would be lost otherwise. */
  end(): void {
    this.#advance(Infinity);
    this.#sendOut();
  }

  #sendLate(batch: Batch, late: Int32Array): void {
    this.late += late.length;
    const columns = batch.columns.slice(0, this.#inputColumns);
    this.#context.emit('late', { ...batch, columns, selection: late, count: late.length });
  }

  #sendOut(): void {
    if (this.#out.length > 0) this.#context.emit('out', this.#out.take(this.#context.clock.now()));
  }

  #compactKeys(): void {
    const live = this.#slots.inUse;
    if (this.#keys.size < 2 * live + COMPACT_AT) return;
    const ids = new Map<number, number>();
    this.#store.forEachSlot((slot) => {
      const key = this.#slots.keys[slot] ?? 0;
      let id = ids.get(key);
      if (id === undefined) {
        id = ids.size;
        ids.set(key, id);
      }
      this.#slots.keys[slot] = id;
    });
    this.#keys.compact(Int32Array.from(ids.keys()));
    this.#store.rekeyed();
  }
}

function createStore(config: WindowConfig, slots: Slots): WindowStore {
  const lateness =
    config.lateness === undefined || config.time === 'processing' ? 0 : durationMs(config.lateness);
  const { window } = config;
  if (window.kind === 'session') return new SessionStore(durationMs(window.gap), lateness, slots);
  const size = durationMs(window.size);
  const slide = window.kind === 'hopping' ? durationMs(window.slide) : size;
  const offset = window.offset === undefined ? 0 : durationMs(window.offset);
  return new PaneStore({ size, slide, offset, lateness }, slots);
}

/** Builds the rows that fire: keys, window start and end, aggregates; event time is `end − 1`. */
class WindowOutput {
  readonly #columns: readonly ColumnBuilder[];
  readonly #keyCount: number;
  readonly #keys: KeyTable;
  readonly #slots: Slots;
  readonly #eventTime: boolean;
  #times: number[] = [];
  #watermarks: number[] = [];
  /** The watermark in force for rows pushed from now on. */
  watermark = NO_WATERMARK;
  length = 0;

  constructor(fields: readonly Field[], keyCount: number, keys: KeyTable, slots: Slots, eventTime: boolean) {
    this.#columns = fields.map((f) => new ColumnBuilder(f.type, null, 64));
    this.#keyCount = keyCount;
    this.#keys = keys;
    this.#slots = slots;
    this.#eventTime = eventTime;
  }

  push(slot: number, start: number, end: number): void {
    const keys = this.#keyCount;
    for (let c = 0; c < keys; c++) {
      const builder = this.#columns[c];
      if (builder !== undefined) this.#keys.emit(this.#slots.keys[slot] ?? 0, c, builder);
    }
    this.#columns[keys]?.pushNumber(start);
    this.#columns[keys + 1]?.pushNumber(end);
    this.#slots.accumulators.forEach((accumulator, a) => {
      const builder = this.#columns[keys + 2 + a];
      if (builder !== undefined) accumulator.emit(slot, builder);
    });
    this.#times.push(end - 1);
    this.#watermarks.push(this.watermark);
    this.length++;
  }

  take(ingestedAt: number): Batch {
    const { length } = this;
    const times = this.#eventTime ? Float64Array.from(this.#times) : null;
    const watermarks = this.#eventTime ? Float64Array.from(this.#watermarks) : null;
    this.length = 0;
    this.#times = [];
    this.#watermarks = [];
    const columns = this.#columns.map((c) => c.take());
    return { length, count: length, columns, selection: null, times, watermarks, changes: null, ingestedAt };
  }
}
