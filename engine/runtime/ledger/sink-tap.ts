/** What a ledger sees at a sink. */
import type { Batch } from '../../batch/batch.ts';
import type { LedgerSink } from '../../plan/ledger.ts';
import type { JsonData, Sink } from '../contracts.ts';
import type { SinkTally } from '../tasks/sink-task.ts';
import type { LedgerEvent } from './books.ts';
import { numbersIn, rangesOf, runsOf, without } from './numbers.ts';
import { END } from './showings.ts';

export class SinkTap implements SinkTally {
  readonly #plan: LedgerSink;
  readonly #sink: Sink;
  readonly #column: number;
  /** Whether rows become visible by `commit` or `finish` alone. */
  readonly #withholds: boolean;
  readonly #note: (event: LedgerEvent) => void;
  /** What came of the rows that the source passes on now. */
  #arrived: Float64Array[] = [];
  /** Most batches are written at once: what was seen of the last one. */
  #last: { readonly batch: Batch; readonly numbers: Float64Array } | null = null;
  /** Written since the last barrier. */
  #written: Float64Array[] = [];

  constructor(plan: LedgerSink, sink: Sink, column: number, note: (event: LedgerEvent) => void) {
    this.#plan = plan;
    this.#sink = sink;
    this.#column = column;
    this.#withholds = sink.prepare !== undefined;
    this.#note = note;
  }

  watch(): void {
    this.#arrived = [];
  }

  arrived(batch: Batch): void {
    if (this.#plan.holds) return;
    const numbers = numbersIn(batch, this.#column);
    this.#last = { batch, numbers };
    this.#arrived.push(numbers);
  }

  /** The rows of `given` are wherever they were going to: those that did not come here are not meant to. */
  passed(given: Float64Array): void {
    if (this.#plan.holds) return;
    const arrived = this.#arrived.reduce((sum, numbers) => sum + numbers.length, 0);
    if (arrived >= given.length) return;
    const dropped = rangesOf(without(given, joined(this.#arrived)));
    if (dropped.length > 0) this.#note(['dropped', this.#plan.sink, dropped]);
  }

  numbers(batch: Batch): Float64Array {
    const last = this.#last;
    this.#last = null;
    return last?.batch === batch ? last.numbers : numbersIn(batch, this.#column);
  }

  written(numbers: Float64Array): void {
    if (this.#withholds) this.#written.push(numbers);
    else if (numbers.length > 0) this.#note(['delivered', this.#plan.sink, rangesOf(numbers)]);
  }

  prepared(checkpoint: number): void {
    const rows = runsOf(this.#take());
    if (this.#withholds) this.#note(['wrote', this.#plan.sink, checkpoint, rows]);
  }

  showing(checkpoint: number, prepared: JsonData): void {
    if (this.#withholds) this.#note(['showing', this.#plan.sink, checkpoint, prepared]);
  }

  /** Whatever the sink has made visible by now. */
  shown(): void {
    if (this.#withholds) this.#note(['shown', this.#plan.sink, this.#sink.committed]);
  }

  finished(): void {
    if (this.#written.length > 0) this.prepared(END);
    this.shown();
  }

  #take(): Float64Array {
    const all = joined(this.#written);
    this.#written = [];
    return all;
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
