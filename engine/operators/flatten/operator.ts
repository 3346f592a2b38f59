/** Repeats rows by their arrays' elements: a list of row numbers per batch, by which every other column is gathered. */
import type { Batch } from '../../batch/batch.ts';
import { ColumnBuilder } from '../../batch/builder.ts';
import type { Column, Value } from '../../batch/column.ts';
import { gather, gatherBytes, gatherFloats } from '../../batch/gather.ts';
import { OUTPUT_ROWS } from '../../batch/output.ts';
import { INT } from '../../contract/types.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulRuntime } from '../../runtime/contracts.ts';
import { Stateless } from '../stateless.ts';
import { type FlattenPlan, planFlatten } from './plan.ts';
import type { FlattenConfig } from './spec.ts';

const NOTHING: readonly Value[] = [];
/** In place of an empty array that is kept: one element that is NULL. */
const ONE_NULL: readonly Value[] = [null];

class FlattenOperator extends Stateless {
  readonly #context: OperatorContext<FlattenConfig>;
  readonly #plan: FlattenPlan;
  /** Of the array, among the columns of a batch. */
  readonly #column: number;
  readonly #instead: readonly Value[];
  readonly #elements: readonly ColumnBuilder[];
  readonly #position: ColumnBuilder | null;
  #rows = new Int32Array(OUTPUT_ROWS);

  constructor(context: OperatorContext<FlattenConfig>) {
    super();
    const { config, input } = context;
    this.#context = context;
    this.#plan = planOf(config, input.fields);
    const { array } = this.#plan;
    this.#column = array.kind === 'field' ? array.index : input.fields.length;
    this.#instead = config.empty === 'keep' ? ONE_NULL : NOTHING;
    this.#elements = this.#plan.made.map((f) => new ColumnBuilder(f.type));
    this.#position = config.position === undefined ? null : new ColumnBuilder(INT);
  }

  process(batch: Batch): void {
    const { selection, count } = batch;
    const arrays = batch.columns[this.#column];
    if (arrays?.kind !== 'value') throw new Error('no column of arrays');
    let length = 0;
    for (let k = 0; k < count; k++) {
      const row = selection === null ? k : (selection[k] as number);
      const array = arrays.values[row] as readonly Value[] | null;
      const none = array === null || array.length === 0;
      const elements = none ? this.#instead : array;
      for (let at = 0; at < elements.length; at++) {
        this.#rows[length++] = row;
        this.#push(elements[at] as Value);
        if (none) this.#position?.pushNull();
        else this.#position?.pushNumber(at + 1);
        // A long array goes out in parts.
        if (length < OUTPUT_ROWS) continue;
        this.#send(batch, length);
        length = 0;
      }
    }
    if (length > 0) this.#send(batch, length);
  }

  #push(element: Value): void {
    const builders = this.#elements;
    if (!this.#plan.ofRows) {
      builders[0]?.push(element);
      return;
    }
    const values = element as readonly Value[] | null;
    for (let c = 0; c < builders.length; c++) builders[c]?.push(values?.[c] ?? null);
  }

  #send(batch: Batch, length: number): void {
    const rows = this.#rows.subarray(0, length);
    const columns: Column[] = this.#plan.kept.map((at) => gather(batch.columns[at] as Column, rows));
    for (const builder of this.#elements) columns.push(builder.take());
    if (this.#position !== null) columns.push(this.#position.take());
    this.#context.emit('out', {
      length,
      count: length,
      columns,
      selection: null,
      times: batch.times === null ? null : gatherFloats(batch.times, rows),
      watermarks: batch.watermarks === null ? null : gatherFloats(batch.watermarks, rows),
      changes: batch.changes === null ? null : gatherBytes(batch.changes, rows),
      ingestedAt: batch.ingestedAt,
    });
  }
}

function planOf(config: FlattenConfig, input: OperatorContext<unknown>['input']['fields']): FlattenPlan {
  const plan = planFlatten(config, input, { report: throwProblem });
  if (plan === null) throw new Error('unchecked settings');
  return plan;
}

export const flattenRuntime: StatefulRuntime<FlattenConfig> = {
  kind: 'stateful',
  needs: (config, inputs) =>
    inputs.map((input) => {
      const { array } = planOf(config, input.fields);
      return array.kind === 'field' ? [] : [array];
    }),
  // Records do not meet: the first field is as good as another.
  partitionBy: (_config, inputs) => inputs.map((input) => (input.fields.length > 0 ? [0] : [])),
  rowwise: () => true,
  create: (context) => new FlattenOperator(context),
};
