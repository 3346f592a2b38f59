import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckpointReport, KeptCheckpoint } from '../../../engine/contract/checkpoints.ts';
import { checkpointRows, growthOf } from './model.ts';

const report = (id: number, more: Partial<CheckpointReport> = {}): CheckpointReport => ({
  id,
  name: null,
  status: 'complete',
  takenAt: 1000 * id,
  tookMs: 20,
  stalledMs: 2,
  bytes: 100 * id,
  writtenBytes: 10,
  nodes: [
    { node: 'out', bytes: 10, alignedMs: 12 },
    { node: 'sum', bytes: 90 * id, alignedMs: 0 },
  ],
  cause: null,
  ...more,
});

const kept = (id: number, name: string | null = null): KeptCheckpoint => ({
  id,
  name,
  takenAt: 1000 * id,
  tookMs: 30,
  bytes: 70,
  writtenBytes: 70,
  nodes: [{ node: 'sum', bytes: 70 }],
});

test('newest first; what the keeping removed is said to be gone, savepoints never', () => {
  const rows = checkpointRows(
    [report(4), report(5, { name: 'before' }), report(6), report(7, { status: 'failed', cause: 'full' })],
    [kept(3), kept(2, 'old'), kept(1)],
    2,
  );
  assert.deepEqual(
    rows.map(({ id, place }) => [id, place]),
    [
      [7, 'none'],
      [6, 'here'],
      [5, 'here'],
      [4, 'here'],
      [3, 'gone'],
      [2, 'here'],
      [1, 'gone'],
    ],
  );
});

test('after the run the disk says what is there: a savepoint that was deleted is gone', () => {
  const rows = checkpointRows([report(1, { name: 'old' }), report(2)], [kept(2)], 3, true);
  assert.deepEqual(
    rows.map(({ id, place }) => [id, place]),
    [
      [2, 'here'],
      [1, 'gone'],
    ],
  );
});

test('the longest alignment names its node, and nodes stand by size', () => {
  const [row] = checkpointRows([report(1)], [], 3);
  assert.deepEqual(row?.aligned, { node: 'out', ms: 12 });
  assert.deepEqual(
    row?.nodes.map(({ node }) => node),
    ['sum', 'out'],
  );
  const [waiting] = checkpointRows(
    [report(1, { status: 'running', nodes: [{ node: 'out', bytes: null, alignedMs: null }] })],
    [],
    3,
  );
  assert.equal(waiting?.aligned, null);
  assert.equal(waiting?.place, 'none', 'nobody goes on from what is not complete');
});

test('the one that a run went on from keeps what the disk knows of it', () => {
  const [row] = checkpointRows([report(9, { status: 'restored', nodes: [], bytes: null })], [kept(9)], 3);
  assert.deepEqual([row?.status, row?.bytes, row?.place], ['restored', 70, 'here']);
});

test('growth: all state, and a line for each of the largest nodes; failed ones have no size', () => {
  const rows = checkpointRows([report(1), report(2, { status: 'failed', bytes: null }), report(3)], [], 3);
  const growth = growthOf(rows, 'all', (node) => node.toUpperCase());
  assert.deepEqual(growth?.x, [1000, 3000]);
  assert.deepEqual(growth?.series, [
    { name: 'all', y: [100, 300] },
    { name: 'SUM', y: [90, 270] },
    { name: 'OUT', y: [10, 10] },
  ]);
  assert.equal(growthOf(rows.slice(0, 1), 'all', String), null);
});
