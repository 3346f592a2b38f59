import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BIGINT, STRING } from '../contract/types.ts';
import { ColumnBuilder } from './builder.ts';
import { type Column, InternTable, valueAt } from './column.ts';

const texts = (table: InternTable, ...values: (string | null)[]): Column => ({
  kind: 'string',
  values: Int32Array.from(values, (v) => (v === null ? 0 : table.code(v))),
  table,
  validity: values.includes(null) ? Uint8Array.from(values, (v) => (v === null ? 0 : 1)) : null,
});
const ids = (...of: number[]): Int32Array => Int32Array.from(of);
const all = (column: Column, type: typeof STRING | typeof BIGINT): unknown[] =>
  Array.from({ length: column.values.length }, (_, row) => valueAt(column, type, row));

test('texts of one table keep their codes and the table', () => {
  const table = new InternTable();
  const builder = new ColumnBuilder(STRING, null, 1);
  const from = texts(table, 'a', 'b', 'c');
  builder.gather(from, ids(2, 0, 2), 3);
  builder.gather(from, ids(1), 1);
  const column = builder.take();
  assert.ok(column.kind === 'string' && column.table === table);
  assert.deepEqual(all(column, STRING), ['c', 'a', 'c', 'b']);
});

test('texts of another table, NULL and single texts may follow, and the next batch begins anew', () => {
  const builder = new ColumnBuilder(STRING, null, 4);
  builder.gather(texts(new InternTable(), 'a', 'b'), ids(1, 0), 2);
  builder.gather(texts(new InternTable(), 'x', 'y'), ids(1, 0), 2);
  builder.pushString('z');
  builder.gather(texts(new InternTable(), 'n', null), ids(1, 0), 2);
  builder.pushNull();
  assert.deepEqual(all(builder.take(), STRING), ['b', 'a', 'y', 'x', 'z', null, 'n', null]);
  builder.gather(texts(new InternTable(), 'p', 'q'), ids(1), 1);
  builder.pushNull();
  assert.deepEqual(all(builder.take(), STRING), ['q', null]);
});

test('numbers, among them NULL and one beyond 2^53', () => {
  const builder = new ColumnBuilder(BIGINT, null, 1);
  builder.gather({ kind: 'number', values: Float64Array.of(1, 2, 3), validity: null }, ids(2, 1), 2);
  builder.gather(
    { kind: 'number', values: Float64Array.of(4, 0), validity: Uint8Array.of(1, 0) },
    ids(1, 0),
    2,
  );
  builder.gather({ kind: 'value', values: [2n ** 60n, 5], validity: null }, ids(0, 1), 2);
  builder.gather({ kind: 'number', values: Float64Array.of(6), validity: null }, ids(0), 1);
  assert.deepEqual(all(builder.take(), BIGINT), [3, 2, null, 4, 2n ** 60n, 5, 6]);
});
