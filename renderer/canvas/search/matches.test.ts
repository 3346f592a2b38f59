import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDocument } from '../../../engine/contract/parse.ts';
import { matchingNodes } from './matches.ts';

const parsed = parseDocument(
  JSON.stringify({
    weir: 1,
    nodes: {
      b: { type: 'filter', config: { condition: 'delay > 60' } },
      a: { type: 'file', name: 'Flights', note: 'by airport', config: { path: 'data/x.csv' } },
      c: { type: 'window', config: { window: { kind: 'tumbling', size: '1 h' } } },
    },
    edges: [],
    layout: { nodes: { a: { x: 0, y: 0 }, b: { x: 300, y: 0 }, c: { x: 300, y: -200 } } },
  }),
);
assert.ok(parsed.ok);
const { value } = parsed;
const find = (text: string) =>
  matchingNodes(value, text, (type) => (type === 'window' ? 'ウィンドウ' : type));

test('by name, note, type, its name in the studio, and settings, as one reads', () => {
  assert.deepEqual(find('flights'), ['a']);
  assert.deepEqual(find('AIRPORT'), ['a']);
  assert.deepEqual(find('delay'), ['b']);
  assert.deepEqual(find('tumbling'), ['c']);
  assert.deepEqual(find('ウィンドウ'), ['c']);
  assert.deepEqual(find('i'), ['a', 'c', 'b']);
  assert.deepEqual(find('  '), []);
  assert.deepEqual(find('nowhere'), []);
});
