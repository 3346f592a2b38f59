/** Top-N that is kept up to date: of an append-only input the top alone is kept, of an updating one every row. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { adds } from '../../batch/changes.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import type { OrderedRows } from '../../state/ordered-rows.ts';
import { RowOutput } from '../../state/row-output.ts';
import type { StateData } from '../../state/snapshot.ts';
import type { TopNPlan } from './plan.ts';
import { RankChanges } from './rank-changes.ts';
import { RankedRows, type RankedRowsData } from './ranked-rows.ts';
import { RowIndex, type RowIndexData } from './row-index.ts';
import type { TopNConfig } from './spec.ts';

interface TopNChangesData {
  readonly ranked: RankedRowsData;
  readonly index: RowIndexData | null;
}

export class TopNChanges implements StatefulOperator {
  readonly #context: OperatorContext<TopNConfig>;
  readonly #plan: TopNPlan;
  readonly #ranked: RankedRows;
  readonly #changes: RankChanges;
  readonly #out: RowOutput;
  /** Null: the input takes nothing back. */
  readonly #index: RowIndex | null;
  readonly #shares: boolean;
  readonly openWindows = 0;
  readonly late = 0;

  constructor(context: OperatorContext<TopNConfig>, plan: TopNPlan) {
    const { input, config } = context;
    const { results } = config;
    this.#context = context;
    this.#plan = plan;
    this.#ranked = new RankedRows(
      input.fields,
      plan.keys,
      plan.terms,
      results.kind === 'changes' ? results.ttl : undefined,
    );
    this.#out = new RowOutput(this.#ranked.rows, context, input.fields.length);
    this.#changes = new RankChanges(plan, this.#ranked.order, this.#out);
    this.#index = input.changelog === 'updating' ? new RowIndex(input) : null;
    this.#shares = plan.function !== 'row-number';
  }

  get nextTimer(): number {
    return this.#ranked.keys.nextTimer;
  }
  get stateRows(): number {
    return this.#ranked.rows.size;
  }
  get stateBytes(): number {
    return this.#ranked.bytes + (this.#index?.bytes ?? 0);
  }

  process(batch: Batch): void {
    const now = this.#context.clock.now();
    this.clock(now);
    this.#index?.attach(batch);
    this.#ranked.order.attach(batch);
    const keys = this.#ranked.keys.resolve(batch);
    const { changes, watermarks } = batch;
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const mark = watermarks === null ? NO_WATERMARK : (watermarks[row] as number);
      if (changes !== null && !adds(changes[row] as number)) this.#takeBack(row, mark, now);
      else this.#insert(batch, row, keys[row] as number, mark, now);
    }
    this.#out.flush();
    this.#compact();
  }

  #insert(batch: Batch, row: number, key: number, mark: number, now: number): void {
    // A newer row with the key of one that was not taken back replaces it.
    if (this.#index?.hasKey === true) this.#takeBack(row, mark, now);
    if (this.#index === null && this.#isBelow(this.#ranked.find(key), row)) return;
    const list = this.#ranked.list(key);
    const at = list.upperBound(this.#ranked.order, row);
    if (this.#shares) this.#changes.look(list);
    const id = this.#ranked.insert(list, at, batch, row);
    this.#index?.add(row, id, key);
    this.#ranked.keys.written(key, now);
    let keep = this.#plan.to;
    if (this.#shares) keep = this.#changes.changed(list, mark);
    else this.#changes.inserted(list, at, mark);
    if (this.#index === null) this.#ranked.cut(list, keep);
  }

  /** Whether the row comes behind a full top: what most rows of a long stream do. */
  #isBelow(list: OrderedRows | undefined, row: number): boolean {
    if (list === undefined || list.length < this.#plan.to || this.#plan.function === 'dense-rank')
      return false;
    const order = this.#ranked.order.compareRow(row, list.last);
    return order > 0 || (order === 0 && !this.#shares);
  }

  #takeBack(row: number, mark: number, now: number): void {
    const index = this.#index;
    const id = index?.find(row) ?? -1;
    if (index === null || id < 0) return;
    const key = index.group(id);
    const list = this.#ranked.list(key);
    const at = list.indexOf(this.#ranked.order, id);
    if (this.#shares) {
      this.#changes.look(list);
      list.removeAt(at);
      this.#changes.changed(list, mark);
    } else {
      this.#changes.removing(list, at, mark);
      list.removeAt(at);
    }
    index.remove(id);
    this.#ranked.rows.remove(id);
    this.#ranked.keys.written(key, now);
    if (list.length === 0) this.#ranked.drop(key);
  }

  #compact(): void {
    if (this.#ranked.compact() === null || this.#index === null) return;
    for (let key = 0; key < this.#ranked.live; key++)
      for (const id of this.#ranked.list(key).snapshot()) this.#index.regroup(id, key);
  }

  watermark(): void {}

  clock(now: number): void {
    const { keys, rows } = this.#ranked;
    for (let key = keys.takeIdle(now); key >= 0; key = keys.takeIdle(now)) {
      const list = this.#ranked.list(key);
      if (this.#index !== null) for (const id of list.snapshot()) this.#index.remove(id);
      for (const id of list.snapshot()) rows.remove(id);
      this.#ranked.drop(key);
    }
  }

  end(): void {}

  snapshot(): StateData {
    const data: TopNChangesData = {
      ranked: this.#ranked.snapshot(),
      index: this.#index?.snapshot() ?? null,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const { ranked, index } = state as unknown as TopNChangesData;
    this.#ranked.restore(ranked);
    if (index !== null) this.#index?.restore(index);
  }
}
