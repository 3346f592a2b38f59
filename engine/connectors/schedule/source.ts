/** Gives what is due by the run's clock. Its position is the last due time and the number of the record. */
import { z } from 'zod';
import { BatchBuilder } from '../../batch/builder.ts';
import type { Value } from '../../batch/column.ts';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type {
  Source,
  SourceContext,
  SourceLag,
  SourceOutput,
  SourcePosition,
  SourceRuntime,
} from '../../runtime/contracts.ts';
import { constantOf, type Ticks, ticksOf } from './plan.ts';
import { DUE_FIELD, type ScheduleConfig } from './spec.ts';

const zPosition = z.object({
  /** Where the schedule began: "now" was fixed at the first start. */
  start: z.number(),
  /** When the next is due; null: none any more. */
  from: z.number().nullable(),
  /** Records given so far. */
  given: z.int().min(0),
});

/** One poll asks croner (about 50 µs each) for so many at most: a source must not hold the thread. */
const POLL_TICKS_MAX = 200;

class ScheduleSource implements Source {
  readonly partitions = ['0'];
  readonly #context: SourceContext<ScheduleConfig>;
  readonly #constants: readonly Value[];
  readonly #builder: BatchBuilder;
  #ticks: Ticks = ticksOf({ kind: 'interval', every: '1 s' }, 0);
  #start = 0;
  #given = 0;
  /** The next due time; null: none any more. */
  #next: number | null = null;

  constructor(context: SourceContext<ScheduleConfig>) {
    this.#context = context;
    this.#constants = (context.config.fields ?? []).map((f) => constantOf(f).value);
    this.#builder = new BatchBuilder(context.fields);
  }

  async open(restored: SourcePosition | null): Promise<void> {
    const { config, clock } = this.#context;
    const position = restored === null ? null : this.#read(restored);
    this.#start = position?.start ?? (config.start === 'now' ? clock.now() : Date.parse(config.start));
    this.#given = position?.given ?? 0;
    this.#ticks = ticksOf(config.when, this.#start);
    const from = position === null ? this.#start : position.from;
    this.#next = from === null ? null : this.#ticks.from(from);
  }

  #read(restored: SourcePosition): z.output<typeof zPosition> {
    const result = zPosition.safeParse(restored);
    if (result.success) return result.data;
    throw new WeirError(
      problem('R-NODE', {
        path: ['nodes', this.#context.nodeId],
        message: 'The schedule cannot go on from the saved position.',
        value: showValue(restored),
        expected: 'start, from and given',
        next: 'Start the run from the beginning.',
      }),
    );
  }

  get ended(): boolean {
    return this.#next === null || this.#given >= (this.#context.config.count ?? Infinity);
  }

  poll(maxRows: number): SourceOutput | null {
    const { config, clock } = this.#context;
    const now = clock.now();
    if (this.ended || this.#next === null || this.#next > now) return null;
    if (config.missed === 'skip') this.#next = this.#ticks.last(this.#next, now) ?? this.#next;
    const most = Math.min(maxRows, POLL_TICKS_MAX, (config.count ?? Infinity) - this.#given);
    for (let row = 0; row < most && this.#next !== null && this.#next <= now; row++) {
      this.#builder.push([this.#next, ++this.#given, ...this.#constants]);
      this.#next = this.#ticks.from(this.#next + 1);
    }
    return { batch: this.#builder.take(now), partitions: null, deadLetters: [] };
  }

  whenReady(): Promise<void> {
    const { signal, clock } = this.#context;
    const due = this.#next;
    if (this.ended || due === null || signal.aborted || due <= clock.now()) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.at(due, done);
      function done(): void {
        signal.removeEventListener('abort', done);
        cancel();
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
    });
  }

  position(): SourcePosition {
    return { start: this.#start, from: this.#next, given: this.#given };
  }

  lag(): SourceLag {
    const now = this.#context.clock.now();
    if (this.ended || this.#next === null || this.#next > now) return { records: 0, ms: 0 };
    return { records: this.#ticks.count(this.#next, now), ms: now - this.#next };
  }

  async close(): Promise<void> {}
}

export const scheduleSource: SourceRuntime<ScheduleConfig> = {
  // Due times never fall, and the next lies after this one.
  time: () => ({ field: DUE_FIELD, watermark: { kind: 'bounded', delay: '0 s' } }),
  create: (context) => new ScheduleSource(context),
};
