/** The regular join: both sides are kept, and every change of one is joined with what is kept of the other. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { adds, type Change, DELETE, INSERT } from '../../batch/changes.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import type { KeyTableData } from '../../state/key-table.ts';
import type { StateData } from '../../state/snapshot.ts';
import { NONE } from '../joins/chains.ts';
import { PairCondition } from '../joins/condition.ts';
import { JoinKeys } from '../joins/keys.ts';
import { JoinOutput, NO_ROW } from '../joins/output.ts';
import { PAIRS_MAX, Pairs } from '../joins/pairs.ts';
import { LEFT, type PlannedJoin, RIGHT, type Side } from '../joins/plan.ts';
import { BatchRows } from '../joins/rows.ts';
import { BandBounds } from './band-bounds.ts';
import { BandJoin } from './band-join.ts';
import { layoutOf, planOf, printLayout } from './layout.ts';
import { PlainJoin } from './plain.ts';
import type { JoinConfig } from './spec.ts';
import { TableSide, type TableSideData } from './table-side.ts';

export const joinRuntime: StatefulRuntime<JoinConfig> = {
  kind: 'stateful',
  needs: () => [],
  partitionBy: (config, inputs) => (config.on.length === 0 ? null : planOf(config, inputs).keys),
  choices(config, [left, right]) {
    if (left === undefined || right === undefined) return [];
    const condition = PairCondition.of(config.condition, [left.fields, right.fields], () => {});
    const inputs = [left, right] as const;
    return printLayout(layoutOf(config, planOf(config, inputs), inputs, condition), inputs);
  },
  create: (context) => new RegularJoin(context),
};

type RegularJoinData = {
  readonly keys: KeyTableData;
  readonly sides: readonly [TableSideData, TableSideData];
  /** Where a condition bounds a field: the first row that is under no key yet. */
  readonly waitingFrom?: number;
};

class RegularJoin implements StatefulOperator {
  readonly #context: OperatorContext<JoinConfig>;
  readonly #plan: PlannedJoin;
  readonly #leftOnly: boolean;
  readonly #anti: boolean;
  readonly #keys: JoinKeys;
  readonly #sides: readonly [TableSide, TableSide];
  readonly #pairs: Pairs;
  readonly #out: JoinOutput;
  readonly #incoming = new BatchRows();
  readonly #timed: boolean;
  /** Null: rows are taken one by one, as they may be taken back, or padded, or counted. */
  readonly #plain: PlainJoin | null;
  readonly #band: BandJoin | null;
  readonly openWindows = 0;
  readonly late = 0;

  constructor(context: OperatorContext<JoinConfig>) {
    const { config } = context;
    const [left, right] = context.inputs;
    if (left === undefined || right === undefined) throw new Error('a join of two inputs');
    this.#context = context;
    this.#plan = planOf(config, context.inputs);
    this.#leftOnly = config.join === 'semi' || config.join === 'anti';
    this.#anti = config.join === 'anti';
    this.#keys = new JoinKeys(this.#plan.keys, left, right, config.nullKeys);
    const condition = PairCondition.of(config.condition, [left.fields, right.fields], context.reject);
    const { kept, band } = layoutOf(config, this.#plan, [left, right], condition);
    this.#pairs = new Pairs(condition);
    // Who may be padded, or given or not, must know how many partners it has.
    this.#sides = [
      new TableSide(left, kept[LEFT], this.#plan.outer[LEFT] || this.#leftOnly, config.leftTtl),
      new TableSide(right, kept[RIGHT], this.#plan.outer[RIGHT], config.rightTtl),
    ];
    this.#out = new JoinOutput(context, this.#plan.columns, this.#incoming, this.#incoming);
    this.#timed = context.output.eventTime;
    const plain = !this.#leftOnly && this.#sides.every((side) => side.plain);
    this.#plain = plain
      ? new PlainJoin(this.#keys, this.#pairs, this.#out, this.#incoming, this.#timed)
      : null;
    this.#band =
      band === null || this.#plain === null
        ? null
        : new BandJoin(
            this.#plain,
            this.#sides,
            band,
            new BandBounds([left, right][band.wide === LEFT ? RIGHT : LEFT]?.fields ?? [], band),
            [this.#plan.keys[LEFT][0] as number, this.#plan.keys[RIGHT][0] as number],
          );
  }

  get nextTimer(): number {
    return Math.min(this.#sides[LEFT].nextTimer, this.#sides[RIGHT].nextTimer);
  }
  get stateRows(): number {
    return this.#sides[LEFT].rows.size + this.#sides[RIGHT].rows.size;
  }
  get stateBytes(): number {
    return this.#keys.bytes + this.#sides[LEFT].bytes + this.#sides[RIGHT].bytes + (this.#band?.bytes ?? 0);
  }

  process(batch: Batch, input: number): void {
    const side = input as Side;
    const now = this.#context.clock.now();
    this.clock(now);
    const own = this.#sides[side];
    const other = this.#sides[side === LEFT ? RIGHT : LEFT];
    this.#incoming.batch = batch;
    if (side === LEFT) this.#out.from(this.#incoming, other.rows);
    else this.#out.from(other.rows, this.#incoming);
    if (this.#band?.process(batch, side, now) !== true) {
      const keys = this.#keys.resolve(batch, side);
      if (this.#plain !== null) this.#plain.process(batch, keys, side, own, other, now);
      else {
        own.resolve(batch);
        this.#each(batch, keys, side, now);
      }
    }
    this.#out.send();
    this.#incoming.batch = null;
    own.compact();
    if (this.#keys.compact(this.#sides[LEFT].chains, this.#sides[RIGHT].chains)) this.#band?.renumber();
  }

  /** Row by row. */
  #each(batch: Batch, keys: Int32Array, side: Side, now: number): void {
    const own = this.#sides[side];
    const other = this.#sides[side === LEFT ? RIGHT : LEFT];
    // A batch is of one side: what it meets on the other stays the same until its end, so that pairs can be judged together.
    for (let k = 0, from = 0; k < batch.count; k++) {
      const i = position(batch, k);
      this.#match(i, keys[i] as number, side, other);
      if (this.#pairs.count < PAIRS_MAX && k + 1 < batch.count) continue;
      if (side === LEFT) this.#pairs.filter(this.#incoming, other.rows);
      else this.#pairs.filter(other.rows, this.#incoming);
      this.#apply(batch, keys, from, k + 1, side, now);
      from = k + 1;
    }
    own.keepAll(batch, keys, now);
  }

  /** Pairs the incoming row with all kept rows of its key. */
  #match(row: number, key: number, side: Side, other: TableSide): void {
    if (this.#keys.meetsNothing(key)) return;
    const { next } = other.chains;
    for (let at = other.chains.first(key); at !== NONE; at = next[at] as number) {
      if (side === LEFT) this.#pairs.add(row, at, row);
      else this.#pairs.add(at, row, row);
    }
  }

  /** The rows `from` to `to` of the batch, one after the other, with the pairs that they have. */
  #apply(batch: Batch, keys: Int32Array, from: number, to: number, side: Side, now: number): void {
    const pairs = this.#pairs;
    const partners = side === LEFT ? pairs.rights : pairs.lefts;
    for (let k = from, first = 0; k < to; k++) {
      const i = position(batch, k);
      let end = first;
      while (end < pairs.count && pairs.tags[end] === i) end++;
      const change = batch.changes === null ? INSERT : (batch.changes[i] as Change);
      const mark = batch.watermarks === null ? NO_WATERMARK : (batch.watermarks[i] as number);
      const time = batch.times === null ? Number.NaN : (batch.times[i] as number);
      if (this.#leftOnly) this.#giveLeft(i, partners, first, end, side, change, time, mark);
      else this.#give(i, partners, first, end, side, change, time, mark);
      const own = this.#sides[side];
      if (!adds(change)) own.takeBack(i);
      else if (!this.#keys.meetsNothing(keys[i] as number)) {
        // What takes back rows may take back one of this batch.
        if (batch.changes === null) own.keepLater(i, end - first);
        else own.keep(batch, i, keys[i] as number, end - first, now);
      }
      const other = this.#sides[side === LEFT ? RIGHT : LEFT];
      if (other.counts) {
        for (let p = first; p < end; p++)
          other.addPartners(partners[p] as number, adds(change) ? 1 : -1, now);
      }
      first = end;
    }
    pairs.count = 0;
  }

  /** StreamingJoinOperator: which rows a change gives, and as what. */
  #give(
    row: number,
    partners: Int32Array,
    first: number,
    end: number,
    side: Side,
    change: Change,
    time: number,
    mark: number,
  ): void {
    const other = this.#sides[side === LEFT ? RIGHT : LEFT];
    const ownOuter = this.#plan.outer[side];
    const otherOuter = this.#plan.outer[side === LEFT ? RIGHT : LEFT];
    const added = adds(change);
    if (first === end) {
      if (ownOuter) this.#row(row, NO_ROW, side, time, mark, added ? INSERT : DELETE);
      return;
    }
    // The first partner ends the padded row of the other side.
    if (added && otherOuter) {
      for (let p = first; p < end; p++) {
        const at = partners[p] as number;
        if (other.partners(at) === 0) this.#row(NO_ROW, at, side, other.rows.time(at), mark, DELETE);
      }
    }
    const as: Change = added ? (ownOuter || otherOuter ? INSERT : change) : ownOuter ? DELETE : change;
    for (let p = first; p < end; p++) {
      const at = partners[p] as number;
      this.#row(row, at, side, Math.max(time, other.rows.time(at)), mark, as);
    }
    if (added || !otherOuter) return;
    for (let p = first; p < end; p++) {
      const at = partners[p] as number;
      if (other.partners(at) === 1) this.#row(NO_ROW, at, side, other.rows.time(at), mark, INSERT);
    }
  }

  /** StreamingSemiAntiJoinOperator. */
  #giveLeft(
    row: number,
    partners: Int32Array,
    first: number,
    end: number,
    side: Side,
    change: Change,
    time: number,
    mark: number,
  ): void {
    if (side === LEFT) {
      if ((first === end) === this.#anti) this.#row(row, NO_ROW, LEFT, time, mark, change);
      return;
    }
    const left = this.#sides[LEFT];
    const added = adds(change);
    for (let p = first; p < end; p++) {
      const at = partners[p] as number;
      if (left.partners(at) !== (added ? 0 : 1)) continue;
      const as: Change = this.#anti ? (added ? DELETE : INSERT) : change;
      this.#row(NO_ROW, at, RIGHT, left.rows.time(at), mark, as);
    }
  }

  /** `own`: of the batch, `other`: kept; NO_ROW for the side that is padded. */
  #row(own: number, other: number, side: Side, time: number, mark: number, change: Change): void {
    const at = this.#timed ? time : Number.NaN;
    if (side === LEFT) this.#out.rowLater(own, other, at, mark, change);
    else this.#out.rowLater(other, own, at, mark, change);
  }

  watermark(): void {}

  clock(now: number): void {
    this.#sides[LEFT].forget(now);
    this.#sides[RIGHT].forget(now);
  }

  end(): void {}

  snapshot(): StateData {
    const data: RegularJoinData = {
      keys: this.#keys.table.snapshot(),
      sides: [this.#sides[LEFT].snapshot(), this.#sides[RIGHT].snapshot()],
      ...(this.#band === null ? {} : { waitingFrom: this.#band.waitingFrom }),
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const data = state as unknown as RegularJoinData;
    this.#keys.table.restore(data.keys);
    for (const side of [LEFT, RIGHT] as const) this.#sides[side].restore(data.sides[side]);
    this.#band?.restored(data.waitingFrom ?? Infinity);
  }
}
