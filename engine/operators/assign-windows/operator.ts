/** Windows that follow from the record alone: nothing is kept, rows are repeated a batch at a time. */
import { type Batch, position } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import { gather, gatherFloats } from '../../batch/gather.ts';
import { durationMs } from '../../contract/settings.ts';
import { maxTimestamp, tumblingStart } from '../../progress/windows.ts';
import type { OperatorContext, StatefulRuntime } from '../../runtime/contracts.ts';
import { Stateless } from '../stateless.ts';
import { AssignSessions } from './sessions.ts';
import type { AssignWindowsConfig } from './spec.ts';

export const assignWindowsRuntime: StatefulRuntime<AssignWindowsConfig> = {
  kind: 'stateful',
  needs: () => [[]],
  partitionBy({ window }, [input]) {
    const fields = input?.fields ?? [];
    // Without sessions records do not meet: the first field is as good as another.
    if (window.kind !== 'session') return [fields.length > 0 ? [0] : []];
    return window.keys.length === 0
      ? null
      : [window.keys.map((name) => fields.findIndex((f) => f.name === name))];
  },
  rowwise: ({ window }) => window.kind !== 'session',
  create: (context) =>
    context.config.window.kind === 'session'
      ? new AssignSessions(context, context.config.window)
      : new AssignWindows(context, context.config.window),
};

type Aligned = Exclude<AssignWindowsConfig['window'], { kind: 'session' }>;

/** Rows after which a batch goes out: a record may be in ten thousand windows. */
const OUTPUT_ROWS = 8192;

class AssignWindows extends Stateless {
  readonly #context: OperatorContext<AssignWindowsConfig>;
  readonly #cumulating: boolean;
  readonly #size: number;
  readonly #step: number;
  readonly #offset: number;
  readonly #rows = new Int32Array(OUTPUT_ROWS);
  #starts = new Float64Array(OUTPUT_ROWS);
  #ends = new Float64Array(OUTPUT_ROWS);
  #length = 0;

  constructor(context: OperatorContext<AssignWindowsConfig>, window: Aligned) {
    super();
    this.#context = context;
    this.#cumulating = window.kind === 'cumulating';
    this.#size = durationMs(window.size);
    this.#step =
      window.kind === 'tumbling'
        ? this.#size
        : durationMs(window.kind === 'hopping' ? window.slide : window.step);
    this.#offset = window.offset === undefined ? 0 : durationMs(window.offset);
  }

  process(batch: Batch): void {
    const { times } = batch;
    if (times === null) throw new Error('windows over rows without event time');
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      if (this.#cumulating) this.#cumulate(batch, row, times[row] as number);
      else this.#hop(batch, row, times[row] as number);
    }
    this.#send(batch);
  }

  #hop(batch: Batch, row: number, time: number): void {
    const last = tumblingStart(time, this.#step, this.#offset);
    const first = tumblingStart(time - this.#size, this.#step, this.#offset) + this.#step;
    for (let start = first; start <= last; start += this.#step)
      this.#push(batch, row, start, start + this.#size);
  }

  #cumulate(batch: Batch, row: number, time: number): void {
    const start = tumblingStart(time, this.#size, this.#offset);
    const first = start + (Math.floor((time - start) / this.#step) + 1) * this.#step;
    for (let end = first; end <= start + this.#size; end += this.#step) this.#push(batch, row, start, end);
  }

  #push(batch: Batch, row: number, start: number, end: number): void {
    const at = this.#length++;
    this.#rows[at] = row;
    this.#starts[at] = start;
    this.#ends[at] = end;
    if (at + 1 === OUTPUT_ROWS) this.#send(batch);
  }

  #send(batch: Batch): void {
    const length = this.#length;
    if (length === 0) return;
    this.#length = 0;
    const rows = this.#rows.subarray(0, length);
    const starts = this.#starts.subarray(0, length);
    const ends = this.#ends.subarray(0, length);
    this.#starts = new Float64Array(OUTPUT_ROWS);
    this.#ends = new Float64Array(OUTPUT_ROWS);
    const times = ends.map(maxTimestamp);
    const columns: Column[] = this.#context.input.fields.map((_, c) =>
      gather(batch.columns[c] as Column, rows),
    );
    for (const values of [starts, ends, times]) columns.push({ kind: 'number', values, validity: null });
    this.#context.emit('out', {
      length,
      count: length,
      columns,
      selection: null,
      times,
      watermarks: batch.watermarks === null ? null : gatherFloats(batch.watermarks, rows),
      changes: null,
      ingestedAt: batch.ingestedAt,
    });
  }
}
