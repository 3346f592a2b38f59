import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { applyEdit, type Edit, freshId, printEndpoint } from './edits.ts';
import { CARD_WIDTH, GAP_X } from './place.ts';

const DOCUMENT: GraphDocument = {
  weir: 1,
  nodes: {
    source: { type: 'generator', config: {} },
    hourly: { type: 'window', name: 'Hourly', config: { keys: ['origin'] } },
    table: { type: 'table', config: {} },
    late: { type: 'table', config: {} },
  },
  edges: [
    { from: 'source', to: 'hourly' },
    { from: 'hourly', to: 'table' },
    { from: 'hourly:late', to: 'late' },
  ],
  layout: {
    nodes: {
      source: { x: 0, y: 0 },
      hourly: { x: 252, y: 0 },
      table: { x: 504, y: 0 },
      late: { x: 504, y: 160 },
    },
  },
};

const after = (...edits: Edit[]): GraphDocument => edits.reduce(applyEdit, DOCUMENT);

test('no edit changes the document that it is given', () => {
  const before = structuredClone(DOCUMENT);
  const filter = { type: 'filter', config: {} };
  after(
    { type: 'addNode', id: 'filter', node: filter, at: { x: 1, y: 2 } },
    { type: 'moveNodes', positions: { source: { x: 9, y: 9 } } },
    { type: 'setConfig', id: 'hourly', config: {} },
    { type: 'renameNode', id: 'hourly', name: 'X' },
    { type: 'setNote', id: 'hourly', note: 'N' },
    { type: 'connect', from: 'source', to: 'late' },
    { type: 'disconnect', from: 'source', to: 'hourly' },
    { type: 'spliceNode', edge: 'hourly→table', id: 'f', node: filter, at: { x: 0, y: 0 } },
    { type: 'setSettings', settings: { seed: 3 } },
    { type: 'setAbout', name: 'N', description: 'D' },
    { type: 'removeNodes', ids: ['table'] },
    { type: 'removeEdges', ids: ['source→hourly'] },
  );
  assert.deepEqual(DOCUMENT, before);
});

test('removing a node removes its edges and its place', () => {
  const { nodes, edges, layout } = after({ type: 'removeNodes', ids: ['hourly'] });
  assert.deepEqual(Object.keys(nodes), ['source', 'table', 'late']);
  assert.deepEqual(edges, []);
  assert.deepEqual(Object.keys(layout?.nodes ?? {}), ['source', 'table', 'late']);
});

test('removing an edge leaves its ends', () => {
  const { nodes, edges } = after({ type: 'removeEdges', ids: ['hourly:late→late'] });
  assert.equal(Object.keys(nodes).length, 4);
  assert.deepEqual(edges, DOCUMENT.edges.slice(0, 2));
});

test('a spliced node takes over the ends of the edge, in its place, and what follows makes room', () => {
  const { edges, layout } = after({
    type: 'spliceNode',
    edge: 'hourly→table',
    id: 'filter',
    node: { type: 'filter', config: {} },
    at: { x: 400, y: 10 },
  });
  assert.deepEqual(edges, [
    { from: 'source', to: 'hourly' },
    { from: 'hourly', to: 'filter' },
    { from: 'filter', to: 'table' },
    { from: 'hourly:late', to: 'late' },
  ]);
  assert.deepEqual(layout?.nodes['filter'], { x: 252 + CARD_WIDTH + GAP_X, y: 0 });
  assert.deepEqual(layout?.nodes['table'], { x: 252 + 2 * (CARD_WIDTH + GAP_X), y: 0 });
  assert.deepEqual(layout?.nodes['late'], { x: 504, y: 160 }, 'not downstream of the edge: stays');
});

test('a node spliced where there is room moves nothing else', () => {
  const wide = applyEdit(DOCUMENT, { type: 'moveNodes', positions: { table: { x: 1200, y: 0 } } });
  const { layout } = applyEdit(wide, {
    type: 'spliceNode',
    edge: 'hourly→table',
    id: 'filter',
    node: { type: 'filter', config: {} },
    at: { x: 0, y: 0 },
  });
  assert.deepEqual(layout?.nodes['table'], { x: 1200, y: 0 });
  assert.deepEqual(layout?.nodes['filter'], { x: 728, y: 0 });
});

test('what changes nothing gives the same document back', () => {
  assert.equal(after({ type: 'connect', from: 'source', to: 'hourly' }), DOCUMENT);
  assert.equal(after({ type: 'moveNodes', positions: { source: { x: 0, y: 0 } } }), DOCUMENT);
  assert.equal(after({ type: 'disconnect', from: 'late', to: 'source' }), DOCUMENT);
  assert.equal(after({ type: 'setConfig', id: 'gone', config: {} }), DOCUMENT);
});

test('an empty name or note is no key at all', () => {
  const { nodes } = after(
    { type: 'renameNode', id: 'hourly', name: null },
    { type: 'setNote', id: 'hourly', note: '' },
  );
  assert.deepEqual(nodes['hourly'], { type: 'window', config: { keys: ['origin'] } });
  assert.ok(!Object.hasOwn(after({ type: 'setSettings', settings: null }), 'settings'));
});

test('fresh ids count up, and endpoints name the port only where it is not the only main one', () => {
  assert.equal(freshId({}, 'filter'), 'filter');
  assert.equal(freshId({ filter: 1, filter2: 1 }, 'filter'), 'filter3');
  assert.equal(printEndpoint(DOCUMENT, 'hourly', 'out', 'from'), 'hourly');
  assert.equal(printEndpoint(DOCUMENT, 'hourly', 'late', 'from'), 'hourly:late');
});
