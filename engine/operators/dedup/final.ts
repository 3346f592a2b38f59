/** The first row of each key by event time, given when nothing earlier can come: append-only. */
import { type Batch, NO_WATERMARK, position, select } from '../../batch/batch.ts';
import type { OperatorContext, StatefulOperator } from '../../runtime/contracts.ts';
import { copyOf } from '../../state/copies.ts';
import { RowOutput } from '../../state/row-output.ts';
import type { StateData } from '../../state/snapshot.ts';
import { Timers, type TimersData } from '../../state/timers.ts';
import { KeptRows, type KeptRowsData } from './kept-rows.ts';
import type { DedupPlan } from './plan.ts';
import type { DedupConfig } from './spec.ts';

interface DedupFinalData {
  readonly kept: KeptRowsData;
  readonly given: Uint8Array;
  readonly timers: TimersData;
  readonly watermark: number;
}

export class DedupFinal implements StatefulOperator {
  readonly #context: OperatorContext<DedupConfig>;
  /** Rows that wait. */
  readonly #kept: KeptRows;
  readonly #out: RowOutput;
  /** By key: 1 where its row was given. */
  #given = new Uint8Array(64);
  #givenCount = 0;
  /** Event times of waiting rows; of one that an earlier row replaced, the later time is still there. */
  #timers = new Timers();
  #watermark = NO_WATERMARK;
  readonly openWindows = 0;
  late = 0;

  constructor(context: OperatorContext<DedupConfig>, { keys, term }: DedupPlan, ttl: string | undefined) {
    const { fields } = context.input;
    this.#context = context;
    this.#kept = new KeptRows(fields, keys, term, 'first', ttl);
    this.#out = new RowOutput(this.#kept.rows, context, fields.length);
  }

  get nextTimer(): number {
    return this.#kept.keys.nextTimer;
  }
  get stateRows(): number {
    return this.#kept.rows.size + this.#givenCount;
  }
  get stateBytes(): number {
    return this.#kept.bytes + this.#given.byteLength + this.#timers.bytes;
  }

  process(batch: Batch): void {
    const { times, watermarks } = batch;
    if (times === null) throw new Error('the first by event time of rows without');
    this.clock(this.#context.clock.now());
    this.#kept.attach(batch);
    const keys = this.#kept.keys.resolve(batch);
    this.#makeRoom();
    let late: Int32Array | null = null;
    let lateCount = 0;
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const mark = watermarks === null ? NO_WATERMARK : (watermarks[row] as number);
      if (mark > this.#watermark) this.#advance(mark);
      const key = keys[row] as number;
      if (this.#given[key] === 1) continue;
      if ((times[row] as number) > this.#watermark) {
        this.#take(batch, row, key, times[row] as number);
        continue;
      }
      late ??= new Int32Array(batch.count);
      late[lateCount++] = row;
    }
    if (late !== null) {
      this.late += lateCount;
      this.#context.emit('late', select(batch, late, lateCount));
    }
    this.#out.flush();
    this.#compact();
  }

  #take(batch: Batch, row: number, key: number, time: number): void {
    const before = this.#kept.find(key);
    if (before >= 0 && !this.#kept.replaces(row, before)) return;
    this.#kept.remove(key);
    this.#kept.keep(batch, row, key);
    this.#timers.add(time, key);
  }

  watermark(time: number): void {
    if (time > this.#watermark) this.#advance(time);
    this.#out.flush();
  }

  #advance(watermark: number): void {
    for (let key = this.#timers.takeDue(watermark); key >= 0; key = this.#timers.takeDue(watermark)) {
      const id = this.#kept.find(key);
      if (id < 0 || this.#kept.rows.time(id) > watermark) continue;
      this.#out.push(id, this.#watermark);
      this.#kept.remove(key);
      this.#given[key] = 1;
      this.#givenCount++;
      this.#kept.keys.written(key, this.#context.clock.now());
    }
    this.#watermark = watermark;
  }

  #makeRoom(): void {
    const { size } = this.#kept.keys.table;
    if (size <= this.#given.length) return;
    const given = new Uint8Array(size * 2);
    given.set(this.#given);
    this.#given = given;
  }

  #compact(): void {
    const isGiven = (key: number): boolean => this.#given[key] === 1;
    const left = this.#kept.keys.compact(this.stateRows, (key) => isGiven(key) || this.#kept.find(key) >= 0);
    if (left === null) return;
    this.#given = Uint8Array.from(left, (key) => Number(isGiven(key)));
    this.#kept.renumber(left);
    this.#timers = new Timers();
    for (let key = 0; key < left.length; key++) {
      const id = this.#kept.find(key);
      if (id >= 0) this.#timers.add(this.#kept.rows.time(id), key);
    }
  }

  clock(now: number): void {
    const { keys } = this.#kept;
    for (let key = keys.takeIdle(now); key >= 0; key = keys.takeIdle(now)) {
      this.#given[key] = 0;
      this.#givenCount--;
    }
  }

  end(): void {
    this.watermark(Infinity);
  }

  snapshot(): StateData {
    const data: DedupFinalData = {
      kept: this.#kept.snapshot(),
      given: copyOf(this.#given),
      timers: this.#timers.snapshot(),
      watermark: this.#watermark,
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const { kept, given, timers, watermark } = state as unknown as DedupFinalData;
    this.#kept.restore(kept);
    this.#given = given.slice();
    this.#givenCount = given.reduce((sum, one) => sum + one, 0);
    this.#timers.restore(timers);
    this.#watermark = watermark;
  }
}
