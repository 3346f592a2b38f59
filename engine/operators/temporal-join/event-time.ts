/** By event time: left rows wait for the watermark, versions are kept by time. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { UPDATE_BEFORE } from '../../batch/changes.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import { copyOf } from '../../state/copies.ts';
import type { KeyTableData } from '../../state/key-table.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers, type TimersData } from '../../state/timers.ts';
import { NONE } from '../joins/chains.ts';
import { JoinKeys } from '../joins/keys.ts';
import { NO_ROW } from '../joins/output.ts';
import { PAIRS_MAX } from '../joins/pairs.ts';
import { LEFT, type PlannedJoin, type Side } from '../joins/plan.ts';
import { JoinSide, type JoinSideData } from '../joins/side.ts';
import { isDelete } from './deletes.ts';
import { Matches } from './matches.ts';
import type { TemporalJoinConfig } from './spec.ts';

type EventTimeJoinData = {
  readonly keys: KeyTableData;
  readonly waiting: JoinSideData;
  readonly versions: JoinSideData;
  readonly ends: Uint8Array;
  readonly due: TimersData;
  readonly valid: TimersData;
  readonly watermark: number;
};

export class EventTimeJoin implements StatefulOperator {
  readonly #keys: JoinKeys;
  /** Left rows whose time the watermark has not reached. */
  readonly #waiting: JoinSide;
  /** Right rows, per key by time. */
  readonly #versions: JoinSide;
  /** By version: 1 where it is the end of the one before. */
  #ends: Uint8Array = new Uint8Array(64);
  /** Left rows by their time. */
  readonly #due = new Timers();
  /** Versions by theirs: from then on, those before them are not needed. */
  readonly #valid = new Timers();
  readonly #matches: Matches;
  readonly #tombstones: number;
  #watermark = NO_WATERMARK;
  readonly nextTimer = Infinity;
  readonly openWindows = 0;
  readonly late = 0;

  constructor(context: OperatorContext<TemporalJoinConfig>, plan: PlannedJoin) {
    const [left, right] = context.inputs;
    if (left === undefined || right === undefined) throw new Error('a join of two inputs');
    this.#keys = new JoinKeys(plan.keys, left, right);
    this.#waiting = new JoinSide(left.fields);
    this.#versions = new JoinSide(right.fields);
    this.#matches = new Matches(context, plan, this.#waiting.rows, this.#versions.rows);
    this.#tombstones = context.config.deleteWhere === undefined ? -1 : right.fields.length;
  }

  get stateRows(): number {
    return this.#waiting.rows.size + this.#versions.rows.size;
  }
  get stateBytes(): number {
    const timers = this.#due.bytes + this.#valid.bytes;
    return this.#keys.bytes + this.#waiting.bytes + this.#versions.bytes + timers;
  }

  process(batch: Batch, input: number): void {
    const { times, watermarks, changes, count } = batch;
    if (times === null) throw new Error('temporal join over rows without event time');
    const keys = this.#keys.resolve(batch, input as Side);
    for (let k = 0; k < count; k++) {
      const i = position(batch, k);
      const mark = watermarks === null ? this.#watermark : (watermarks[i] as number);
      if (mark >= this.#due.next || mark >= this.#valid.next) this.#advance(mark);
      else if (mark > this.#watermark) this.#watermark = mark;
      if (input === LEFT) this.#takeLeft(batch, i, keys[i] as number, times[i] as number);
      // The row before an update bears its old time: the one after it says when that ended.
      else if (changes === null || changes[i] !== UPDATE_BEFORE)
        this.#takeVersion(batch, i, keys[i] as number);
    }
    this.#settle();
    this.#matches.send();
    this.#keys.compact(this.#waiting.chains, this.#versions.chains);
  }

  #takeLeft(batch: Batch, row: number, key: number, time: number): void {
    const id = this.#waiting.append(batch, row, key);
    if (time > this.#watermark) this.#due.add(time, id);
    else this.#match(id, this.#watermark);
  }

  #takeVersion(batch: Batch, row: number, key: number): void {
    if (this.#keys.meetsNothing(key)) return;
    const versions = this.#versions;
    const id = versions.insertByTime(batch, row, key);
    if (id >= this.#ends.length) {
      const larger = new Uint8Array(versions.rows.capacity);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[id] = isDelete(batch, row, this.#tombstones) ? 1 : 0;
    const time = versions.rows.time(id);
    if (time <= this.#watermark) this.#outdate(id, this.#watermark);
    else this.#valid.add(time, id);
  }

  /** The left row with the version of its time. */
  #match(id: number, mark: number): void {
    const key = this.#waiting.chains.keys[id] as number;
    const time = this.#waiting.rows.time(id);
    this.#matches.add(id, this.#versionAt(key, time), time, mark);
    if (this.#matches.count >= PAIRS_MAX) this.#settle();
  }

  #versionAt(key: number, time: number): number {
    const { chains, rows } = this.#versions;
    let at = chains.last(key);
    while (at !== NONE && rows.time(at) > time) at = chains.previous[at] as number;
    return at === NONE || this.#ends[at] === 1 ? NO_ROW : at;
  }

  #settle(): void {
    if (this.#matches.count > 0) this.#matches.settle(this.#release);
  }

  readonly #release = (id: number): void => this.#waiting.remove(id);

  #advance(watermark: number): void {
    const before = this.#watermark;
    for (let id = this.#due.takeDue(watermark); id >= 0; id = this.#due.takeDue(watermark))
      this.#match(id, before);
    if (watermark > this.#watermark) this.#watermark = watermark;
    for (let id = this.#valid.takeDue(watermark); id >= 0; id = this.#valid.takeDue(watermark))
      if (this.#versions.chains.keys[id] !== NONE) this.#outdate(id, watermark);
  }

  /** A version holds: those before it are dropped, and itself where it is over by now, or an end. */
  #outdate(id: number, watermark: number): void {
    const { chains, rows } = this.#versions;
    // Pairs that wait were found already, and still need their rows.
    this.#settle();
    for (let at = chains.previous[id] as number; at !== NONE; ) {
      const gone = at;
      at = chains.previous[at] as number;
      this.#versions.remove(gone);
    }
    const next = chains.next[id] as number;
    if (this.#ends[id] === 1 || (next !== NONE && rows.time(next) <= watermark)) this.#versions.remove(id);
  }

  watermark(time: number): void {
    this.#advance(time);
    this.#settle();
    this.#matches.send();
  }

  clock(): void {}

  end(): void {
    this.watermark(Infinity);
  }

  snapshot(): StateData {
    const data: EventTimeJoinData = {
      keys: this.#keys.table.snapshot(),
      waiting: this.#waiting.snapshot(),
      versions: this.#versions.snapshot(),
      ends: copyOf(this.#ends),
      due: this.#due.snapshot(),
      valid: this.#valid.snapshot(),
      watermark: this.#watermark,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const data = state as unknown as EventTimeJoinData;
    this.#keys.table.restore(data.keys);
    this.#waiting.restore(data.waiting);
    this.#versions.restore(data.versions);
    this.#ends = data.ends.slice();
    this.#due.restore(data.due);
    this.#valid.restore(data.valid);
    this.#watermark = data.watermark;
  }
}
