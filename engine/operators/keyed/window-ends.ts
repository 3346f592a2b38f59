/** Which window each row of a batch is of, told by a field of it, and which rows come too late for it or have none. */
import { type Batch, NO_WATERMARK, position, select } from '../../batch/batch.ts';
import { valueAt } from '../../batch/column.ts';
import { problem } from '../../contract/problems.ts';
import type { Field } from '../../contract/types.ts';
import { isComplete } from '../../progress/windows.ts';
import { type DeadLetter, type OperatorContext, RAW_TEXT_MAX } from '../../runtime/contracts.ts';
import { rawRow } from '../../runtime/dead-letters.ts';

type Context = Pick<OperatorContext<unknown>, 'input' | 'emit' | 'reject'>;

export class WindowEnds {
  readonly #context: Context;
  readonly #column: number;
  readonly #advance: (watermark: number) => void;
  watermark = NO_WATERMARK;
  late = 0;

  /**
   * @param column index of the field with the window's end
   * @param advance called when a row's own watermark has passed the one before, before the row is taken
   */
  constructor(context: Context, column: number, advance: (watermark: number) => void) {
    this.#context = context;
    this.#column = column;
    this.#advance = advance;
  }

  /** Calls `take` for every row whose window is open, with its end; sends the others to their ports. */
  each(batch: Batch, take: (row: number, end: number) => void): void {
    const column = batch.columns[this.#column];
    if (column?.kind !== 'number') throw new Error('the end of a window is no time');
    const { watermarks } = batch;
    let late: Int32Array | null = null;
    let lateCount = 0;
    let letters: DeadLetter[] | null = null;
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const mark = watermarks === null ? NO_WATERMARK : (watermarks[row] as number);
      if (mark > this.watermark) this.#advance(mark);
      if (column.validity !== null && column.validity[row] === 0) {
        letters ??= [];
        letters.push(this.#withoutWindow(batch, row));
        continue;
      }
      const end = column.values[row] as number;
      if (isComplete(end, this.watermark)) {
        late ??= new Int32Array(batch.count);
        late[lateCount++] = row;
      } else take(row, end);
    }
    if (letters !== null) this.#context.reject(letters);
    if (late === null) return;
    this.late += lateCount;
    this.#context.emit('late', select(batch, late, lateCount));
  }

  #withoutWindow(batch: Batch, row: number): DeadLetter {
    const { fields } = this.#context.input;
    const name = fields[this.#column]?.name ?? '';
    const values = fields.map((f: Field, c) => {
      const column = batch.columns[c];
      return column === undefined ? null : valueAt(column, f.type, row);
    });
    const names = fields.map((f) => f.name);
    return {
      problem: problem('R-RECORD', {
        path: [name],
        message: `The record is in no window: ${name} is NULL.`,
        expected: 'the end of its window',
        next: 'Filter such records out in front.',
      }),
      raw: rawRow(names, values).slice(0, RAW_TEXT_MAX),
    };
  }
}
