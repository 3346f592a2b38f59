import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from '../../../engine/contract/link.ts';
import { diffRows } from './diff-rows.ts';

const sample = (cells: readonly (string | number | null)[][], total = cells.length): Sample => ({
  columns: [{ name: 'k', type: 'STRING' }],
  rows: cells.map((row, i) => ({ time: null, processed: i, cells: [...row] })),
  total,
});
const cellsOf = (rows: Sample['rows']) => rows.map(({ cells }) => cells[0]);

test('rows are compared as multisets, whatever their order', () => {
  const found = diffRows(
    sample([['a'], ['b'], ['b'], [null]]),
    sample([['b'], ['null'], ['a'], ['c'], ['a']]),
  );
  assert.deepEqual(cellsOf([...found.onlyA]), ['b', null]);
  assert.deepEqual(cellsOf([...found.onlyB]).sort(), ['a', 'c', 'null']);
  assert.equal(found.both, 2);
  assert.ok(found.whole);
});

test('what a row does counts; other columns share no row; a sample that is not all says so', () => {
  const a = sample([['a']]);
  const deleted: Sample = { ...a, rows: [{ time: null, change: '-D', cells: ['a'] }] };
  assert.equal(diffRows(a, deleted).both, 0);
  const other = { ...a, columns: [{ name: 'k', type: 'BIGINT' }] };
  assert.equal(diffRows(a, other).both, 0);
  assert.equal(diffRows(a, other).sameColumns, false);
  assert.equal(diffRows(a, sample([['a']], 300)).whole, false);
});
