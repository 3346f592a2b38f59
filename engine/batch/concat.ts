/** Several batches of one schema as one. */
import type { Batch } from './batch.ts';
import { position } from './batch.ts';
import type { Column, Value } from './column.ts';

/** A row: of which batch, and its position there. */
export interface RowPlaces {
  readonly batches: Int32Array;
  readonly rows: Int32Array;
}

/** The rows `places` in that order, copied. Times, watermarks and changes go with them. */
export function gatherFrom(batches: readonly Batch[], places: RowPlaces): Batch {
  const [first] = batches;
  const length = places.rows.length;
  const columns = (first?.columns ?? []).map((_, c) =>
    gatherColumn(
      batches.map((b) => b.columns[c] as Column),
      places,
    ),
  );
  const floats = (of: 'times' | 'watermarks', missing: number): Float64Array | null => {
    if (batches.every((b) => b[of] === null)) return null;
    const out = new Float64Array(length);
    for (let k = 0; k < length; k++) {
      const own = batches[places.batches[k] as number]?.[of] ?? null;
      out[k] = own === null ? missing : (own[places.rows[k] as number] as number);
    }
    return out;
  };
  let changes: Uint8Array | null = null;
  if (batches.some((b) => b.changes !== null)) {
    changes = new Uint8Array(length);
    for (let k = 0; k < length; k++)
      changes[k] = batches[places.batches[k] as number]?.changes?.[places.rows[k] as number] ?? 0;
  }
  return {
    length,
    count: length,
    columns,
    selection: null,
    times: floats('times', Number.NaN),
    watermarks: floats('watermarks', -Infinity),
    changes,
    ingestedAt: Math.min(...batches.map((b) => b.ingestedAt)),
  };
}

function gatherColumn(columns: readonly Column[], { batches, rows }: RowPlaces): Column {
  const { length } = rows;
  const columnOf = (k: number): Column => columns[batches[k] as number] as Column;
  let validity: Uint8Array | null = null;
  if (columns.some((c) => c.validity !== null)) {
    validity = new Uint8Array(length);
    for (let k = 0; k < length; k++) validity[k] = columnOf(k).validity?.[rows[k] as number] ?? 1;
  }
  // A BIGINT column holds numbers in one batch and values in another.
  if (columns.some((c) => c.kind === 'value')) {
    const values = new Array<Value>(length);
    for (let k = 0; k < length; k++) {
      const isNull = validity !== null && validity[k] === 0;
      values[k] = isNull
        ? null
        : ((columnOf(k) as { values: ArrayLike<Value> }).values[rows[k] as number] ?? null);
    }
    return { kind: 'value', values, validity };
  }
  const [first] = columns;
  if (first?.kind === 'string') return gatherStrings(columns, { batches, rows }, validity);
  const like = first?.values;
  const values =
    like instanceof Int32Array
      ? new Int32Array(length)
      : like instanceof Uint8Array
        ? new Uint8Array(length)
        : new Float64Array(length);
  for (let k = 0; k < length; k++)
    values[k] = (columnOf(k) as { values: Float64Array }).values[rows[k] as number] as number;
  return { kind: 'number', values, validity };
}

/** Where all have one table its codes stay; else each row brings its own string. */
function gatherStrings(
  columns: readonly Column[],
  { batches, rows }: RowPlaces,
  validity: Uint8Array | null,
): Column {
  const { length } = rows;
  const values = new Int32Array(length);
  const own = columns.flatMap((c) => (c.kind === 'string' ? [c] : []));
  const [first] = own;
  if (first !== undefined && own.every((c) => c.table === first.table)) {
    for (let k = 0; k < length; k++) values[k] = own[batches[k] as number]?.values[rows[k] as number] ?? 0;
    return { kind: 'string', values, table: first.table, validity };
  }
  const strings = new Array<string>(length);
  for (let k = 0; k < length; k++) {
    const column = own[batches[k] as number];
    strings[k] = column?.table.strings[column.values[rows[k] as number] ?? 0] ?? '';
    values[k] = k;
  }
  return { kind: 'string', values, table: { strings, interned: false }, validity };
}

/** Places of all rows that count, batch by batch. */
export function allPlaces(batches: readonly Batch[]): RowPlaces {
  const length = batches.reduce((sum, b) => sum + b.count, 0);
  const places = { batches: new Int32Array(length), rows: new Int32Array(length) };
  let at = 0;
  batches.forEach((batch, b) => {
    for (let k = 0; k < batch.count; k++, at++) {
      places.batches[at] = b;
      places.rows[at] = position(batch, k);
    }
  });
  return places;
}
