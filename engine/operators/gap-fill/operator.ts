/** Fills gaps in series: records leave in order of time, and those that are missing between two of a series before the second. */
import { type Batch, NO_WATERMARK } from '../../batch/batch.ts';
import { OUTPUT_ROWS, OutputBuilder } from '../../batch/output.ts';
import { durationMs } from '../../contract/settings.ts';
import type { Value } from '../../contract/values.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import { copyOf } from '../../state/copies.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers, type TimersData } from '../../state/timers.ts';
import { StateKeys, type StateKeysData, withRoom } from '../keyed/state-keys.ts';
import { SortBuffer, type SortBufferData } from '../sort/buffer.ts';
import { type GapFillPlan, planGapFill } from './plan.ts';
import type { GapFillConfig } from './spec.ts';

export const gapFillRuntime: StatefulRuntime<GapFillConfig> = {
  kind: 'stateful',
  needs: () => [[]],
  partitionBy(config, [input]) {
    if (input === undefined) return null;
    const { keys } = planGapFill(config, input, { report: throwProblem });
    return keys.length === 0 ? null : [keys];
  },
  create: (context) => new GapFillOperator(context),
};

const NONE = -1;

interface GapFillData {
  readonly buffer: SortBufferData;
  readonly keys: StateKeysData;
  readonly keyOfRow: Int32Array;
  readonly last: RowStoreData;
  readonly lastOfKey: Int32Array;
  readonly holding: TimersData;
  readonly holds: Int32Array;
  readonly passed: number;
}

class GapFillOperator implements StatefulOperator {
  readonly #context: OperatorContext<GapFillConfig>;
  readonly #plan: GapFillPlan;
  readonly #every: number;
  readonly #longest: number;
  readonly #buffer: SortBuffer;
  readonly #keys: StateKeys;
  /** By waiting row: its key. */
  #keyOfRow = new Int32Array(64);
  /** The last record of each series that left, and by key its id. */
  readonly #last: RowStore;
  #lastOfKey = new Int32Array(64).fill(NONE);
  /** Times of last records, some outdated: the earliest holds the watermark back. By key, whether it has one. */
  readonly #holding = new Timers();
  #holds = new Int32Array(64);
  readonly #out: OutputBuilder;
  /** What was passed on of the watermark. */
  #passed = NO_WATERMARK;
  readonly nextTimer = Infinity;
  readonly openWindows = 0;

  constructor(context: OperatorContext<GapFillConfig>) {
    const { config, input } = context;
    this.#context = context;
    this.#plan = planGapFill(config, input, { report: throwProblem });
    this.#every = durationMs(config.every);
    this.#longest = config.longest;
    const leave = (id: number, watermark: number): void => {
      this.#pass(watermark);
      this.#leave(id);
    };
    this.#buffer = new SortBuffer(input.fields, [], context, leave, 'watermark');
    this.#keys = new StateKeys(input.fields, this.#plan.keys);
    this.#last = new RowStore(input.fields);
    this.#out = new OutputBuilder(context.output.fields, false);
  }

  get stateRows(): number {
    return this.#buffer.rows.size + this.#last.size;
  }
  get stateBytes(): number {
    const own = this.#keyOfRow.byteLength + this.#lastOfKey.byteLength * 2 + this.#holding.bytes;
    return this.#buffer.bytes + this.#keys.bytes + this.#last.bytes + own;
  }
  get late(): number {
    return this.#buffer.late;
  }
  get outputWatermark(): number {
    return this.#passed;
  }

  process(batch: Batch): void {
    const keys = this.#keys.resolve(batch);
    this.#buffer.process(batch, (id, row) => {
      this.#keyOfRow = withRoom(this.#keyOfRow, id, 0);
      this.#keyOfRow[id] = keys[row] as number;
    });
    this.#send();
  }

  #leave(id: number): void {
    const { rows } = this.#buffer;
    const key = this.#keyOfRow[id] as number;
    const time = rows.time(id);
    this.#lastOfKey = withRoom(this.#lastOfKey, key, NONE);
    const before = this.#lastOfKey[key] as number;
    if (before !== NONE) {
      this.#fill(before, id, time);
      this.#last.remove(before);
    }
    const { columns } = this.#out;
    for (let c = 0; c < columns.length; c++) {
      const builder = columns[c];
      if (builder !== undefined) rows.emit(id, c, builder);
    }
    this.#endRow(time);
    this.#lastOfKey[key] = this.#last.addValues(
      this.#plan.fillings.map((_, c) => rows.value(id, c)),
      time,
    );
    this.#holds = withRoom(this.#holds, key, 0);
    if (this.#holds[key] === 0) this.#holding.add(time, key);
    this.#holds[key] = 1;
  }

  #fill(before: number, after: number, end: number): void {
    const start = this.#last.time(before);
    const count = Math.ceil((end - start) / this.#every) - 1;
    if (count > this.#longest) return;
    for (let n = 1; n <= count; n++) {
      const time = start + n * this.#every;
      this.#plan.fillings.forEach((_, c) => {
        this.#out.columns[c]?.push(this.#valueAt(c, before, after, time, (time - start) / (end - start)));
      });
      this.#endRow(time);
    }
  }

  /** @param part of the way from the record before to the one after */
  #valueAt(column: number, before: number, after: number, time: number, part: number): Value {
    const from = this.#last.value(before, column);
    switch (this.#plan.fillings[column]) {
      case 'time':
        return time;
      case 'key':
      case 'previous':
        return from;
      case 'interpolate': {
        const to = this.#buffer.rows.value(after, column);
        if (from === null || to === null) return null;
        const value = Number(from) + (Number(to) - Number(from)) * part;
        return this.#plan.fields[column]?.type.kind === 'DOUBLE' ? value : Math.round(value);
      }
      default:
        return null;
    }
  }

  #endRow(time: number): void {
    this.#out.endRow(time, this.#passed);
    if (this.#out.length >= OUTPUT_ROWS) this.#send();
  }

  #send(): void {
    if (this.#out.length > 0) this.#context.emit('out', this.#out.take(this.#context.clock.now()));
  }

  watermark(time: number): void {
    if (time > this.#buffer.watermark) this.#buffer.advance(time);
    this.#send();
    this.#pass(time);
  }

  /** The watermark below follows, as far as no gap may still be filled before it. */
  #pass(watermark: number): void {
    if (watermark > this.#passed)
      this.#passed = Math.max(this.#passed, Math.min(watermark, this.#hold(watermark)));
  }

  /** The last time of the series that is furthest behind and may still have a gap filled. */
  #hold(watermark: number): number {
    const open = (this.#longest + 1) * this.#every;
    for (let { next } = this.#holding; next !== Infinity; next = this.#holding.next) {
      const key = this.#holding.takeDue(next);
      const time = this.#last.time(this.#lastOfKey[key] as number);
      // What comes from now on is later than the watermark, and the gap too long.
      if (time + open <= watermark) this.#holds[key] = 0;
      else this.#holding.add(time, key);
      if (time + open > watermark && time === next) return time;
    }
    return Infinity;
  }

  clock(): void {}

  end(): void {
    this.watermark(Infinity);
  }

  snapshot(): StateData {
    const data: GapFillData = {
      buffer: this.#buffer.snapshot(),
      keys: this.#keys.snapshot(),
      keyOfRow: copyOf(this.#keyOfRow),
      last: this.#last.snapshot(),
      lastOfKey: copyOf(this.#lastOfKey),
      holding: this.#holding.snapshot(),
      holds: copyOf(this.#holds),
      passed: this.#passed,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const data = state as unknown as GapFillData;
    this.#buffer.restore(data.buffer);
    this.#keys.restore(data.keys);
    this.#keyOfRow = data.keyOfRow.slice();
    this.#last.restore(data.last);
    this.#lastOfKey = data.lastOfKey.slice();
    this.#holding.restore(data.holding);
    this.#holds = data.holds.slice();
    this.#passed = data.passed;
  }
}
