/** As of now: a left row meets the version that came last. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { adds } from '../../batch/changes.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import type { KeyTableData } from '../../state/key-table.ts';
import type { StateData } from '../../state/snapshot.ts';
import { NONE } from '../joins/chains.ts';
import { JoinKeys } from '../joins/keys.ts';
import { NO_ROW } from '../joins/output.ts';
import { LEFT, type PlannedJoin, type Side } from '../joins/plan.ts';
import { BatchRows } from '../joins/rows.ts';
import { JoinSide, type JoinSideData } from '../joins/side.ts';
import { isDelete } from './deletes.ts';
import { Matches } from './matches.ts';
import type { TemporalJoinConfig } from './spec.ts';

type ProcessingTimeJoinData = { readonly keys: KeyTableData; readonly newest: JoinSideData };

export class ProcessingTimeJoin implements StatefulOperator {
  readonly #keys: JoinKeys;
  readonly #incoming = new BatchRows();
  /** One right row a key. */
  readonly #newest: JoinSide;
  readonly #matches: Matches;
  readonly #tombstones: number;
  readonly nextTimer = Infinity;
  readonly openWindows = 0;
  readonly late = 0;

  constructor(context: OperatorContext<TemporalJoinConfig>, plan: PlannedJoin) {
    const [left, right] = context.inputs;
    if (left === undefined || right === undefined) throw new Error('a join of two inputs');
    this.#keys = new JoinKeys(plan.keys, left, right);
    this.#newest = new JoinSide(right.fields);
    this.#matches = new Matches(context, plan, this.#incoming, this.#newest.rows);
    this.#tombstones = context.config.deleteWhere === undefined ? -1 : right.fields.length;
  }

  get stateRows(): number {
    return this.#newest.rows.size;
  }
  get stateBytes(): number {
    return this.#keys.bytes + this.#newest.bytes;
  }

  process(batch: Batch, input: number): void {
    const keys = this.#keys.resolve(batch, input as Side);
    if (input === LEFT) this.#meet(batch, keys);
    else for (let k = 0; k < batch.count; k++) this.#keep(batch, position(batch, k), keys);
    this.#keys.compact(this.#newest.chains);
  }

  #meet(batch: Batch, keys: Int32Array): void {
    const { times, watermarks } = batch;
    this.#incoming.batch = batch;
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const found = this.#newest.chains.first(keys[i] as number);
      this.#matches.add(
        i,
        found === NONE ? NO_ROW : found,
        times === null ? Number.NaN : (times[i] as number),
        watermarks === null ? NO_WATERMARK : (watermarks[i] as number),
      );
    }
    this.#matches.settle(null);
    this.#incoming.batch = null;
    this.#matches.send();
  }

  #keep(batch: Batch, row: number, keys: Int32Array): void {
    const key = keys[row] as number;
    if (this.#keys.meetsNothing(key)) return;
    const before = this.#newest.chains.first(key);
    if (before !== NONE) this.#newest.remove(before);
    const added = batch.changes === null || adds(batch.changes[row] as number);
    if (added && !isDelete(batch, row, this.#tombstones)) this.#newest.append(batch, row, key);
  }

  watermark(): void {}
  clock(): void {}
  end(): void {}

  snapshot(): StateData {
    const data: ProcessingTimeJoinData = {
      keys: this.#keys.table.snapshot(),
      newest: this.#newest.snapshot(),
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const data = state as unknown as ProcessingTimeJoinData;
    this.#keys.table.restore(data.keys);
    this.#newest.restore(data.newest);
  }
}
