import { z } from 'zod';
import type { Column } from '../../batch/column.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import { durationMs } from '../../contract/settings.ts';
import type {
  Source,
  SourceContext,
  SourceLag,
  SourceOutput,
  SourcePosition,
  SourceRuntime,
} from '../../runtime/contracts.ts';
import { columnMaker } from './columns.ts';
import { type Place, type Segment, segmentsOf, takeRows } from './order.ts';
import { Pace } from './pace.ts';
import { rowTable } from './rows.ts';
import type { FieldsData, GeneratorConfig } from './spec.ts';
import { intervalOf, timesMaker } from './times.ts';

const zPosition = z.object({
  segment: z.int().min(0),
  at: z.int().min(0),
  /** Event time of row 0, which "now" fixed at the first start. */
  start: z.number(),
  /** Rows given so far, by partition. */
  given: z.array(z.int().min(0)),
});

/** Rows that one poll writes numbers for: bounds the scratch array, whatever the batch size asked for. */
const POLL_ROWS_MAX = 65_536;

class GeneratorSource implements Source {
  readonly partitions: readonly string[];
  readonly #context: SourceContext<GeneratorConfig>;
  readonly #pace: Pace;
  readonly #given: Float64Array;
  #segments: readonly Segment[] = [];
  #place: Place = { segment: 0, at: 0 };
  #count = Infinity;
  #start = 0;
  #columns: (rows: Float64Array) => readonly Column[] = () => [];
  #partitionOf: Int32Array | null = null;
  #scratch = new Float64Array(0);

  constructor(context: SourceContext<GeneratorConfig>) {
    this.#context = context;
    this.#pace = new Pace(context.clock, context.config.rate);
    this.partitions = Array.from({ length: context.config.partitions }, (_, i) => String(i));
    this.#given = new Float64Array(this.partitions.length);
  }

  async open(restored: SourcePosition | null): Promise<void> {
    const { data } = this.#context.config;
    const position = restored === null ? null : this.#read(restored);
    if (data.kind === 'fields') this.#openFields(data, position?.start ?? null);
    else {
      const table = rowTable(data, this.#context.fields, this.partitions.length);
      this.#count = table.count;
      this.#columns = table.columns;
      this.#partitionOf = table.partitions;
      this.#segments = segmentsOf([], table.count);
    }
    if (position !== null) {
      this.#place = { segment: position.segment, at: position.at };
      this.#given.set(position.given);
    }
    this.#pace.start(this.#next);
  }

  #openFields(data: FieldsData, start: number | null): void {
    const { seed, clock } = this.#context;
    this.#count = data.count ?? Infinity;
    this.#start = start ?? (data.start === 'now' ? clock.now() : Date.parse(data.start));
    const interval = intervalOf(data, this.#pace.spacing);
    const times = timesMaker(data, seed, this.#start, interval);
    const makers = data.fields.map((f) => columnMaker(f, seed, times));
    this.#columns = (rows) => makers.map((make) => make(rows));
    // A stall counts on the run's time where there is a rate, and on event time where there is none.
    const spacing = this.#pace.spacing > 0 ? this.#pace.spacing : interval;
    const stalls = (data.stalls ?? []).map((stall) => {
      const after = durationMs(stall.after);
      return {
        partition: stall.partition,
        from: Math.ceil(after / spacing),
        to: Math.ceil((after + durationMs(stall.for)) / spacing),
      };
    });
    this.#segments = segmentsOf(stalls, this.#count);
  }

  #read(restored: SourcePosition): z.output<typeof zPosition> {
    const result = zPosition.safeParse(restored);
    if (result.success && result.data.given.length === this.partitions.length) return result.data;
    throw new WeirError(
      problem('R-NODE', {
        path: ['nodes', this.#context.nodeId],
        message: 'The generator cannot go on from the saved position: its settings changed since.',
        value: showValue(restored),
        expected: `a position over ${this.partitions.length} partitions`,
        next: 'Start the run from the beginning.',
      }),
    );
  }

  /** The row number at whose time the next record is due. */
  get #next(): number {
    return this.#segments[this.#place.segment]?.readyAt ?? this.#place.at;
  }

  get ended(): boolean {
    return this.#place.segment >= this.#segments.length;
  }

  poll(maxRows: number): SourceOutput | null {
    if (!this.#pace.open) return null;
    const wanted = Math.min(maxRows, POLL_ROWS_MAX);
    if (this.#scratch.length !== wanted) this.#scratch = new Float64Array(wanted);
    const n = takeRows(this.#segments, this.partitions.length, this.#place, this.#pace.ready, this.#scratch);
    this.#pace.polled(n === wanted);
    if (n === 0) return null;
    const rows = n === wanted ? this.#scratch : this.#scratch.subarray(0, n);
    return {
      batch: {
        length: n,
        count: n,
        columns: this.#columns(rows),
        selection: null,
        times: null,
        watermarks: null,
        changes: null,
        ingestedAt: this.#context.clock.now(),
      },
      partitions: this.#partitionsOf(rows),
      deadLetters: [],
    };
  }

  #partitionsOf(rows: Float64Array): Int32Array | null {
    const count = this.partitions.length;
    if (count === 1) {
      this.#given[0]! += rows.length;
      return null;
    }
    const partitions = new Int32Array(rows.length);
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k]!;
      const partition = this.#partitionOf === null ? row % count : this.#partitionOf[row]!;
      partitions[k] = partition;
      this.#given[partition]! += 1;
    }
    return partitions;
  }

  whenReady(): Promise<void> {
    return this.ended ? Promise.resolve() : this.#pace.until(this.#next, this.#context.signal);
  }

  position(): SourcePosition {
    return { ...this.#place, start: this.#start, given: [...this.#given] };
  }

  lag(): SourceLag {
    const given = this.#given.reduce((sum, n) => sum + n, 0);
    if (this.#pace.spacing === 0) {
      const records = Number.isFinite(this.#count) ? this.#count - given : Number.NaN;
      return { records, ms: records === 0 ? 0 : Number.NaN };
    }
    const records = Math.min(this.#pace.ready, this.#count) - given;
    if (this.#partitionOf !== null) return { records, ms: this.#age(this.#place.at, records) };
    return {
      records,
      ms: this.partitions.reduce((most, _, p) => Math.max(most, this.partitionLag(p).ms), 0),
    };
  }

  partitionLag(partition: number): SourceLag {
    if (this.#pace.spacing === 0 || this.#partitionOf !== null)
      return { records: Number.NaN, ms: Number.NaN };
    const count = this.partitions.length;
    const given = this.#given[partition] ?? 0;
    const due = Math.floor((Math.min(this.#pace.ready, this.#count) - partition + count - 1) / count);
    const records = Math.max(0, due) - given;
    // A partition gives its rows in order, so the next one follows from how many it gave.
    return { records, ms: this.#age(partition + given * count, records) };
  }

  #age(row: number, records: number): number {
    return records <= 0 ? 0 : Math.max(0, this.#pace.elapsed - row * this.#pace.spacing);
  }

  async close(): Promise<void> {}
}

export const generatorSource: SourceRuntime<GeneratorConfig> = {
  create: (context) => new GeneratorSource(context),
};
