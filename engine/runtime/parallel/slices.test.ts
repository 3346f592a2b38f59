/** State in slices, on one worker: the same results, and checkpoints that only another number of slices cannot read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '../../batch/batch.ts';
import { rowAt } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/builder.ts';
import { InternTable } from '../../batch/column.ts';
import { BIGINT, DOUBLE, type Field, STRING } from '../../contract/types.ts';
import { hashNumber } from '../../state/hash.ts';
import { inOrder } from './in-order.ts';
import { SliceOfRows } from './key-hash.ts';
import { Splitter } from './split.ts';

const FIELDS: readonly Field[] = [
  { name: 'text', type: STRING, nullable: true },
  { name: 'number', type: DOUBLE, nullable: true },
  { name: 'big', type: BIGINT, nullable: true },
];

function batchOf(
  rows: readonly (readonly (string | number | bigint | null)[])[],
  table?: InternTable,
): Batch {
  const builder = new BatchBuilder(FIELDS, [table ?? null]);
  for (const row of rows) builder.push(row);
  return builder.take(0);
}

const slices = (batch: Batch, columns: readonly number[]): number[] => [
  ...new SliceOfRows(columns, 1000).resolve(batch).subarray(0, batch.length),
];

test('equal values have one slice, whatever their codes and columns', () => {
  const table = new InternTable();
  for (const text of ['z', 'y', 'x']) table.code(text);
  const rows = [
    ['a', 1, 1],
    ['b', -0, 0],
    [null, null, null],
    ['a', Number.NaN, 2],
  ] as const;
  const interned = batchOf(rows, table);
  const plain = batchOf(rows);
  for (const columns of [[0], [1], [2], [0, 1], [2, 1, 0]])
    assert.deepEqual(slices(interned, columns), slices(plain, columns), String(columns));
  const wide = batchOf([
    ['a', 1, 1],
    ['b', 0, 0],
    [null, null, null],
    ['a', Number.NaN, 2],
    ['c', 3, 2n ** 60n],
  ]);
  assert.deepEqual(
    slices(wide, [1, 2]).slice(0, 4),
    slices(plain, [1, 2]),
    'numbers beside a bigint; -0 and 0',
  );
  const [first, second, none, fourth] = slices(plain, [0]);
  assert.equal(first, fourth);
  assert.equal(new Set([first, second, none]).size, 3);
});

test('keys spread over all slices', () => {
  for (const column of [0, 1]) {
    const rows = Array.from({ length: 8000 }, (_, i) => [`key ${i}`, i, i] as const);
    const counts = new Int32Array(8);
    for (const slice of new SliceOfRows([column], 8).resolve(batchOf(rows)).subarray(0, 8000))
      counts[slice] = (counts[slice] ?? 0) + 1;
    for (const count of counts) assert.ok(count > 850 && count < 1150, `${column}: ${counts.join(' ')}`);
  }
});

test('keys of one slice have no bits of the hash in common by which tables find them', () => {
  const rows = Array.from({ length: 8000 }, (_, i) => [`key ${i}`, i, i] as const);
  const found = new SliceOfRows([1], 8).resolve(batchOf(rows));
  const places = new Set<number>();
  let keys = 0;
  for (let i = 0; i < 8000; i++) {
    if (found[i] !== 3) continue;
    keys++;
    places.add(hashNumber(i) & 4095);
  }
  // Thrown at random into 4096 places, about 890 of 1000 are alone or first; in an eighth of the places it were 430 at most.
  assert.ok(places.size > keys * 0.8, `${keys} keys at ${places.size} places`);
});

test('a split keeps the order of rows, and what is not selected is left out', () => {
  const batch = batchOf(Array.from({ length: 10 }, (_, i) => ['t', i, i] as const));
  const selected = { ...batch, selection: Int32Array.from([1, 2, 4, 5, 7, 9]), count: 6 };
  const got: Record<number, unknown[]> = {};
  new Splitter(3).split(selected, Int32Array.from([0, 2, 1, 0, 2, 2, 0, 1, 0, 1]), (part, rows) => {
    got[part] = Array.from(
      { length: rows.count },
      (_, k) => rowAt(rows, FIELDS, rows.selection?.[k] ?? k)['number'],
    );
  });
  assert.deepEqual(got, { 1: [2, 7, 9], 2: [1, 4, 5] });
});

test('what slices give comes in the order of watermarks, and rows of one batch in theirs', () => {
  const marked = (marks: readonly number[], from: number): Batch => ({
    ...batchOf(marks.map((_, i) => [`${from + i}`, from + i, from + i] as const)),
    times: Float64Array.from(marks),
    watermarks: Float64Array.from(marks),
  });
  const numbers = (batches: readonly Batch[]): unknown[] =>
    batches.flatMap((b) =>
      Array.from({ length: b.count }, (_, k) => rowAt(b, FIELDS, b.selection?.[k] ?? k)),
    );
  const merged = inOrder([[marked([1, 5, 9], 0)], [marked([2, 2], 10), marked([7], 20)], []]);
  assert.deepEqual(
    numbers(merged),
    [0, 10, 11, 1, 20, 2].map((n) => ({ text: String(n), number: n, big: n })),
  );
  assert.deepEqual([...(merged[0]?.watermarks ?? [])], [1, 2, 2, 5, 7, 9]);
  const whole = marked([3, 3, 4, 4], 0);
  const [same, ...others] = inOrder([
    [{ ...whole, selection: Int32Array.from([1, 3]), count: 2 }],
    [{ ...whole, selection: Int32Array.from([0, 2]), count: 2 }],
  ]);
  assert.deepEqual([...(same?.selection ?? [])], [0, 1, 2, 3]);
  assert.equal(others.length, 0);
  assert.equal(same?.columns[0], whole.columns[0], 'nothing is copied');
});
