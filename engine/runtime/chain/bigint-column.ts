import type { Column, Validity } from '../../batch/column.ts';
import type { Value } from '../../contract/values.ts';

/** A column of computed BIGINTs: doubles again, where all are within 2^53. Rows that were not computed are holes. */
export function bigintColumn(values: readonly (Value | undefined)[], validity: Validity): Column {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'bigint') return { kind: 'value', values: values as readonly Value[], validity };
    numbers[i] = typeof value === 'number' ? value : 0;
  }
  return { kind: 'number', values: numbers, validity };
}
