/**
 * A batch as one buffer that is handed to another thread, and back: only the rows that count, every array packed after the other. Strings
 * of a table that lives as long as the run go over once, and then their codes (decision 0024); others as one text with its lengths.
 */
import { type Batch, position } from '../../batch/batch.ts';
import type { Column, StringTable, Value } from '../../batch/column.ts';
import type { BoundedBatch } from '../../batch/time-bounds.ts';

/** Where an array begins in the buffer, in bytes. */
type Offset = number;
type ArrayKind = 'f64' | 'i32' | 'u8';

type PackedColumn =
  | {
      readonly kind: 'number';
      readonly array: ArrayKind;
      readonly at: Offset;
      readonly validity: Offset | null;
    }
  | {
      readonly kind: 'codes';
      readonly at: Offset;
      readonly validity: Offset | null;
      /** Of the channel. */
      readonly table: number;
      /** That no batch before had, in the order of their codes. */
      readonly fresh: readonly string[];
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      /** By row, in UTF-16 units. */
      readonly lengths: Offset;
      readonly validity: Offset | null;
    }
  | { readonly kind: 'value'; readonly values: readonly Value[]; readonly validity: Offset | null };

export interface PackedBatch {
  readonly rows: number;
  readonly ingestedAt: number;
  readonly buffer: ArrayBuffer;
  readonly columns: readonly PackedColumn[];
  /** Of a column: they are its values. */
  readonly times: Offset | { readonly column: number } | null;
  readonly bounds: { readonly oldest: number; readonly newest: number } | null;
  /** Where all rows have the same. */
  readonly watermarks: Offset | { readonly all: number } | null;
  readonly changes: Offset | null;
}

interface SentTable {
  readonly id: number;
  /** By code, the code on the other side, or −1. */
  codes: Int32Array;
  sent: number;
}

/** Rounded up, so that any array may follow. */
const aligned = (bytes: number): number => (bytes + 7) & ~7;

/** The sending side of a channel. */
export class BatchPacker {
  readonly #tables = new WeakMap<StringTable, SentTable>();
  #tableCount = 0;

  pack(batch: BoundedBatch): PackedBatch {
    const { count, columns, times, watermarks, changes } = batch;
    const shared = times === null ? -1 : columns.findIndex((c) => c.values === times && c.validity === null);
    const constant = watermarks === null ? null : constantOf(batch, watermarks);
    const beside = [
      times === null || shared >= 0 ? 0 : 8 * count,
      watermarks === null || constant !== null ? 0 : 8 * count,
      changes === null ? 0 : count,
    ];
    const sizes = columns.map((column) => sizeOf(column, count));
    const total = [...beside, ...sizes.flat()].reduce((sum, bytes) => sum + aligned(bytes), 0);
    const buffer = new ArrayBuffer(total);
    let at = 0;
    const take = (bytes: number): number => {
      at += aligned(bytes);
      return at - aligned(bytes);
    };
    const floats = (from: Float64Array): Offset => {
      const offset = take(8 * count);
      gatherInto(new Float64Array(buffer, offset, count), from, batch);
      return offset;
    };
    const bytes = (from: Uint8Array): Offset => {
      const offset = take(count);
      gatherInto(new Uint8Array(buffer, offset, count), from, batch);
      return offset;
    };
    const ints = (): readonly [Offset, Int32Array] => {
      const offset = take(4 * count);
      return [offset, new Int32Array(buffer, offset, count)];
    };
    const packedColumns = columns.map((column): PackedColumn => {
      const validity = column.validity === null ? null : bytes(column.validity);
      if (column.kind === 'value')
        return { kind: 'value', values: packValues(column.values, batch), validity };
      if (column.kind === 'string') {
        const [offset, out] = ints();
        return column.table.interned
          ? { kind: 'codes', at: offset, validity, ...this.#codes(column.values, column, batch, out) }
          : { kind: 'text', lengths: offset, validity, text: joined(column, batch, out) };
      }
      const { values } = column;
      if (values instanceof Float64Array)
        return { kind: 'number', array: 'f64', at: floats(values), validity };
      if (values instanceof Uint8Array) return { kind: 'number', array: 'u8', at: bytes(values), validity };
      const [offset, out] = ints();
      gatherInto(out, values, batch);
      return { kind: 'number', array: 'i32', at: offset, validity };
    });
    const { timeBounds: bounds } = batch;
    return {
      rows: count,
      ingestedAt: batch.ingestedAt,
      buffer,
      columns: packedColumns,
      times: times === null ? null : shared >= 0 ? { column: shared } : floats(times),
      bounds:
        bounds !== undefined && bounds.times === times
          ? { oldest: bounds.oldest, newest: bounds.newest }
          : null,
      watermarks: watermarks === null ? null : constant !== null ? { all: constant } : floats(watermarks),
      changes: changes === null ? null : bytes(changes),
    };
  }

  #codes(
    values: Int32Array,
    { table, validity }: Extract<Column, { kind: 'string' }>,
    batch: Batch,
    out: Int32Array,
  ): { readonly table: number; readonly fresh: readonly string[] } {
    let known = this.#tables.get(table);
    if (known === undefined) {
      known = { id: this.#tableCount++, codes: new Int32Array(0), sent: 0 };
      this.#tables.set(table, known);
    }
    if (known.codes.length < table.strings.length) {
      const larger = new Int32Array(table.strings.length * 2 + 16).fill(-1);
      larger.set(known.codes);
      known.codes = larger;
    }
    const { codes } = known;
    const fresh: string[] = [];
    for (let k = 0; k < batch.count; k++) {
      const i = position(batch, k);
      // A NULL's code is unspecified.
      if (validity !== null && validity[i] === 0) continue;
      const code = values[i] as number;
      let own = codes[code] as number;
      if (own < 0) {
        own = known.sent++;
        codes[code] = own;
        fresh.push(table.strings[code] ?? '');
      }
      out[k] = own;
    }
    return { table: known.id, fresh };
  }
}

/** The receiving side of a channel: batches must come in the order in which they were packed. */
export class BatchUnpacker {
  readonly #tables: { readonly strings: string[]; readonly interned: boolean }[] = [];

  unpack(packed: PackedBatch): BoundedBatch {
    const { rows, buffer, ingestedAt } = packed;
    const floats = (at: Offset): Float64Array => new Float64Array(buffer, at, rows);
    const bytes = (at: Offset): Uint8Array => new Uint8Array(buffer, at, rows);
    const columns = packed.columns.map((column) => this.#column(column, packed));
    const times = timesOf(packed, columns);
    const { watermarks, changes, bounds } = packed;
    return {
      length: rows,
      count: rows,
      columns,
      selection: null,
      times,
      watermarks:
        watermarks === null
          ? null
          : typeof watermarks === 'number'
            ? floats(watermarks)
            : new Float64Array(rows).fill(watermarks.all),
      changes: changes === null ? null : bytes(changes),
      ingestedAt,
      ...(bounds === null || times === null ? {} : { timeBounds: { times, ...bounds } }),
    };
  }

  #column(column: PackedColumn, { buffer, rows }: PackedBatch): Column {
    const bytes = (at: Offset): Uint8Array => new Uint8Array(buffer, at, rows);
    const ints = (at: Offset): Int32Array => new Int32Array(buffer, at, rows);
    const validity = column.validity === null ? null : bytes(column.validity);
    switch (column.kind) {
      case 'value':
        return { kind: 'value', values: column.values, validity };
      case 'codes': {
        let table = this.#tables[column.table];
        if (table === undefined) {
          table = { strings: [], interned: true };
          this.#tables[column.table] = table;
        }
        for (const text of column.fresh) table.strings.push(text);
        return { kind: 'string', values: ints(column.at), table, validity };
      }
      case 'text':
        return { kind: 'string', ...cut(column.text, ints(column.lengths)), validity };
      case 'number': {
        const { array, at } = column;
        const values =
          array === 'f64' ? new Float64Array(buffer, at, rows) : array === 'i32' ? ints(at) : bytes(at);
        return { kind: 'number', values, validity };
      }
    }
  }
}

/** In memory, about: for credits. */
export const packedBytes = ({ buffer, columns }: PackedBatch): number =>
  columns.reduce(
    (sum, c) => sum + (c.kind === 'text' ? c.text.length * 2 : c.kind === 'value' ? c.values.length * 32 : 0),
    buffer.byteLength,
  );

function timesOf({ times, buffer, rows }: PackedBatch, columns: readonly Column[]): Float64Array | null {
  if (times === null) return null;
  if (typeof times === 'number') return new Float64Array(buffer, times, rows);
  return (columns[times.column] as { readonly values: Float64Array }).values;
}

/** The watermark of all rows, where it is one. */
function constantOf(batch: Batch, watermarks: Float64Array): number | null {
  const first = watermarks[position(batch, 0)] as number;
  for (let k = 1; k < batch.count; k++) if (watermarks[position(batch, k)] !== first) return null;
  return first;
}

/** Bytes of each array of a column. */
function sizeOf(column: Column, count: number): number[] {
  const validity = column.validity === null ? 0 : count;
  if (column.kind === 'value') return [validity];
  return [validity, count * column.values.BYTES_PER_ELEMENT];
}

function gatherInto<T extends Float64Array | Int32Array | Uint8Array>(out: T, from: T, batch: Batch): void {
  const { selection, count } = batch;
  if (selection === null) out.set(from.length === count ? from : from.subarray(0, count));
  else for (let k = 0; k < count; k++) out[k] = from[selection[k] as number] as number;
}

const packValues = (values: readonly Value[], batch: Batch): Value[] =>
  Array.from({ length: batch.count }, (_, k) => ownBytes(values[position(batch, k)] ?? null));

/** A copy of a piece of a buffer would take the whole buffer along. */
function ownBytes(value: Value): Value {
  if (value instanceof Uint8Array)
    return value.byteLength === value.buffer.byteLength ? value : value.slice();
  return typeof value === 'object' && value !== null ? value.map(ownBytes) : value;
}

function joined(column: Extract<Column, { kind: 'string' }>, batch: Batch, lengths: Int32Array): string {
  const { values, validity, table } = column;
  const parts = new Array<string>(batch.count);
  for (let k = 0; k < batch.count; k++) {
    const i = position(batch, k);
    const text = validity !== null && validity[i] === 0 ? '' : (table.strings[values[i] as number] ?? '');
    parts[k] = text;
    lengths[k] = text.length;
  }
  return parts.join('');
}

/** Lengths become codes, in place. */
function cut(
  text: string,
  lengths: Int32Array,
): { readonly values: Int32Array; readonly table: StringTable } {
  const strings = new Array<string>(lengths.length);
  let at = 0;
  for (let k = 0; k < lengths.length; k++) {
    const end = at + (lengths[k] as number);
    strings[k] = text.slice(at, end);
    lengths[k] = k;
    at = end;
  }
  return { values: lengths, table: { strings, interned: false } };
}
