/**
 * Counts, at every sink that gets the records of a source as rows, which of them are expected, delivered (visible outside), there twice,
 * lost and in flight. It looks at numbers in the records, so it knows what a failure did to each.
 *
 * The counts are exact at any death of the process, with two conditions: a sink that withholds rows shows them in the order in which they
 * were written, and says (`Sink.committed`) how many it shows. What it was showing when its run died is found out by showing it to the
 * end, which the contract of sinks allows. Sinks that show rows at once (in this process, where their rows die with it) are believed.
 * Without checkpoints, rows that are withheld count when the sink finishes.
 */
import type { CheckedGraph } from '../../plan/graph.ts';
import { type LedgerPlan, planLedger } from '../../plan/ledger.ts';
import type { BuiltGraph } from '../build.ts';
import type { SinkTask } from '../tasks/sink-task.ts';
import type { SourceTask } from '../tasks/source-task.ts';
import { Books, type LedgerEvent } from './books.ts';
import { LedgerLog } from './log.ts';
import { type LogDisk, logDisk } from './log-disk.ts';
import { numbersIn, rangesOf } from './numbers.ts';
import { SinkTap } from './sink-tap.ts';

export interface LedgerOptions {
  /** Of the checkpoints; null: in memory alone. */
  readonly folder: string | null;
  readonly goesOn: boolean;
  /** Of its log; left out: the machine's. */
  readonly disk?: LogDisk | undefined;
  warn(text: string): void;
}

export class Ledger {
  readonly #books: Books;
  readonly #log: LedgerLog | null;
  readonly #sinks: readonly SinkTask[];
  readonly #warn: (text: string) => void;

  /** Null where the document asks for none. @throws WeirError `K-FOLDER` */
  static open(graph: CheckedGraph, built: BuiltGraph, options: LedgerOptions): Ledger | null {
    const plan = planLedger(graph);
    return plan === null ? null : new Ledger(plan, graph, built, options);
  }

  private constructor(
    plan: LedgerPlan,
    graph: CheckedGraph,
    built: BuiltGraph,
    { folder, goesOn, disk = logDisk, warn }: LedgerOptions,
  ) {
    this.#warn = warn;
    this.#books = new Books(plan, graph.document.settings?.guarantee === 'at-most-once');
    this.#log =
      folder === null ? null : LedgerLog.open(folder, { goesOn, disk }, (event) => this.#books.apply(event));
    this.#sinks = built.sinks.filter(({ stats }) => plan.sinks.some((s) => s.sink === stats.node));
    const taps = new Map<string, SinkTap[]>();
    for (const task of this.#sinks) {
      const own = plan.sinks.find((s) => s.sink === task.stats.node);
      const fields = Object.values(graph.nodes.get(task.stats.node)?.inputs ?? {})[0]?.[0]?.fields ?? [];
      if (own === undefined) continue;
      const column = fields.findIndex((f) => f.name === plan.field);
      const tap = new SinkTap(own, task.sink, column, (event) => this.#note(event));
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
    if (this.#log?.isWasteful === true) this.#log.compact(this.#books.data());
  }

  barrier(checkpoint: number): void {
    this.#note(['barrier', checkpoint]);
  }

  /**
   * The run goes on from a checkpoint, or from no one, and sinks have not begun yet. See the event `resumed`. What a sink was showing when the
   * run before died is shown to its end first, by a sink of its own: if it is of a later checkpoint, nobody else would know of it.
   */
  async resumed(checkpoint: number | null, goesBack: boolean, emptied: readonly string[]): Promise<void> {
    for (const task of this.#sinks) await this.#settle(task, checkpoint);
    this.#note(['resumed', checkpoint, goesBack, emptied]);
  }

  /** An edit brought this sink: what was given before is not meant for it. After `resumed`. */
  begins(sink: string): void {
    const before = this.#books.unheardOf(sink);
    if (before !== null && before.length > 0) this.#note(['dropped', sink, before]);
  }

  async #settle({ stats, another }: SinkTask, checkpoint: number | null): Promise<void> {
    const intent = this.#books.intentOf(stats.node);
    if (intent === null || intent.checkpoint <= (checkpoint ?? 0)) return;
    const sink = another();
    try {
      await sink.open();
      await sink.recover?.(intent.prepared);
      this.#note(['shown', stats.node, sink.committed]);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#warn(`What ${stats.node} showed before the last failure is not known for certain: ${why}`);
    } finally {
      await sink.close();
    }
  }

  /** The sink has recovered, and has made visible all that its checkpoint had prepared. */
  recovered({ stats, sink }: SinkTask): void {
    if (this.#sinks.some((task) => task.stats === stats) && sink.prepare !== undefined)
      this.#note(['shown', stats.node, sink.committed]);
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
