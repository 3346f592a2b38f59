import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Batch, rowsOf } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/builder.ts';
import { InternTable } from '../../batch/column.ts';
import type { BoundedBatch } from '../../batch/time-bounds.ts';
import {
  BIGINT,
  BOOLEAN,
  type DataType,
  DOUBLE,
  type Field,
  INT,
  STRING,
  TIMESTAMP,
} from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import { BatchPacker, BatchUnpacker, packedBytes } from './codec.ts';

const BYTES: DataType = { kind: 'BYTES' };
const FIELDS: readonly Field[] = (
  [
    ['flag', BOOLEAN],
    ['int', INT],
    ['big', BIGINT],
    ['double', DOUBLE],
    ['at', TIMESTAMP],
    ['kept', STRING],
    ['text', STRING],
    ['bytes', BYTES],
    ['list', { kind: 'ARRAY', element: STRING }],
  ] as const
).map(([name, type]) => ({ name, type: type as DataType, nullable: true }));

const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 4 });
const row = fc.tuple(
  orNull(fc.boolean()),
  orNull(fc.integer()),
  orNull(
    fc.oneof(
      { weight: 20, arbitrary: fc.maxSafeInteger() },
      { weight: 1, arbitrary: fc.constant(2n ** 60n) },
    ),
  ),
  orNull(fc.double()),
  fc.nat(),
  orNull(fc.constantFrom('a', 'b', 'Käse', '')),
  orNull(fc.string({ unit: 'binary' })),
  orNull(fc.uint8Array({ maxLength: 5 })),
  orNull(fc.array(fc.string(), { maxLength: 3 })),
);
const input = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 40 }),
  selected: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  all: fc.boolean(),
  timed: fc.boolean(),
  sameMark: fc.boolean(),
  updating: fc.boolean(),
});

/** Over a port, as a thread would get it. */
const sent = <T>(message: T, transfer: ArrayBuffer): T => structuredClone(message, { transfer: [transfer] });

test('a batch comes over as it was: values, NULLs, strings, times, watermarks and changes of the rows that count', () => {
  const kept = new InternTable();
  const builder = new BatchBuilder(FIELDS, [null, null, null, null, null, kept, null]);
  const packer = new BatchPacker();
  const unpacker = new BatchUnpacker();
  fc.assert(
    fc.property(input, ({ rows, selected, all, timed, sameMark, updating }) => {
      for (const values of rows) builder.push(values as readonly Value[]);
      const raw = builder.take(77);
      const places = Int32Array.from(rows.flatMap((_, i) => (all || selected[i] === true ? [i] : [])));
      const times = (raw.columns[4] as { values: Float64Array }).values;
      const plain = raw.columns.map((column, c) => (c === 6 ? ownStrings(column) : column));
      const batch: BoundedBatch = {
        ...raw,
        columns: plain,
        ...(all ? {} : { selection: places, count: places.length }),
        times: timed ? times : null,
        watermarks: timed ? Float64Array.from(rows, (_, i) => (sameMark ? 5 : i - 3)) : null,
        changes: updating ? Uint8Array.from(rows, (_, i) => i % 4) : null,
        ...(timed ? { timeBounds: { times, oldest: -1, newest: 9 } } : {}),
      };
      const packed = packer.pack(batch);
      assert.ok(packedBytes(packed) >= packed.buffer.byteLength);
      const got = unpacker.unpack(sent(packed, packed.buffer));
      assert.deepEqual(rowsOf(got, FIELDS), rowsOf(batch, FIELDS));
      assert.equal(got.ingestedAt, 77);
      assert.deepEqual(picked(got, 'times'), picked(batch, 'times'));
      assert.deepEqual(picked(got, 'watermarks'), picked(batch, 'watermarks'));
      assert.deepEqual(picked(got, 'changes'), picked(batch, 'changes'));
      const column = got.columns[4];
      assert.equal(
        timed ? got.times : column?.values,
        column?.values,
        'the event time is the column, not a copy',
      );
      assert.equal(got.timeBounds?.newest, timed ? 9 : undefined);
      assert.equal(got.timeBounds?.times ?? got.times, got.times);
    }),
    { numRuns: 300 },
  );
});

test('strings of a table that lives on go over once', () => {
  const builder = new BatchBuilder([FIELDS[5] as Field], [new InternTable()]);
  const packer = new BatchPacker();
  const unpacker = new BatchUnpacker();
  const send = (texts: readonly string[]): { fresh: readonly string[]; batch: Batch } => {
    for (const text of texts) builder.push([text]);
    const packed = packer.pack(builder.take(0));
    const [column] = packed.columns;
    assert.equal(column?.kind, 'codes');
    return { fresh: column?.kind === 'codes' ? column.fresh : [], batch: unpacker.unpack(packed) };
  };
  const first = send(['x', 'y', 'x']);
  const second = send(['y', 'z']);
  assert.deepEqual([first.fresh, second.fresh], [['x', 'y'], ['z']]);
  const tables = [first, second].map(({ batch }) => (batch.columns[0] as { table: unknown }).table);
  assert.equal(tables[0], tables[1], 'so that keys are found by code');
});

test('bytes that are a piece of a large buffer do not take it along', () => {
  const large = new Uint8Array(1_000_000).fill(7);
  const builder = new BatchBuilder([FIELDS[7] as Field]);
  builder.push([large.subarray(10, 12)]);
  const packed = new BatchPacker().pack(builder.take(0));
  const [column] = packed.columns;
  const [value] = column?.kind === 'value' ? column.values : [];
  assert.deepEqual(value, Uint8Array.of(7, 7));
  assert.equal((value as Uint8Array).buffer.byteLength, 2);
});

function ownStrings(column: Batch['columns'][number]): Batch['columns'][number] {
  if (column.kind !== 'string') return column;
  return { ...column, table: { strings: [...column.table.strings], interned: false } };
}

function picked(batch: Batch, of: 'times' | 'watermarks' | 'changes'): number[] | null {
  const array = batch[of];
  if (array === null) return null;
  return Array.from({ length: batch.count }, (_, k) => array[batch.selection?.[k] ?? k] as number);
}
