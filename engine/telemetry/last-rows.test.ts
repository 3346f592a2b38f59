import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Batch, select } from '../batch/batch.ts';
import { BatchBuilder } from '../batch/builder.ts';
import type { Value } from '../batch/column.ts';
import { DOUBLE, field, STRING } from '../contract/types.ts';
import { LastRows } from './last-rows.ts';

const FIELDS = [field('name', STRING), field('n', DOUBLE)];

function batchOf(rows: readonly (readonly Value[])[]): Batch {
  const builder = new BatchBuilder(FIELDS);
  for (const row of rows) builder.push(row);
  return builder.take(0);
}
const numbered = (from: number, to: number): Batch =>
  batchOf(Array.from({ length: to - from }, (_, i) => [`r${from + i}`, from + i]));
const names = (last: LastRows): unknown[] => last.sample().rows.map((row) => row.cells[0]);

test('keeps exactly the last rows, over batches of any size', () => {
  for (const size of [1, 3, 10]) {
    const last = new LastRows(FIELDS, 4);
    for (let i = 0; i < 30; i += size) last.push(numbered(i, i + size), i);
    assert.deepEqual(names(last), ['r26', 'r27', 'r28', 'r29'], `batches of ${size}`);
    assert.equal(last.total, 30);
  }
});

test('shows only selected rows, also when a sparse batch is compacted', () => {
  const last = new LastRows(FIELDS, 10);
  last.push(
    {
      ...select(numbered(0, 6), Int32Array.of(1, 4, 0), 2),
      times: Float64Array.of(0, 10, 20, 30, 40, 50),
    },
    70,
  );
  last.push(select(numbered(6, 10), Int32Array.of(0, 2, 3), 3), 80);
  assert.deepEqual(names(last), ['r1', 'r4', 'r6', 'r8', 'r9']);
  assert.deepEqual(
    last.sample().rows.map((row) => row.time),
    [10, 40, null, null, null],
  );
  assert.deepEqual(
    last.sample().rows.map((row) => row.processed),
    [70, 70, 80, 80, 80],
  );
});

test('NULL, NaN, infinities and long texts become cells that a message can carry', () => {
  const last = new LastRows(FIELDS, 10);
  last.push(
    batchOf([
      [null, Number.NaN],
      ['x'.repeat(5000), -Infinity],
    ]),
    0,
  );
  const [first, second] = last.sample().rows;
  assert.deepEqual(first?.cells, [null, 'NaN']);
  assert.equal(second?.cells[1], '-Infinity');
  assert.equal(String(second?.cells[0]).length, 1001);
});
