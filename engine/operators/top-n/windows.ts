/** Top-N per window: rows wait in their order, and the first of them leave when the watermark has passed the window's end. */
import type { Batch } from '../../batch/batch.ts';
import { INSERT } from '../../batch/changes.ts';
import { maxTimestamp } from '../../progress/windows.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import type { OrderedRows } from '../../state/ordered-rows.ts';
import { RowOutput } from '../../state/row-output.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers, type TimersData } from '../../state/timers.ts';
import type { WindowFields } from '../keyed/plan.ts';
import { WindowEnds } from '../keyed/window-ends.ts';
import type { TopNPlan } from './plan.ts';
import { RankedRows, type RankedRowsData } from './ranked-rows.ts';
import { Ranks } from './ranks.ts';
import type { TopNConfig } from './spec.ts';

interface TopNWindowsData {
  readonly ranked: RankedRowsData;
  readonly timers: TimersData;
  readonly watermark: number;
}

export class TopNWindows implements StatefulOperator {
  readonly #plan: TopNPlan;
  readonly #window: WindowFields;
  /** By keys and window. */
  readonly #ranked: RankedRows;
  readonly #ranks: Ranks;
  readonly #out: RowOutput;
  readonly #ends: WindowEnds;
  #timers = new Timers();
  readonly nextTimer = Infinity;

  constructor(context: OperatorContext<TopNConfig>, plan: TopNPlan, window: WindowFields) {
    const { fields } = context.input;
    this.#plan = plan;
    this.#window = window;
    this.#ranked = new RankedRows(fields, [...plan.keys, ...window.columns], plan.terms);
    this.#ranks = new Ranks(plan.function, plan.to, this.#ranked.order);
    this.#out = new RowOutput(this.#ranked.rows, context, fields.length);
    this.#ends = new WindowEnds(context, window.end, (watermark) => this.#advance(watermark));
  }

  get openWindows(): number {
    return this.#ranked.live;
  }
  get stateRows(): number {
    return this.#ranked.rows.size;
  }
  get stateBytes(): number {
    return this.#ranked.bytes + this.#timers.bytes;
  }
  get late(): number {
    return this.#ends.late;
  }

  process(batch: Batch): void {
    this.#ranked.order.attach(batch);
    const keys = this.#ranked.keys.resolve(batch);
    this.#ends.each(batch, (row, end) => this.#take(batch, row, keys[row] as number, end));
    this.#out.flush();
    if (this.#ranked.compact() !== null) this.#setTimers();
  }

  #take(batch: Batch, row: number, key: number, end: number): void {
    const found = this.#ranked.find(key);
    if (found === undefined) this.#timers.add(maxTimestamp(end), key);
    else if (this.#isBelow(found, row)) return;
    const list = this.#ranked.list(key);
    this.#ranked.insert(list, list.upperBound(this.#ranked.order, row), batch, row);
    if (list.length <= this.#plan.to) return;
    this.#ranks.read(list);
    this.#ranked.cut(list, this.#ranks.length);
  }

  #isBelow(list: OrderedRows, row: number): boolean {
    const { function: fn, to } = this.#plan;
    if (list.length < to || fn === 'dense-rank') return false;
    const order = this.#ranked.order.compareRow(row, list.last);
    return order > 0 || (order === 0 && fn === 'row-number');
  }

  watermark(time: number): void {
    if (time > this.#ends.watermark) this.#advance(time);
    this.#out.flush();
  }

  #advance(watermark: number): void {
    for (let key = this.#timers.takeDue(watermark); key >= 0; key = this.#timers.takeDue(watermark))
      this.#fire(key);
    this.#ends.watermark = watermark;
  }

  #fire(key: number): void {
    const list = this.#ranked.list(key);
    const { rows } = this.#ranked;
    const end = Number(rows.value(list.at(0), this.#window.end));
    this.#ranks.read(list);
    for (let k = 0; k < this.#ranks.length; k++) {
      const rank = this.#ranks.ranks[k] as number;
      const id = this.#ranks.ids[k] as number;
      // Rows that fire go out before the watermark that fires them, as in Flink.
      if (rank >= this.#plan.from) this.#out.push(id, this.#ends.watermark, INSERT, rank, maxTimestamp(end));
    }
    this.#ranked.cut(list, 0);
    this.#ranked.drop(key);
  }

  #setTimers(): void {
    this.#timers = new Timers();
    for (let key = 0; key < this.#ranked.live; key++) {
      const end = Number(this.#ranked.rows.value(this.#ranked.list(key).at(0), this.#window.end));
      this.#timers.add(maxTimestamp(end), key);
    }
  }

  clock(): void {}

  end(): void {
    this.watermark(Infinity);
  }

  snapshot(): StateData {
    const data: TopNWindowsData = {
      ranked: this.#ranked.snapshot(),
      timers: this.#timers.snapshot(),
      watermark: this.#ends.watermark,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const { ranked, timers, watermark } = state as unknown as TopNWindowsData;
    this.#ranked.restore(ranked);
    this.#timers.restore(timers);
    this.#ends.watermark = watermark;
  }
}
