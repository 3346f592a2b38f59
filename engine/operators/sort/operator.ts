/** Sort by event time: rows wait in order, and leave when the watermark has passed them. */
import { type Batch, NO_WATERMARK, position, select } from '../../batch/batch.ts';
import { TIMESTAMP } from '../../contract/types.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import { planSort } from '../../plan/sort-terms.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import { OrderedRows } from '../../state/ordered-rows.ts';
import { RowOrder, type RowOrderData } from '../../state/row-order.ts';
import { RowOutput } from '../../state/row-output.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { StateData } from '../../state/snapshot.ts';
import type { SortConfig } from './spec.ts';

export const sortRuntime: StatefulRuntime<SortConfig> = {
  kind: 'stateful',
  needs: () => [[]],
  partitionBy: () => null,
  create: (context) => new SortOperator(context),
};

interface SortData {
  readonly rows: RowStoreData;
  readonly order: RowOrderData;
  readonly waiting: Int32Array;
  readonly times: readonly [watermark: number, due: number, left: number];
}

const BY_TIME = { column: -1, type: TIMESTAMP, descending: false, nullsFirst: true };

class SortOperator implements StatefulOperator {
  readonly #context: OperatorContext<SortConfig>;
  readonly #rows: RowStore;
  readonly #order: RowOrder;
  readonly #waiting = new OrderedRows();
  readonly #out: RowOutput;
  readonly #leaving = new Int32Array(1024);
  #watermark = NO_WATERMARK;
  /** Event time of the first row that waits. */
  #due = Infinity;
  /** Event time of the last row that left: rows up to it are late (Flink: not up to the watermark). */
  #left = -Infinity;
  readonly nextTimer = Infinity;
  readonly openWindows = 0;
  late = 0;

  constructor(context: OperatorContext<SortConfig>) {
    const { fields } = context.input;
    this.#context = context;
    this.#rows = new RowStore(fields);
    const then = planSort({ report: throwProblem }, ['thenBy'], context.config.thenBy, fields);
    this.#order = new RowOrder([BY_TIME, ...then], this.#rows);
    this.#out = new RowOutput(this.#rows, context, fields.length);
  }

  get stateRows(): number {
    return this.#rows.size;
  }
  get stateBytes(): number {
    return this.#rows.bytes + this.#order.bytes + this.#waiting.bytes;
  }

  process(batch: Batch): void {
    const { times, watermarks } = batch;
    if (times === null) throw new Error('sort of rows without event time');
    this.#order.attach(batch);
    let late: Int32Array | null = null;
    let lateCount = 0;
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const mark = watermarks === null ? NO_WATERMARK : (watermarks[i] as number);
      if (mark > this.#watermark) this.#advance(mark);
      const time = times[i] as number;
      if (time <= this.#left) {
        late ??= new Int32Array(batch.count);
        late[lateCount++] = i;
        continue;
      }
      const at = this.#waiting.upperBound(this.#order, i);
      const id = this.#rows.add(batch, i);
      this.#order.added(id, i);
      this.#waiting.insert(at, id);
      if (time < this.#due) this.#due = time;
    }
    if (late !== null) {
      this.late += lateCount;
      this.#context.emit('late', select(batch, late, lateCount));
    }
    this.#out.flush();
  }

  watermark(time: number): void {
    if (time > this.#watermark) this.#advance(time);
    this.#out.flush();
  }

  #advance(watermark: number): void {
    while (this.#waiting.length > 0 && this.#due <= watermark) {
      const read = this.#waiting.read(0, this.#leaving.length, this.#leaving);
      let count = 0;
      for (; count < read; count++) {
        const id = this.#leaving[count] as number;
        const time = this.#rows.time(id);
        if (time > watermark) break;
        // Rows leave before the watermark that lets them go, as in Flink.
        this.#out.push(id, this.#watermark);
        this.#left = time;
      }
      this.#waiting.removeFirst(count, this.#leaving);
      for (let k = 0; k < count; k++) this.#rows.remove(this.#leaving[k] as number);
      this.#due = this.#waiting.length === 0 ? Infinity : this.#rows.time(this.#waiting.at(0));
    }
    this.#watermark = watermark;
  }

  clock(): void {}

  end(): void {
    this.watermark(Infinity);
  }

  snapshot(): StateData {
    const data: SortData = {
      rows: this.#rows.snapshot(),
      order: this.#order.snapshot(),
      waiting: this.#waiting.snapshot(),
      times: [this.#watermark, this.#due, this.#left],
    };
    return data as unknown as StateData;
  }

  restore(state: StateData): void {
    const { rows, order, waiting, times } = state as unknown as SortData;
    this.#rows.restore(rows);
    this.#order.restore(order);
    this.#waiting.restore(waiting);
    [this.#watermark, this.#due, this.#left] = times;
  }
}
