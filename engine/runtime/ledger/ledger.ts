/**
 * Counts, at every sink that gets the records of a source as rows, which of them are expected, delivered, there twice, lost and in
 * flight. It looks at numbers in the records, so it knows what a failure did to each.
 */
import type { Batch } from '../../batch/batch.ts';
import type { CheckedGraph } from '../../plan/graph.ts';
import { type LedgerPlan, type LedgerSink, planLedger } from '../../plan/ledger.ts';
import type { BuiltGraph } from '../build.ts';
import type { SinkTally, SinkTask } from '../tasks/sink-task.ts';
import type { SourceTask } from '../tasks/source-task.ts';
import { Books, type LedgerEvent } from './books.ts';
import { LedgerLog } from './log.ts';
import { numbersIn, rangesOf } from './numbers.ts';

export class Ledger {
  readonly #books: Books;
  readonly #log: LedgerLog | null;
  readonly #sinks: readonly SinkTask[];

  /** Null where the document asks for none. @param options.folder of the checkpoints; null: in memory alone */
  static open(
    graph: CheckedGraph,
    built: BuiltGraph,
    options: { readonly folder: string | null; readonly goesOn: boolean },
  ): Ledger | null {
    const plan = planLedger(graph);
    return plan === null ? null : new Ledger(plan, graph, built, options);
  }

  private constructor(
    plan: LedgerPlan,
    graph: CheckedGraph,
    built: BuiltGraph,
    { folder, goesOn }: { readonly folder: string | null; readonly goesOn: boolean },
  ) {
    this.#books = new Books(plan);
    this.#log = folder === null ? null : LedgerLog.open(folder, goesOn, (event) => this.#books.apply(event));
    this.#sinks = built.sinks.filter(({ stats }) => plan.sinks.some((s) => s.sink === stats.node));
    const taps = new Map<string, SinkTap[]>();
    for (const task of this.#sinks) {
      const own = plan.sinks.find((s) => s.sink === task.stats.node);
      const fields = Object.values(graph.nodes.get(task.stats.node)?.inputs ?? {})[0]?.[0]?.fields ?? [];
      if (own === undefined) continue;
      const column = fields.findIndex((f) => f.name === plan.field);
      const tap = new SinkTap(own, column, task.sink.prepare !== undefined, (event) => this.#note(event));
      task.tally = tap;
      taps.set(own.source, [...(taps.get(own.source) ?? []), tap]);
    }
    for (const task of built.sources) this.#tapSource(task, plan, taps.get(task.parts.stats.node) ?? []);
  }

  #tapSource(task: SourceTask, plan: LedgerPlan, sinks: readonly SinkTap[]): void {
    const column = task.parts.fields.findIndex((f) => f.name === plan.field);
    if (sinks.length === 0) return;
    let given: Float64Array = new Float64Array(0);
    task.taps.push({
      before: (rows) => {
        given = rows === null ? new Float64Array(0) : numbersIn(rows, column);
        if (given.length > 0) this.#note(['given', task.parts.stats.node, rangesOf(given)]);
        for (const sink of sinks) sink.watch();
      },
      after: () => {
        for (const sink of sinks) sink.passed(given);
      },
    });
  }

  #note(event: LedgerEvent): void {
    this.#log?.write(event);
    this.#books.apply(event);
  }

  barrier(checkpoint: number): void {
    this.#note(['barrier', checkpoint]);
  }

  /** See the event `resumed`. */
  resumed(checkpoint: number | null, goesBack: boolean, emptied: readonly string[]): void {
    this.#note(['resumed', checkpoint, goesBack, emptied]);
  }

  /** The input has ended, and all sinks have made visible what they got. */
  finished(): void {
    this.#note(['finished']);
  }

  refresh(): void {
    for (const { stats } of this.#sinks) stats.ledger = this.#books.counts(stats.node);
  }

  close(): void {
    this.#log?.close();
  }
}

class SinkTap implements SinkTally {
  readonly #plan: LedgerSink;
  readonly #column: number;
  /** Whether rows become visible by `commit` or `finish` alone. */
  readonly #withholds: boolean;
  readonly #note: (event: LedgerEvent) => void;
  /** What came of the rows that the source passes on now. */
  #arrived: Float64Array[] = [];
  /** Written since the last barrier. */
  #written: Float64Array[] = [];

  constructor(plan: LedgerSink, column: number, withholds: boolean, note: (event: LedgerEvent) => void) {
    this.#plan = plan;
    this.#column = column;
    this.#withholds = withholds;
    this.#note = note;
  }

  watch(): void {
    this.#arrived = [];
  }

  arrived(batch: Batch): void {
    if (!this.#plan.holds) this.#arrived.push(numbersIn(batch, this.#column));
  }

  /** The rows of `given` are wherever they were going to: those that did not come here are not meant to. */
  passed(given: Float64Array): void {
    if (this.#plan.holds) return;
    const arrived = this.#arrived.reduce((sum, numbers) => sum + numbers.length, 0);
    if (arrived >= given.length) return;
    const here = new Set<number>();
    for (const numbers of this.#arrived) for (const n of numbers) here.add(n);
    const dropped = given.filter((n) => !here.has(n));
    if (dropped.length > 0) this.#note(['dropped', this.#plan.sink, rangesOf(dropped)]);
  }

  numbers(batch: Batch): Float64Array {
    return numbersIn(batch, this.#column);
  }

  written(numbers: Float64Array): void {
    if (this.#withholds) this.#written.push(numbers);
    else if (numbers.length > 0) this.#note(['delivered', this.#plan.sink, rangesOf(numbers)]);
  }

  prepared(checkpoint: number): void {
    const numbers = this.#take();
    if (this.#withholds) this.#note(['prepared', this.#plan.sink, checkpoint, rangesOf(numbers)]);
  }

  committed(checkpoint: number): void {
    if (this.#withholds) this.#note(['committed', this.#plan.sink, checkpoint]);
  }

  finished(): void {
    // All that was prepared is visible too, whether its checkpoint was completed or not.
    this.committed(Number.MAX_SAFE_INTEGER);
    const numbers = this.#take();
    if (numbers.length > 0) this.#note(['delivered', this.#plan.sink, rangesOf(numbers)]);
  }

  #take(): Float64Array {
    const all = new Float64Array(this.#written.reduce((sum, numbers) => sum + numbers.length, 0));
    let at = 0;
    for (const numbers of this.#written) {
      all.set(numbers, at);
      at += numbers.length;
    }
    this.#written = [];
    return all;
  }
}
