/**
 * MATCH_RECOGNIZE: rows in the order of their event times, one automaton a key.
 *
 * Flink starts a possible match at every row and discards those that the skip strategy forbids once an earlier one is complete; a later
 * one waits until every earlier one has failed. So one attempt at a time gives the same matches at the same moment: the next
 * begins when this one is complete, has failed or has run out of time, over the rows that were kept.
 */
import { type Batch, NO_WATERMARK, position } from '../../batch/batch.ts';
import type { Value } from '../../batch/column.ts';
import { OUTPUT_ROWS, OutputBuilder } from '../../batch/output.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { EdgeSchema } from '../../contract/types.ts';
import { evaluate, RowError } from '../../expressions/index.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import { rawRow } from '../../runtime/dead-letters.ts';
import { copyOf } from '../../state/copies.ts';
import { KeyTable, type KeyTableData } from '../../state/key-table.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers, type TimersData } from '../../state/timers.ts';
import { KeyedRows, type KeyedRowsData, NO_ROW } from './keyed-rows.ts';
import { MatchRows } from './match-rows.ts';
import { Matcher, type MatcherData, NO_THREAD } from './matcher.ts';
import { type PatternPlan, planPattern } from './plan.ts';
import { RowQueue, type RowQueueData } from './row-queue.ts';
import type { PatternConfig } from './spec.ts';

const planOf = (config: PatternConfig, input: EdgeSchema): PatternPlan => {
  const plan = planPattern({ config, input, report: throwProblem });
  if (plan === null) throw new Error('unchecked pattern');
  return plan;
};

export const patternRuntime: StatefulRuntime<PatternConfig> = {
  kind: 'stateful',
  needs: (config, [input]) => [
    input === undefined
      ? []
      : planOf(config, input).columns.flatMap(({ expression }) =>
          expression.kind === 'field' ? [] : [expression],
        ),
  ],
  partitionBy: (config, [input]) =>
    config.keys.length === 0 || input === undefined
      ? null
      : [config.keys.map((name) => input.fields.findIndex((f) => f.name === name))],
  create: (context) => new PatternOperator(context),
};

interface PatternData {
  readonly rows: RowStoreData;
  readonly queue: RowQueueData;
  readonly keys: KeyTableData;
  readonly keyed: KeyedRowsData;
  readonly matcher: MatcherData;
  readonly expiry: TimersData;
  readonly told: Uint8Array;
  readonly due: number;
  readonly watermark: number;
  readonly now: number;
  readonly late: number;
}

class PatternOperator implements StatefulOperator {
  readonly #context: OperatorContext<PatternConfig>;
  readonly #plan: PatternPlan;
  readonly #inputColumns: number;
  readonly #keyColumns: readonly number[];
  /** Where the kept columns stand in an arriving batch. */
  readonly #sources: readonly number[];
  readonly #rows: RowStore;
  readonly #queue = new RowQueue();
  readonly #keys: KeyTable;
  readonly #keyed = new KeyedRows();
  readonly #matcher: Matcher;
  /** When the attempt of a key runs out of time; one a key, which may be that of an attempt before. */
  #expiry = new Timers();
  readonly #out: OutputBuilder;
  readonly #cells: Value[] = [];
  /** By row: whether a condition that failed for it was told. */
  #told = new Uint8Array(64);
  /** Before this watermark nothing happens. */
  #due = Infinity;
  #watermark = NO_WATERMARK;
  /** Event time of what is being processed: what a match that it decides is stamped with. */
  #now = 0;
  readonly nextTimer = Infinity;
  late = 0;

  constructor(context: OperatorContext<PatternConfig>) {
    const { config, input } = context;
    const plan = planOf(config, input);
    this.#context = context;
    this.#plan = plan;
    this.#inputColumns = input.fields.length;
    this.#keyColumns = config.keys.map((name) => input.fields.findIndex((f) => f.name === name));
    let computed = input.fields.length;
    this.#sources = plan.columns.map(({ expression }) =>
      expression.kind === 'field' ? expression.index : computed++,
    );
    this.#rows = new RowStore(plan.columns.map((c) => c.field));
    this.#keys = new KeyTable(this.#keyColumns.flatMap((index) => input.fields[index]?.type ?? []));
    this.#matcher = new Matcher(
      plan,
      this.#rows,
      config.partialMatchesMax,
      (row) => this.#keyed.following(row),
      (row, variable, error) => this.#tell(row, variable, error),
    );
    this.#out = new OutputBuilder(context.output.fields, false);
  }

  get openWindows(): number {
    return this.#keyed.active;
  }
  get stateRows(): number {
    return this.#rows.size;
  }
  get stateBytes(): number {
    return (
      this.#rows.bytes +
      this.#queue.bytes +
      this.#keys.bytes +
      this.#keyed.bytes +
      this.#matcher.bytes +
      this.#expiry.bytes
    );
  }

  process(batch: Batch): void {
    const { times, watermarks, count } = batch;
    if (times === null) throw new Error('pattern over rows without event time');
    const keys = this.#keys.resolve(
      this.#keyColumns.flatMap((index) => batch.columns[index] ?? []),
      batch,
    );
    const kept: Batch = { ...batch, columns: this.#sources.flatMap((index) => batch.columns[index] ?? []) };
    let late: Int32Array | null = null;
    let lateCount = 0;
    for (let k = 0; k < count; k++) {
      const i = position(batch, k);
      const mark = watermarks === null ? this.#watermark : (watermarks[i] as number);
      if (mark >= this.#due) this.#advance(mark);
      if (mark > this.#watermark) this.#watermark = mark;
      const time = times[i] as number;
      // As Flink's CepOperator: a row at the watermark is late, since everything up to it was matched.
      if (time <= this.#watermark) {
        late ??= new Int32Array(count);
        late[lateCount++] = i;
        continue;
      }
      const row = this.#rows.add(kept, i);
      if (row >= this.#told.length) this.#growTold();
      this.#told[row] = 0;
      this.#keyed.arrive(row, keys[i] as number);
      this.#queue.add(time, row);
      if (time < this.#due) this.#due = time;
    }
    if (late !== null) this.#sendLate(batch, late.subarray(0, lateCount));
    this.#sendOut();
    this.#compactKeys();
  }

  watermark(time: number): void {
    if (time >= this.#due) this.#advance(time);
    if (time > this.#watermark) this.#watermark = time;
    this.#sendOut();
  }

  clock(): void {}

  /** What is not complete when the input ends is no match: Flink never gives back what a greedy quantifier took. */
  end(): void {
    this.#sendOut();
  }

  /** Rows and ends of time in the order of event time, so that it does not matter how far the watermark jumped. */
  #advance(mark: number): void {
    for (;;) {
      const row = this.#queue.next;
      const expiry = this.#expiry.next;
      const next = Math.min(row, expiry);
      if (next > mark || next === Infinity) break;
      // A row exactly at the limit is within it, so it comes first.
      if (row <= expiry) {
        this.#now = row;
        this.#takeRow(this.#queue.take());
      } else {
        this.#now = expiry;
        this.#expire(this.#expiry.takeDue(expiry));
      }
    }
    this.#due = Math.min(this.#queue.next, this.#expiry.next);
    if (mark > this.#watermark) this.#watermark = mark;
  }

  #takeRow(row: number): void {
    const key = this.#keyed.append(row);
    this.#run(key, row);
  }

  /** Goes on with the attempt of the key at `row`, and with those after it, until one is waiting for rows or none is left. */
  #run(key: number, from: number): void {
    const keyed = this.#keyed;
    let row = from;
    for (;;) {
      const start = keyed.first(key);
      if (start === NO_ROW) return;
      const threads = keyed.threads(key);
      const outOfTime = this.#rows.time(row) - this.#rows.time(start) > this.#plan.withinMs;
      if (outOfTime) this.#giveUp(key, threads);
      const next = outOfTime ? NO_THREAD : this.#step(key, row, threads, start);
      keyed.setThreads(key, next);
      if (next !== NO_THREAD) {
        row = keyed.following(row);
        if (row !== NO_ROW) continue;
        this.#watch(key, start);
        return;
      }
      const skipTo =
        this.#matcher.matched === NO_THREAD ? keyed.following(start) : this.#complete(key, start);
      this.#drop(key, skipTo);
      row = skipTo;
    }
  }

  #step(key: number, row: number, threads: number, start: number): number {
    const matcher = this.#matcher;
    const next = threads === NO_THREAD ? matcher.begin(row) : matcher.step(threads, row, start);
    if (next === NO_THREAD || this.#plan.looksBack) return next;
    const place = matcher.placeOf(next);
    if (place < 0 || !this.#keyed.failedAt(row, key, place)) return next;
    matcher.free(next);
    return NO_THREAD;
  }

  #giveUp(key: number, threads: number): void {
    this.#keyed.newPeriod(key);
    this.#matcher.free(threads);
    this.#matcher.matched = NO_THREAD;
  }

  /** Sets the time at which an attempt can no longer complete, where no earlier one is set for the key. */
  #watch(key: number, start: number): void {
    const { withinMs } = this.#plan;
    if (withinMs === Infinity || this.#keyed.isWatched(key)) return;
    this.#keyed.setWatched(key, true);
    this.#expiry.add(this.#rows.time(start) + withinMs, key);
  }

  #expire(key: number): void {
    const keyed = this.#keyed;
    keyed.setWatched(key, false);
    const threads = keyed.threads(key);
    if (threads === NO_THREAD) return;
    const start = keyed.first(key);
    if (this.#rows.time(start) + this.#plan.withinMs > this.#now) {
      this.#watch(key, start);
      return;
    }
    this.#giveUp(key, threads);
    keyed.setThreads(key, NO_THREAD);
    const next = keyed.following(start);
    this.#drop(key, next);
    if (next !== NO_ROW) this.#run(key, next);
  }

  /** Emits the match, and says where the next may begin. NO_ROW: at a row that is still to come. */
  #complete(key: number, start: number): number {
    const matcher = this.#matcher;
    const thread = matcher.matched;
    const match = new MatchRows(matcher.paths, matcher.nodeOf(thread), this.#plan.variables, this.#rows);
    this.#emit(key, match);
    const skipTo = this.#skipTo(match, start);
    matcher.free(thread);
    matcher.matched = NO_THREAD;
    this.#keyed.newPeriod(key);
    return skipTo;
  }

  #skipTo(match: MatchRows, start: number): number {
    const { after } = this.#plan;
    switch (after.kind) {
      case 'past-last-row':
        return this.#keyed.following(match.lastRow);
      case 'to-next-row':
        return this.#keyed.following(start);
      default: {
        const rows = match.of(after.variable);
        const row = rows[after.kind === 'to-first' ? 0 : rows.length - 1];
        if (row === undefined || row === start) throw cannotSkip(this.#plan, row === undefined);
        return row;
      }
    }
  }

  #emit(key: number, match: MatchRows): void {
    const { measures } = this.#plan;
    const values: Value[] = [];
    try {
      for (const measure of measures) {
        measure.cells.forEach((cell, i) => {
          this.#cells[i] = match.cell(cell);
        });
        values.push(evaluate(measure.expression, this.#cells));
      }
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      const path = ['measures', measures[values.length]?.field.name ?? ''];
      this.#reject(
        match.lastRow,
        path,
        `A measure has no value for a match that ends here: ${error.message}`,
      );
      return;
    }
    const { columns } = this.#out;
    const keyCount = this.#keyColumns.length;
    for (let c = 0; c < keyCount; c++) {
      const builder = columns[c];
      if (builder !== undefined) this.#keys.emit(key, c, builder);
    }
    values.forEach((value, m) => {
      columns[keyCount + m]?.push(value);
    });
    this.#out.endRow(this.#now, this.#watermark);
    if (this.#out.length >= OUTPUT_ROWS) this.#sendOut();
  }

  #tell(row: number, variable: number, error: RowError): void {
    if (this.#told[row] === 1) return;
    this.#told[row] = 1;
    const name = this.#plan.variables[variable] ?? '';
    const path = ['define', name];
    this.#reject(
      row,
      path,
      `The condition of ${name} has no value here, so it does not hold: ${error.message}`,
    );
  }

  #reject(row: number, path: readonly (string | number)[], message: string): void {
    const names = this.#plan.columns.map((c) => c.field.name);
    const values = names.map((_, c) => this.#rows.value(row, c));
    const next = 'Make the expression hold for such rows (TRY_CAST, COALESCE, NULLIF, CASE).';
    this.#context.reject([
      { problem: problem('R-RECORD', { path, message, next }), raw: rawRow(names, values.map(showable)) },
    ]);
  }

  /** Forgets the rows of a key before `until` (all of them for NO_ROW). */
  #drop(key: number, until: number): void {
    for (let row = this.#keyed.first(key); row !== until; row = this.#keyed.dropFirst(key))
      this.#rows.remove(row);
  }

  #sendLate(batch: Batch, late: Int32Array): void {
    this.late += late.length;
    const columns = batch.columns.slice(0, this.#inputColumns);
    this.#context.emit('late', { ...batch, columns, selection: late, count: late.length });
  }

  #sendOut(): void {
    if (this.#out.length > 0) this.#context.emit('out', this.#out.take(this.#context.clock.now()));
  }

  #growTold(): void {
    const told = new Uint8Array(this.#rows.capacity);
    told.set(this.#told);
    this.#told = told;
  }

  /** Most keys are gone: those with rows get new ids. */
  #compactKeys(): void {
    const live = this.#keyed.compact(this.#keys.size, this.#queue);
    if (live === null) return;
    this.#keys.compact(live);
    this.#expiry = new Timers();
    for (let key = 0; key < live.length; key++)
      if (this.#keyed.threads(key) !== NO_THREAD) this.#watch(key, this.#keyed.first(key));
    this.#due = Math.min(this.#queue.next, this.#expiry.next);
  }

  snapshot(): StateData {
    const data: PatternData = {
      rows: this.#rows.snapshot(),
      queue: this.#queue.snapshot(),
      keys: this.#keys.snapshot(),
      keyed: this.#keyed.snapshot(),
      matcher: this.#matcher.snapshot(),
      expiry: this.#expiry.snapshot(),
      told: copyOf(this.#told),
      due: this.#due,
      watermark: this.#watermark,
      now: this.#now,
      late: this.late,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const data = state as unknown as PatternData;
    this.#rows.restore(data.rows);
    this.#queue.restore(data.queue);
    this.#keys.restore(data.keys);
    this.#keyed.restore(data.keyed);
    this.#matcher.restore(data.matcher);
    this.#expiry.restore(data.expiry);
    this.#told = new Uint8Array(data.told);
    this.#due = data.due;
    this.#watermark = data.watermark;
    this.#now = data.now;
    this.late = data.late;
  }
}

const showable = (value: Value): unknown => (typeof value === 'bigint' ? String(value) : value);

function cannotSkip({ after, variables }: PatternPlan, missing: boolean): WeirError {
  const name = after.kind === 'to-first' || after.kind === 'to-last' ? (variables[after.variable] ?? '') : '';
  return new WeirError(
    problem('R-NODE', {
      path: ['config', 'after', 'variable'],
      message: missing
        ? `A match has no row of ${name}, so the next one has no row to begin at.`
        : `The next match would begin at the first row of this one, and be found again without end.`,
      value: showValue(name),
      expected: missing ? 'a variable that has rows in every match' : 'a variable behind the first row',
      next: 'Skip to another variable, past the last row, or to the next row.',
    }),
  );
}
