/** The window join: rows wait in their windows, and meet when the watermark says that a window is complete. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import { problem } from '../../contract/problems.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import { readRow } from '../../runtime/chain/interpret.ts';
import {
  type OperatorContext,
  RAW_TEXT_MAX,
  type StatefulOperator,
  type StatefulRuntime,
} from '../../runtime/contracts.ts';
import { rawRow } from '../../runtime/dead-letters.ts';
import type { KeyTableData } from '../../state/key-table.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers } from '../../state/timers.ts';
import { fieldsRead, PairCondition } from '../joins/condition.ts';
import { JoinKeys } from '../joins/keys.ts';
import { LEFT, type PlannedJoin, planJoin, RIGHT, type Side } from '../joins/plan.ts';
import { type Assign, createAssign } from './assign.ts';
import { Firing } from './firing.ts';
import { Links, type LinksData, OpenWindow, type OpenWindowData } from './open-window.ts';
import { type WindowJoinConfig, windowFields } from './spec.ts';

const planOf = (config: WindowJoinConfig, inputs: OperatorContext<unknown>['inputs']): PlannedJoin =>
  planJoin(
    config,
    inputs[LEFT]?.fields ?? [],
    inputs[RIGHT]?.fields ?? [],
    { report: throwProblem },
    windowFields(config),
  );

/** NOT IN compares rows of different keys: a NULL on one side stands for any. */
const looksAtAllKeys = (config: WindowJoinConfig): boolean =>
  config.join === 'anti' && config.anti === 'not-in' && config.on.length > 0;

export const windowJoinRuntime: StatefulRuntime<WindowJoinConfig> = {
  kind: 'stateful',
  needs: () => [],
  partitionBy: (config, inputs) =>
    config.on.length === 0 || looksAtAllKeys(config) ? null : planOf(config, inputs).keys,
  create: (context) => new WindowJoin(context),
};

/** Keys that are gone before the key table is rebuilt. */
const COMPACT_AT = 65_536;

type WindowJoinData = {
  readonly keys: KeyTableData;
  readonly rows: readonly [RowStoreData, RowStoreData];
  readonly links: readonly [LinksData, LinksData];
  readonly windows: readonly OpenWindowData[];
  readonly watermark: number;
  readonly late: number;
};

class WindowJoin implements StatefulOperator {
  readonly #context: OperatorContext<WindowJoinConfig>;
  readonly #keys: JoinKeys;
  readonly #rows: readonly [RowStore, RowStore];
  readonly #links: readonly [Links, Links] = [new Links(), new Links()];
  readonly #firing: Firing;
  /** Null: the rows bring their windows along, in these columns. */
  readonly #assign: Assign | null;
  readonly #bounds: readonly { readonly start: number; readonly end: number }[];
  /** By end, then start: windows of one end are few. */
  readonly #byEnd = new Map<number, OpenWindow[]>();
  readonly #numbered = new Map<number, OpenWindow>();
  #number = 0;
  /** The windows' last instants. */
  readonly #due = new Timers();
  /** The one that took the last row. */
  #last: OpenWindow | null = null;
  #slots = 0;
  #watermark = NO_WATERMARK;
  /** The row that is being taken. */
  #batch: Batch | null = null;
  #row = 0;
  #key = 0;
  #side: Side = LEFT;
  #id = -1;
  readonly nextTimer = Infinity;
  late = 0;

  constructor(context: OperatorContext<WindowJoinConfig>) {
    const { config, inputs } = context;
    const [left, right] = inputs;
    if (left === undefined || right === undefined) throw new Error('a join of two inputs');
    const plan = planOf(config, inputs);
    const { window } = config;
    this.#context = context;
    this.#keys = new JoinKeys(plan.keys, left, right, config.nullKeys);
    const condition = PairCondition.of(config.condition, [left.fields, right.fields], context.reject);
    const read = fieldsRead(plan.columns, condition);
    this.#rows = [new RowStore(left.fields, read[LEFT]), new RowStore(right.fields, read[RIGHT])];
    this.#assign = window.kind === 'assigned' ? null : createAssign(window);
    this.#bounds = inputs.map(({ fields }) => ({
      start: window.kind === 'assigned' ? fields.findIndex((f) => f.name === window.start) : -1,
      end: window.kind === 'assigned' ? fields.findIndex((f) => f.name === window.end) : -1,
    }));
    this.#firing = new Firing(
      context,
      plan,
      condition,
      this.#keys,
      this.#rows,
      this.#links,
      looksAtAllKeys(config),
    );
  }

  get openWindows(): number {
    return this.#numbered.size;
  }
  get stateRows(): number {
    return this.#rows[LEFT].size + this.#rows[RIGHT].size;
  }
  get stateBytes(): number {
    let bytes = this.#keys.bytes + this.#due.bytes;
    for (const side of [LEFT, RIGHT] as const) bytes += this.#rows[side].bytes + this.#links[side].bytes;
    for (const window of this.#numbered.values()) bytes += window.bytes;
    return bytes;
  }

  process(batch: Batch, input: number): void {
    const side = input as Side;
    const { times, watermarks, count, columns } = batch;
    const keys = this.#keys.resolve(batch, side);
    const bounds = this.#bounds[side] ?? { start: -1, end: -1 };
    const [starts, ends] = [columns[bounds.start], columns[bounds.end]];
    this.#batch = batch;
    this.#side = side;
    let late: Int32Array | null = null;
    let lateCount = 0;
    for (let k = 0; k < count; k++) {
      const i = position(batch, k);
      const mark = watermarks === null ? this.#watermark : (watermarks[i] as number);
      if (mark >= this.#due.next) this.#advance(mark);
      else if (mark > this.#watermark) this.#watermark = mark;
      this.#row = i;
      this.#key = keys[i] as number;
      this.#id = -1;
      if (this.#assign !== null) this.#assign((times as Float64Array)[i] as number, this.#put);
      else if (!isValid(starts, i) || !isValid(ends, i)) {
        this.#rejectUnbounded(batch, i, side);
        continue;
      } else this.#put(starts?.values[i] as number, ends?.values[i] as number);
      if (this.#id >= 0) continue;
      late ??= new Int32Array(count);
      late[lateCount++] = i;
    }
    this.#batch = null;
    if (late !== null) {
      this.late += lateCount;
      const port = side === LEFT ? 'late-left' : 'late-right';
      this.#context.emit(port, { ...batch, selection: late, count: lateCount });
    }
    this.#firing.send();
    this.#compactKeys();
  }

  /** Brings the current row into a window, unless that is over. */
  readonly #put = (start: number, end: number): void => {
    if (end - 1 <= this.#watermark) return;
    if (this.#id < 0) this.#id = this.#rows[this.#side].add(this.#batch as Batch, this.#row);
    const window = this.#find(start, end);
    const before = window.count;
    const slot = window.slot(this.#key);
    this.#slots += window.count - before;
    this.#links[this.#side].append(window, this.#side, slot, this.#id);
    this.#firing.hold(this.#side, this.#id);
  };

  #find(start: number, end: number): OpenWindow {
    if (this.#last !== null && this.#last.end === end && this.#last.start === start) return this.#last;
    const same = this.#byEnd.get(end);
    let window = same?.find((w) => w.start === start);
    if (window === undefined) {
      window = new OpenWindow(start, end);
      this.#open(window);
    }
    this.#last = window;
    return window;
  }

  #open(window: OpenWindow): void {
    const same = this.#byEnd.get(window.end);
    if (same === undefined) this.#byEnd.set(window.end, [window]);
    else same.push(window);
    this.#numbered.set(this.#number, window);
    this.#due.add(window.end - 1, this.#number++);
  }

  #advance(watermark: number): void {
    for (let due = this.#due.takeDue(watermark); due >= 0; due = this.#due.takeDue(watermark)) {
      const window = this.#numbered.get(due);
      if (window === undefined) continue;
      this.#numbered.delete(due);
      this.#byEnd.delete(window.end);
      if (this.#last === window) this.#last = null;
      this.#slots -= window.count;
      // Rows go out before the watermark that fires them, as in Flink.
      this.#firing.fire(window, this.#watermark);
    }
    if (watermark > this.#watermark) this.#watermark = watermark;
  }

  watermark(time: number): void {
    this.#advance(time);
    this.#firing.send();
  }

  clock(): void {}

  end(): void {
    this.#advance(Infinity);
    this.#firing.send();
  }

  #rejectUnbounded(batch: Batch, row: number, side: Side): void {
    const fields = this.#context.inputs[side]?.fields ?? [];
    const raw = rawRow(
      fields.map((f) => f.name),
      readRow(batch, fields, row),
    );
    this.#context.reject([
      {
        problem: problem('R-RECORD', {
          path: ['window'],
          message: 'The start or end of the row’s window is NULL.',
          expected: 'the bounds of a window',
          next: 'Let the rows come from a Window.',
        }),
        raw: raw.slice(0, RAW_TEXT_MAX),
      },
    ]);
  }

  /** Forgets keys of windows that are gone. */
  #compactKeys(): void {
    const { table } = this.#keys;
    if (table.size < 2 * this.#slots + COMPACT_AT) return;
    const renamed = new Int32Array(table.size).fill(-1);
    const kept: number[] = [];
    for (const window of this.#numbered.values()) {
      for (let slot = 0; slot < window.count; slot++) {
        const key = window.keys[slot] as number;
        if ((renamed[key] as number) >= 0) continue;
        renamed[key] = kept.length;
        kept.push(key);
      }
    }
    table.compact(Int32Array.from(kept));
    for (const window of this.#numbered.values()) window.rekey(renamed);
  }

  snapshot(): StateData {
    const data: WindowJoinData = {
      keys: this.#keys.table.snapshot(),
      rows: [this.#rows[LEFT].snapshot(), this.#rows[RIGHT].snapshot()],
      links: [this.#links[LEFT].snapshot(), this.#links[RIGHT].snapshot()],
      windows: [...this.#numbered.values()].map((window) => window.snapshot()),
      watermark: this.#watermark,
      late: this.late,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const data = state as unknown as WindowJoinData;
    this.#keys.table.restore(data.keys);
    for (const side of [LEFT, RIGHT] as const) {
      this.#rows[side].restore(data.rows[side]);
      this.#links[side].restore(data.links[side]);
    }
    for (const kept of data.windows) {
      const window = OpenWindow.from(kept);
      this.#open(window);
      this.#slots += window.count;
      for (const side of [LEFT, RIGHT] as const) this.#firing.holdAll(window, side);
    }
    this.#watermark = data.watermark;
    this.late = data.late;
  }
}

const isValid = (column: Column | undefined, row: number): boolean =>
  column !== undefined && (column.validity === null || column.validity[row] !== 0);
