import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckpointReport, KeptCheckpoint } from '../../engine/contract/checkpoints.ts';
import { problem } from '../../engine/contract/problems.ts';
import { ownerOf, refusalOf, unfinishedOf } from './checkpoints.ts';

const SETTINGS = { checkpoints: {} };
const KEPT: KeptCheckpoint = {
  id: 4,
  name: null,
  takenAt: 1,
  tookMs: 1,
  bytes: 1,
  writtenBytes: 1,
  nodes: [],
};
const report = (id: number, status: CheckpointReport['status']): [number, CheckpointReport] => [
  id,
  { ...KEPT, id, status, stalledMs: 0, cause: null, nodes: [] },
];
const IDLE = { kept: null, status: 'none', checkpoints: new Map(), owner: null } as const;
const kept = (state: 'unfinished' | 'ended') => ({ state, owner: 'a', checkpoints: [KEPT], broken: [] });

test('what an earlier run left is offered where it did not finish, and the document still asks for checkpoints', () => {
  assert.equal(unfinishedOf({ ...IDLE, kept: kept('unfinished') }, SETTINGS)?.id, 4);
  assert.equal(unfinishedOf({ ...IDLE, kept: kept('unfinished') }, {}), null);
  assert.equal(unfinishedOf({ ...IDLE, kept: kept('ended') }, SETTINGS), null);
  assert.equal(unfinishedOf({ ...IDLE, status: 'running', kept: kept('unfinished') }, SETTINGS), null);
});

test('where the engine died, what it had told of counts: the newest that is complete', () => {
  const run = {
    ...IDLE,
    status: 'ended',
    owner: 'a',
    checkpoints: new Map([report(2, 'restored'), report(3, 'complete'), report(4, 'failed')]),
  } as const;
  assert.equal(unfinishedOf(run, SETTINGS)?.id, 3);
  assert.equal(unfinishedOf({ ...run, kept: kept('ended') }, SETTINGS), null, 'it ended in order');
  assert.equal(unfinishedOf({ ...run, owner: null }, SETTINGS), null, 'it took none');
});

test('a refusal names the nodes that cannot take their state over', () => {
  const refused = (path: (string | number)[], code = 'K-STATE') =>
    problem(code as 'K-STATE', { path, message: 'no', next: 'undo' });
  assert.deepEqual(
    refusalOf('first', [refused(['nodes', 'a']), refused(['nodes', 'b', 'config']), refused(['nodes', 'a'])]),
    { from: 'first', nodes: ['a', 'b'] },
  );
  assert.equal(refusalOf(3, [refused([], 'K-BROKEN')]), null);
});

test('documents without a file are told apart as long as the window is open', () => {
  const unsaved = { file: { path: null, fileName: 'a.weir' }, session: 1 };
  assert.notEqual(ownerOf(unsaved), ownerOf({ ...unsaved, session: 2 }));
  assert.equal(ownerOf({ file: { path: '/a.weir', fileName: 'a.weir' }, session: 3 }), '/a.weir');
});
