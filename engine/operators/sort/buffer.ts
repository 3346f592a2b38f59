/** Rows that wait for the watermark, and leave by ascending event time when it has passed them. */
import { type Batch, NO_WATERMARK, position, select } from '../../batch/batch.ts';
import { type Field, TIMESTAMP } from '../../contract/types.ts';
import type { OperatorContext } from '../../runtime/contracts.ts';
import { OrderedRows } from '../../state/ordered-rows.ts';
import { type OrderTerm, RowOrder, type RowOrderData } from '../../state/row-order.ts';
import { RowStore, type RowStoreData } from '../../state/row-store.ts';
import type { Snapshots } from '../../state/snapshot.ts';

const BY_TIME: OrderTerm = { column: -1, type: TIMESTAMP, descending: false, nullsFirst: true };

export interface SortBufferData {
  readonly rows: RowStoreData;
  readonly order: RowOrderData;
  readonly waiting: Int32Array;
  readonly times: readonly [watermark: number, due: number, left: number];
}

export class SortBuffer implements Snapshots<SortBufferData> {
  readonly rows: RowStore;
  readonly #order: RowOrder;
  readonly #waiting = new OrderedRows();
  readonly #context: Pick<OperatorContext<unknown>, 'emit'>;
  readonly #leave: (id: number, watermark: number) => void;
  readonly #leaving = new Int32Array(1024);
  watermark = NO_WATERMARK;
  /** Event time of the first row that waits. */
  #due = Infinity;
  /** Event time of the last row that left. */
  #left = -Infinity;
  readonly #lateUpTo: 'left' | 'watermark';
  late = 0;

  /**
   * @param terms the order of rows of one time, before that of arrival
   * @param leave called for each row that leaves, with the watermark in force just before
   * @param lateUpTo rows are late up to the last one that left (Flink's sort), or, where keys must not hang on each other, up to the
   * watermark
   */
  constructor(
    fields: readonly Field[],
    terms: readonly OrderTerm[],
    context: Pick<OperatorContext<unknown>, 'emit'>,
    leave: (id: number, watermark: number) => void,
    lateUpTo: 'left' | 'watermark' = 'left',
  ) {
    this.#lateUpTo = lateUpTo;
    this.rows = new RowStore(fields);
    this.#order = new RowOrder([BY_TIME, ...terms], this.rows);
    this.#context = context;
    this.#leave = leave;
  }

  get bytes(): number {
    return this.rows.bytes + this.#order.bytes + this.#waiting.bytes;
  }

  /** @param added told of each row that waits from now on, with its position */
  process(batch: Batch, added?: (id: number, row: number) => void): void {
    const { times, watermarks } = batch;
    if (times === null) throw new Error('sort of rows without event time');
    this.#order.attach(batch);
    let late: Int32Array | null = null;
    let lateCount = 0;
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      const mark = watermarks === null ? NO_WATERMARK : (watermarks[i] as number);
      if (mark > this.watermark) this.advance(mark);
      const time = times[i] as number;
      if (time <= (this.#lateUpTo === 'left' ? this.#left : this.watermark)) {
        late ??= new Int32Array(batch.count);
        late[lateCount++] = i;
        continue;
      }
      const at = this.#waiting.upperBound(this.#order, i);
      const id = this.rows.add(batch, i);
      this.#order.added(id, i);
      this.#waiting.insert(at, id);
      added?.(id, i);
      if (time < this.#due) this.#due = time;
    }
    if (late === null) return;
    this.late += lateCount;
    this.#context.emit('late', select(batch, late, lateCount));
  }

  /** Lets all rows up to `watermark` leave. */
  advance(watermark: number): void {
    while (this.#waiting.length > 0 && this.#due <= watermark) {
      const read = this.#waiting.read(0, this.#leaving.length, this.#leaving);
      let count = 0;
      for (; count < read; count++) {
        const id = this.#leaving[count] as number;
        const time = this.rows.time(id);
        if (time > watermark) break;
        // Rows leave before the watermark that lets them go, as in Flink.
        this.#leave(id, this.watermark);
        this.#left = time;
      }
      this.#waiting.removeFirst(count, this.#leaving);
      for (let k = 0; k < count; k++) this.rows.remove(this.#leaving[k] as number);
      this.#due = this.#waiting.length === 0 ? Infinity : this.rows.time(this.#waiting.at(0));
    }
    this.watermark = watermark;
  }

  snapshot(): SortBufferData {
    return {
      rows: this.rows.snapshot(),
      order: this.#order.snapshot(),
      waiting: this.#waiting.snapshot(),
      times: [this.watermark, this.#due, this.#left],
    };
  }

  restore({ rows, order, waiting, times }: SortBufferData): void {
    this.rows.restore(rows);
    this.#order.restore(order);
    this.#waiting.restore(waiting);
    [this.watermark, this.#due, this.#left] = times;
  }
}
