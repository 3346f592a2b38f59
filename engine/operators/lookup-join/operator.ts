/** The lookup join: each row with what the table says about it. */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import { type Change, INSERT } from '../../batch/changes.ts';
import { takeCodes, trimCodes } from '../../batch/slab.ts';
import { durationMs } from '../../contract/settings.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type {
  DeadLetter,
  OperatorContext,
  StatefulOperator,
  StatefulRuntime,
} from '../../runtime/contracts.ts';
import type { StateData } from '../../state/snapshot.ts';
import { NONE } from '../joins/chains.ts';
import { PairCondition } from '../joins/condition.ts';
import { JoinOutput, NO_ROW } from '../joins/output.ts';
import { PAIRS_MAX, Pairs } from '../joins/pairs.ts';
import { LEFT, type PlannedJoin, planJoin } from '../joins/plan.ts';
import { BatchRows } from '../joins/rows.ts';
import { loadFile } from './load.ts';
import { type LookupJoinConfig, tableSchema } from './spec.ts';
import { LookupTable, writtenTable } from './table.ts';

const planOf = (config: LookupJoinConfig, inputs: OperatorContext<unknown>['inputs']): PlannedJoin =>
  planJoin(config, inputs[LEFT]?.fields ?? [], tableSchema(config).fields, { report: throwProblem });

export const lookupJoinRuntime: StatefulRuntime<LookupJoinConfig> = {
  kind: 'stateful',
  needs: () => [],
  // Every subtask has the whole table; by key, rows of one key stay in order.
  partitionBy: (config, inputs) => [planOf(config, inputs).keys[LEFT]],
  rowwise: () => true,
  create: (context) => new LookupJoin(context),
};

class LookupJoin implements StatefulOperator {
  readonly #context: OperatorContext<LookupJoinConfig>;
  readonly #plan: PlannedJoin;
  readonly #isLeft: boolean;
  readonly #incoming = new BatchRows();
  readonly #pairs: Pairs;
  readonly #out: JoinOutput;
  readonly #reload: number;
  /** By position, the row of the table. */
  #found = new Int32Array(0);
  #table: LookupTable;
  /** Read meanwhile, with what could not be read; takes over before the next row. */
  #fresh: { readonly table: LookupTable; readonly letters: readonly DeadLetter[] } | null = null;
  nextTimer = Infinity;
  readonly openWindows = 0;
  readonly late = 0;

  constructor(context: OperatorContext<LookupJoinConfig>) {
    const { config, input } = context;
    const { table } = config;
    this.#context = context;
    this.#plan = planOf(config, context.inputs);
    this.#isLeft = config.join === 'left';
    this.#reload = table.kind === 'file' && table.reload !== undefined ? durationMs(table.reload) : Infinity;
    this.#table = writtenTable(config, this.#plan, input);
    const fields = [input.fields, tableSchema(config).fields] as const;
    this.#pairs = new Pairs(PairCondition.of(config.condition, fields, context.reject));
    this.#out = new JoinOutput(context, this.#plan.columns, this.#incoming, this.#table.rows);
  }

  get stateRows(): number {
    return this.#table.rows.size;
  }
  get stateBytes(): number {
    return this.#table.bytes + (this.#fresh?.table.bytes ?? 0);
  }

  async open(): Promise<void> {
    if (this.#context.config.table.kind !== 'file') return;
    await loadFile(this.#context, this.#table, this.#context.reject);
    this.nextTimer = this.#context.clock.now() + this.#reload;
  }

  /** Starts to read the file again, beside the stream. */
  clock(now: number): void {
    if (now < this.nextTimer) return;
    this.nextTimer = Infinity;
    void this.#readAgain();
  }

  async #readAgain(): Promise<void> {
    const { config, input, log, clock } = this.#context;
    const table = new LookupTable(config, this.#plan, input);
    const letters: DeadLetter[] = [];
    try {
      await loadFile(this.#context, table, (more) => letters.push(...more));
      // A stopped run leaves the file half read.
      if (!this.#context.signal.aborted) this.#fresh = { table, letters };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      log('warning', `The table could not be read again, so the one before stays: ${text}`);
    }
    this.nextTimer = clock.now() + this.#reload;
  }

  #takeOver(): void {
    const fresh = this.#fresh;
    if (fresh === null) return;
    this.#fresh = null;
    this.#table = fresh.table;
    this.#out.from(this.#incoming, fresh.table.rows);
    if (fresh.letters.length > 0) this.#context.reject(fresh.letters);
  }

  process(batch: Batch): void {
    this.#takeOver();
    const keys = this.#table.lookUp(batch);
    if (this.#table.isUnique && !this.#pairs.judged) this.#giveInPlace(batch, keys);
    else this.#givePairs(batch, keys);
  }

  /** No row has more than one partner: the columns of the stream stay as they are, and those of the table come beside them. */
  #giveInPlace(batch: Batch, keys: Int32Array): void {
    const { chains, rows } = this.#table;
    const { selection, count, length } = batch;
    if (this.#found.length < length) this.#found = new Int32Array(length);
    const found = this.#found;
    const kept = takeCodes(count);
    let given = 0;
    for (let k = 0; k < count; k++) {
      const i = selection === null ? k : (selection[k] as number);
      const at = chains.first(keys[i] as number);
      found[i] = at;
      kept[given] = i;
      if (at !== NONE || this.#isLeft) given++;
    }
    trimCodes(kept, given);
    if (given === 0) return;
    this.#out.inPlace(batch, LEFT, rows, found, kept, given, batch.times, this.#isLeft);
  }

  #givePairs(batch: Batch, keys: Int32Array): void {
    const { chains } = this.#table;
    this.#incoming.batch = batch;
    for (let k = 0, from = 0; k < batch.count; k++) {
      const i = position(batch, k);
      for (let at = chains.first(keys[i] as number); at !== NONE; at = chains.next[at] as number)
        this.#pairs.add(i, at, i);
      if (this.#pairs.count < PAIRS_MAX && k + 1 < batch.count) continue;
      this.#give(batch, from, k + 1);
      from = k + 1;
    }
    this.#out.send();
    this.#incoming.batch = null;
  }

  /** The rows `from` to `to` of the batch, each with the pairs that it has. */
  #give(batch: Batch, from: number, to: number): void {
    const pairs = this.#pairs;
    const { times, watermarks, changes } = batch;
    pairs.filter(this.#incoming, this.#table.rows);
    let next = 0;
    for (let k = from; k < to; k++) {
      const i = position(batch, k);
      const time = times === null ? Number.NaN : (times[i] as number);
      const mark = watermarks === null ? NO_WATERMARK : (watermarks[i] as number);
      const change: Change = changes === null ? INSERT : (changes[i] as Change);
      const first = next;
      for (; next < pairs.count && pairs.tags[next] === i; next++)
        this.#out.rowLater(i, pairs.rights[next] as number, time, mark, change);
      if (next === first && this.#isLeft) this.#out.rowLater(i, NO_ROW, time, mark, change);
    }
    pairs.count = 0;
  }

  watermark(): void {}
  end(): void {}

  /** The table is not state: it is read again. */
  snapshot(): StateData {
    return null;
  }
  restore(): void {}
}
