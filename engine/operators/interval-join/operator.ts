/** The interval join: each row meets what is kept of the other side, and is kept until no partner can come. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { takeFloats } from '../../batch/slab.ts';
import { durationMs } from '../../contract/settings.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import { copyOf } from '../../state/copies.ts';
import type { KeyTableData } from '../../state/key-table.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers, type TimersData } from '../../state/timers.ts';
import { NONE } from '../joins/chains.ts';
import { fieldsRead, PairCondition } from '../joins/condition.ts';
import { JoinKeys } from '../joins/keys.ts';
import { JoinOutput, NO_ROW } from '../joins/output.ts';
import { PAIRS_MAX, Pairs } from '../joins/pairs.ts';
import { LEFT, type PlannedJoin, planJoin, RIGHT, type Side } from '../joins/plan.ts';
import { JoinSide, type JoinSideData } from '../joins/side.ts';
import { boundsMs, type IntervalJoinConfig } from './spec.ts';

const planOf = (config: IntervalJoinConfig, inputs: OperatorContext<unknown>['inputs']): PlannedJoin =>
  planJoin(config, inputs[LEFT]?.fields ?? [], inputs[RIGHT]?.fields ?? [], { report: throwProblem });

export const intervalJoinRuntime: StatefulRuntime<IntervalJoinConfig> = {
  kind: 'stateful',
  needs: () => [],
  partitionBy: (config, inputs) => (config.on.length === 0 ? null : planOf(config, inputs).keys),
  create: (context) => new IntervalJoin(context),
};

type IntervalJoinData = {
  readonly keys: KeyTableData;
  readonly sides: readonly [JoinSideData, JoinSideData];
  readonly met: readonly [Uint8Array, Uint8Array];
  readonly timers: TimersData;
  readonly watermark: number;
  readonly late: number;
};

class IntervalJoin implements StatefulOperator {
  readonly #context: OperatorContext<IntervalJoinConfig>;
  readonly #plan: PlannedJoin;
  readonly #keys: JoinKeys;
  readonly #sides: readonly [JoinSide, JoinSide];
  /** By row: 1 where it met a partner, or was given without one. */
  readonly #met: [Uint8Array, Uint8Array] = [new Uint8Array(64), new Uint8Array(64)];
  readonly #pairs: Pairs;
  readonly #out: JoinOutput;
  /** When rows are let go: id · 2 + side. */
  readonly #timers = new Timers();
  /** By side, the event times of its partners relative to a row's own, both ends included. */
  readonly #from: readonly [number, number];
  readonly #to: readonly [number, number];
  readonly #lateness: number;
  /** How far the watermark that is passed on stays behind. */
  readonly #heldBack: number;
  readonly #dropsLate: boolean;
  readonly #padsAtOnce: boolean;
  #watermark = NO_WATERMARK;
  readonly nextTimer = Infinity;
  readonly openWindows = 0;
  late = 0;

  constructor(context: OperatorContext<IntervalJoinConfig>) {
    const { config } = context;
    const [left, right] = context.inputs;
    if (left === undefined || right === undefined) throw new Error('a join of two inputs');
    const { lower, upper } = boundsMs(config);
    this.#context = context;
    this.#plan = planOf(config, context.inputs);
    this.#keys = new JoinKeys(this.#plan.keys, left, right, config.nullKeys);
    const condition = PairCondition.of(config.condition, [left.fields, right.fields], context.reject);
    const read = fieldsRead(this.#plan.columns, condition);
    this.#sides = [new JoinSide(left.fields, read[LEFT]), new JoinSide(right.fields, read[RIGHT])];
    this.#pairs = new Pairs(condition);
    this.#out = new JoinOutput(context, this.#plan.columns, this.#sides[LEFT].rows, this.#sides[RIGHT].rows);
    this.#from = [-upper, lower];
    this.#to = [-lower, upper];
    this.#lateness = config.lateness === undefined ? 0 : durationMs(config.lateness);
    // Flink's getMaxOutputDelay.
    this.#heldBack = Math.max(-lower, upper) + this.#lateness;
    this.#dropsLate = config.late === 'drop';
    this.#padsAtOnce = config.unmatched === 'at-once';
  }

  get outputWatermark(): number {
    return this.#watermark - this.#heldBack;
  }
  get stateRows(): number {
    return this.#sides[LEFT].rows.size + this.#sides[RIGHT].rows.size;
  }
  get stateBytes(): number {
    return this.#keys.bytes + this.#sides[LEFT].bytes + this.#sides[RIGHT].bytes + this.#timers.bytes;
  }

  process(batch: Batch, input: number): void {
    const side = input as Side;
    const { times, watermarks, count } = batch;
    if (times === null) throw new Error('interval join over rows without event time');
    const keys = this.#keys.resolve(batch, side);
    let late: Int32Array | null = null;
    let lateCount = 0;
    for (let k = 0; k < count; k++) {
      const i = position(batch, k);
      const mark = watermarks === null ? this.#watermark : (watermarks[i] as number);
      if (mark >= this.#timers.next) this.#advance(mark);
      else if (mark > this.#watermark) this.#watermark = mark;
      if (this.#dropsLate && (times[i] as number) < this.#watermark) {
        late ??= new Int32Array(count);
        late[lateCount++] = i;
        continue;
      }
      this.#take(batch, i, keys[i] as number, side);
    }
    this.#settle();
    if (late !== null) {
      this.late += lateCount;
      const port = side === LEFT ? 'late-left' : 'late-right';
      this.#context.emit(port, { ...batch, selection: late, count: lateCount });
    }
    this.#out.send();
    this.#keys.compact(this.#sides[LEFT].chains, this.#sides[RIGHT].chains);
  }

  #take(batch: Batch, row: number, key: number, side: Side): void {
    const own = this.#sides[side];
    const id = own.insertByTime(batch, row, key);
    const met = this.#met[side];
    if (id >= met.length) this.#met[side] = grow(met, own.rows.capacity);
    this.#met[side][id] = 0;
    const time = own.rows.time(id);
    const last = time + this.#to[side];
    const meets = !this.#keys.meetsNothing(key);
    if (meets) this.#match(id, key, side, time);
    if (this.#padsAtOnce && this.#plan.outer[side]) {
      this.#settle();
      this.#pad(id, side, this.outputWatermark);
    }
    if (meets && this.#watermark < last + this.#lateness) {
      this.#timers.add(last + this.#lateness, id * 2 + side);
      return;
    }
    // No partner can come: nothing to keep.
    this.#settle();
    this.#letGo(id, side, this.outputWatermark);
  }

  /** Pairs the row with all of its key on the other side whose times are within bounds, in the order of their times. */
  #match(id: number, key: number, side: Side, time: number): void {
    const other = this.#sides[side === LEFT ? RIGHT : LEFT];
    const { previous, next } = other.chains;
    const { rows } = other;
    const from = time + this.#from[side];
    const to = time + this.#to[side];
    let at = other.chains.last(key);
    let first = NONE;
    // New rows are mostly near the end of the chain.
    while (at !== NONE && rows.time(at) >= from) {
      first = at;
      at = previous[at] as number;
    }
    const watermark = this.outputWatermark;
    for (at = first; at !== NONE && rows.time(at) <= to; at = next[at] as number) {
      if (side === LEFT) this.#pairs.add(id, at, watermark);
      else this.#pairs.add(at, id, watermark);
    }
    if (this.#pairs.count >= PAIRS_MAX) this.#settle();
  }

  /** Emits the pairs that wait. Before any row is let go: its id may be given to another. */
  #settle(): void {
    const pairs = this.#pairs;
    if (pairs.count === 0) return;
    const [left, right] = this.#sides;
    const [metLeft, metRight] = this.#met;
    const { time } = this.#context.config;
    pairs.filter(left.rows, right.rows);
    const times = takeFloats(pairs.count);
    const [leftTimes, rightTimes] = [left.rows.times, right.rows.times];
    for (let k = 0; k < pairs.count; k++) {
      const l = pairs.lefts[k] as number;
      const r = pairs.rights[k] as number;
      metLeft[l] = 1;
      metRight[r] = 1;
      const a = leftTimes[l] as number;
      const b = rightTimes[r] as number;
      times[k] = time === 'left' || (time === 'later' && a > b) ? a : b;
    }
    this.#out.pairs(pairs.lefts, pairs.rights, times, pairs.tags, pairs.count);
    pairs.count = 0;
  }

  #letGo(id: number, side: Side, watermark: number): void {
    if (this.#plan.outer[side]) this.#pad(id, side, watermark);
    this.#sides[side].remove(id);
  }

  /** Gives a row that met none, once. */
  #pad(id: number, side: Side, watermark: number): void {
    const met = this.#met[side];
    if (met[id] !== 0) return;
    met[id] = 1;
    const time = this.#sides[side].rows.time(id);
    if (side === LEFT) this.#out.row(id, NO_ROW, time, watermark);
    else this.#out.row(NO_ROW, id, time, watermark);
  }

  #advance(watermark: number): void {
    this.#settle();
    const before = this.outputWatermark;
    for (let due = this.#timers.takeDue(watermark); due >= 0; due = this.#timers.takeDue(watermark))
      this.#letGo(due >> 1, (due & 1) as Side, before);
    if (watermark > this.#watermark) this.#watermark = watermark;
  }

  watermark(time: number): void {
    this.#advance(time);
    this.#out.send();
  }

  clock(): void {}

  end(): void {
    this.#advance(Infinity);
    this.#out.send();
  }

  snapshot(): StateData {
    const data: IntervalJoinData = {
      keys: this.#keys.table.snapshot(),
      sides: [this.#sides[LEFT].snapshot(), this.#sides[RIGHT].snapshot()],
      met: [copyOf(this.#met[LEFT]), copyOf(this.#met[RIGHT])],
      timers: this.#timers.snapshot(),
      watermark: this.#watermark,
      late: this.late,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const data = state as unknown as IntervalJoinData;
    this.#keys.table.restore(data.keys);
    for (const side of [LEFT, RIGHT] as const) {
      this.#sides[side].restore(data.sides[side]);
      this.#met[side] = data.met[side].slice();
    }
    this.#timers.restore(data.timers);
    this.#watermark = data.watermark;
    this.late = data.late;
  }
}

function grow(old: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(length);
  larger.set(old);
  return larger;
}
