import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import {
  NODE_SLOTS,
  nodeOffset,
  snapshotLength,
  type TelemetryLayout,
} from '../../engine/contract/telemetry.ts';
import {
  createDocumentStore,
  edit,
  endGesture,
  isUnsaved,
  markSaved,
  openDocument,
  redo,
  undo,
} from './document.ts';
import { applyRunMessage, beginRun, createRunStore, LOG_LINES_MAX } from './run.ts';
import { HISTORY_STEP_MS, Telemetry } from './telemetry.ts';
import { createUiStore } from './ui.ts';

const DOCUMENT: GraphDocument = { weir: 1, nodes: { a: { type: 'generator', config: {} } }, edges: [] };
const opened = () => {
  const store = createDocumentStore();
  openDocument(store, DOCUMENT, { path: null, fileName: 'a.weir' });
  return store;
};
const rename = (name: string) => ({ type: 'renameNode', id: 'a', name }) as const;
const nameOf = (store: ReturnType<typeof opened>) => store.getState().document.nodes['a']?.name;

test('edits of one gesture are one step, another gesture or a pause begins the next', () => {
  const store = opened();
  edit(store, rename('H'), 'type', 0);
  edit(store, rename('He'), 'type', 500);
  edit(store, rename('Hey'), 'type', 1000);
  edit(store, rename('Hey!'), 'type', 9000);
  edit(store, rename('Yo'), 'other', 9100);
  const names = [];
  for (; store.getState().past.length > 0; undo(store)) names.push(nameOf(store));
  assert.deepEqual(names, ['Yo', 'Hey!', 'Hey']);
  assert.equal(store.getState().document, DOCUMENT);
});

test('an ended gesture is not continued', () => {
  const store = opened();
  edit(store, rename('A'), 'move', 0);
  endGesture(store);
  edit(store, rename('B'), 'move', 10);
  undo(store);
  assert.equal(nameOf(store), 'A');
});

test('redo gives back what undo took, until an edit', () => {
  const store = opened();
  edit(store, rename('A'));
  edit(store, rename('B'));
  undo(store);
  undo(store);
  redo(store);
  assert.equal(nameOf(store), 'A');
  edit(store, rename('C'));
  redo(store);
  assert.equal(nameOf(store), 'C');
  undo(store);
  assert.equal(nameOf(store), 'A');
});

test('undo back to the saved state leaves nothing unsaved', () => {
  const store = opened();
  assert.ok(!isUnsaved(store.getState()));
  edit(store, rename('A'));
  assert.ok(isUnsaved(store.getState()));
  undo(store);
  assert.ok(!isUnsaved(store.getState()));
  edit(store, rename('B'));
  const { document } = store.getState();
  edit(store, rename('C'));
  markSaved(store, document, { path: '/b.weir', fileName: 'b.weir' });
  assert.ok(isUnsaved(store.getState()), 'edited while it was written');
  undo(store);
  assert.ok(!isUnsaved(store.getState()));
});

test('the check follows every edit of logic', () => {
  const store = opened();
  const before = store.getState().graph.problems.length;
  edit(store, { type: 'connect', from: 'a', to: 'nowhere' });
  assert.ok(store.getState().graph.problems.some((p) => p.code === 'G-EDGE'));
  undo(store);
  assert.equal(store.getState().graph.problems.length, before);
});

const LAYOUT: TelemetryLayout = {
  nodes: ['a', 'b'],
  edges: ['a→b'],
  partitions: [
    { node: 'a', name: '0' },
    { node: 'a', name: '1' },
  ],
};

function manual() {
  const pending: (() => void)[] = [];
  return { telemetry: new Telemetry((callback) => pending.push(callback)), pending };
}

test('listeners are called once a frame, however often figures come', () => {
  const { telemetry, pending } = manual();
  let calls = 0;
  const end = telemetry.subscribe(() => calls++);
  telemetry.setLayout(LAYOUT);
  const figures = new Float64Array(snapshotLength(LAYOUT));
  for (let i = 0; i < 5; i++) telemetry.push(figures);
  assert.equal(pending.length, 1);
  pending.shift()?.();
  assert.equal(calls, 1);
  telemetry.push(figures);
  end();
  pending.shift()?.();
  assert.equal(calls, 1, 'who left is not called');
});

test('figures are found by node and slot; a snapshot of another layout is left aside', () => {
  const { telemetry } = manual();
  telemetry.setLayout(LAYOUT);
  assert.ok(Number.isNaN(telemetry.node('a', 'recordsIn')));
  const figures = Float64Array.from({ length: snapshotLength(LAYOUT) }, (_, i) => i);
  assert.ok(telemetry.push(figures));
  assert.equal(telemetry.node('b', 'lateRecords'), nodeOffset(1) + NODE_SLOTS.indexOf('lateRecords'));
  assert.equal(telemetry.edge('a→b', 'records'), nodeOffset(2));
  assert.deepEqual(telemetry.partitionsOf('a'), [0, 1]);
  assert.ok(Number.isNaN(telemetry.node('gone', 'recordsIn')));
  assert.ok(!telemetry.push(new Float64Array(3)));
  assert.equal(telemetry.head('now'), 0);
});

test('history keeps a point per step, newest last', () => {
  const { telemetry } = manual();
  telemetry.setLayout(LAYOUT);
  const before = telemetry.historyStep;
  for (let step = 0; step < 3; step++) {
    for (const early of [0, 10]) {
      const figures = new Float64Array(snapshotLength(LAYOUT));
      figures[1] = step * HISTORY_STEP_MS + early;
      figures[nodeOffset(1) + NODE_SLOTS.indexOf('recordsInPerSecond')] = step + 1 + early;
      telemetry.push(figures);
    }
  }
  const into = new Float64Array(4);
  telemetry.history('b', into);
  assert.deepEqual([...into], [Number.NaN, 1, 2, 3]);
  assert.equal(telemetry.historyStep - before, 3, 'who draws it can tell that there is something new');
  telemetry.clear();
  assert.notEqual(telemetry.historyStep - before, 3, 'and that it is gone');
});

test('messages of another run change nothing, and the log is bounded', () => {
  const run = createRunStore();
  beginRun(run, 'r', DOCUMENT);
  const log = (runId: string) =>
    applyRunMessage(run, { type: 'run.log', runId, at: 0, level: 'info', node: null, text: 'x' });
  log('other');
  assert.equal(run.getState().log.length, 0);
  for (let i = 0; i < LOG_LINES_MAX + 5; i++) log('r');
  assert.equal(run.getState().log.length, LOG_LINES_MAX);
  assert.equal(run.getState().log.at(-1)?.id, LOG_LINES_MAX + 5);
});

test('the studio remembers its theme, and survives a storage that holds rubbish', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  createUiStore(storage).setState({ theme: 'dark' });
  assert.equal(createUiStore(storage).getState().theme, 'dark');
  for (const rubbish of ['{', 'null', '[]', '{"theme":7,"panelHeight":-4}']) {
    kept.set('weir.ui', rubbish);
    assert.equal(createUiStore(storage).getState().theme, 'system');
    assert.equal(createUiStore(storage).getState().panelHeight, 276);
  }
});
