/**
 * The same chain, one row at a time. It says which row fails where after a batch failed, shows the records inside a fused
 * chain to whoever looks at a port, and is what the generated code is tested against.
 */

import type { Batch } from '../../batch/batch.ts';
import { type Value, valueAt } from '../../batch/column.ts';
import type { Field } from '../../contract/types.ts';
import { evaluate } from '../../expressions/index.ts';
import type { FusedStep } from '../contracts.ts';

export type RowResult =
  /** `values` after `steps` steps. */
  | { readonly kind: 'passed'; readonly values: readonly Value[] }
  | { readonly kind: 'filtered'; readonly step: number }
  | { readonly kind: 'failed'; readonly step: number; readonly error: unknown };

export function readRow(batch: Batch, fields: readonly Field[], row: number): Value[] {
  return fields.map((f, c) => {
    const column = batch.columns[c];
    return column === undefined ? null : valueAt(column, f.type, row);
  });
}

/** Takes one row through the first `until` steps. */
export function interpretRow(
  values: readonly Value[],
  steps: readonly FusedStep[],
  until = steps.length,
): RowResult {
  let row = values;
  for (let at = 0; at < until; at++) {
    const step = steps[at];
    if (step === undefined) break;
    try {
      if (step.kind === 'filter') {
        if (evaluate(step.condition, row) !== true) return { kind: 'filtered', step: at };
      } else {
        const from = row;
        row = step.columns.map(({ expression }) => evaluate(expression, from));
      }
    } catch (error) {
      return { kind: 'failed', step: at, error };
    }
  }
  return { kind: 'passed', values: row };
}
