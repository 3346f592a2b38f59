/** Columns over other rows: what operators that repeat or reorder rows use. */
import type { Column, NumberColumn } from './column.ts';

/** The column's values at `rows[0]`, `rows[1]`, …: a row may stand there any number of times. String tables are shared. */
export function gather(column: Column, rows: Int32Array): Column {
  const { length } = rows;
  const validity = column.validity === null ? null : gatherBytes(column.validity, rows);
  if (column.kind === 'value') {
    const values = new Array<(typeof column.values)[number]>(length);
    for (let k = 0; k < length; k++) values[k] = column.values[rows[k] as number] ?? null;
    return { kind: 'value', values, validity };
  }
  const values = likeArray(column.values, length);
  for (let k = 0; k < length; k++) values[k] = column.values[rows[k] as number] as number;
  return column.kind === 'string'
    ? { kind: 'string', values: values as Int32Array, table: column.table, validity }
    : { kind: 'number', values, validity };
}

export function gatherBytes(bytes: Uint8Array, rows: Int32Array): Uint8Array {
  const values = new Uint8Array(rows.length);
  for (let k = 0; k < rows.length; k++) values[k] = bytes[rows[k] as number] as number;
  return values;
}

export function gatherFloats(floats: Float64Array, rows: Int32Array): Float64Array {
  const values = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) values[k] = floats[rows[k] as number] as number;
  return values;
}

function likeArray(like: NumberColumn['values'], length: number): NumberColumn['values'] {
  if (like instanceof Float64Array) return new Float64Array(length);
  return like instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
}
