import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zFault } from '../../../engine/contract/chaos.ts';
import type { GraphDocument } from '../../../engine/contract/document.ts';
import { checkGraph } from '../../../engine/plan/check.ts';
import { specOf } from '../../../engine/specs.ts';
import { faultSentence } from '../../canvas/fault-text.ts';
import { FAULT_SHAPES, newFault, nodesFor, shapeOf, withValue } from './fault-shapes.ts';

const DOCUMENT: GraphDocument = {
  weir: 1,
  nodes: {
    source: { type: 'generator', name: 'Orders', config: specOf('generator')?.examples[0]?.config ?? {} },
    table: { type: 'table', config: {} },
  },
  edges: [{ from: 'source', to: 'table' }],
};
const GRAPH = checkGraph(DOCUMENT);

test('every failure of the engine is offered, begins valid, and is told by a sentence of its own', () => {
  const kinds = new Set(zFault.options.map((option) => option.shape.kind.value));
  const sentences = new Set<string>();
  for (const shape of FAULT_SHAPES) {
    const fault = newFault(GRAPH, shape);
    assert.ok(fault !== null && zFault.safeParse(fault).success, shape.id);
    assert.equal(shapeOf(fault), shape, 'it is found again by what it is');
    for (const { key, empty } of shape.fields)
      assert.ok(empty !== undefined || key in fault, `${shape.id} has ${key}`);
    kinds.delete(fault.kind);
    sentences.add(faultSentence(DOCUMENT, fault));
  }
  assert.deepEqual([...kinds], []);
  assert.equal(sentences.size, FAULT_SHAPES.length);
  assert.ok(
    [...sentences].every((text) => !/[{}]/.test(text)),
    'nothing is left out of a sentence',
  );
});

test('a node is offered where the failure can happen to it', () => {
  const slow = FAULT_SHAPES.find(({ id }) => id === 'slow');
  assert.ok(slow?.fields[0] !== undefined);
  assert.deepEqual(nodesFor(GRAPH, slow.fields[0]), ['table']);
  assert.equal(newFault(checkGraph({ weir: 1, nodes: {}, edges: [] }), slow), null);
});

test('a value that is none is not taken, and said why; what may be left out can be', () => {
  const kill = { kind: 'kill', after: '10 s', until: '20 s' } as const;
  assert.deepEqual(withValue(kill, 'until', undefined), { fault: { kind: 'kill', after: '10 s' } });
  const bad = withValue(kill, 'after', 'soon');
  assert.ok('reason' in bad && bad.reason.startsWith('Expected a duration'));
  assert.ok('reason' in withValue({ kind: 'bad', source: 'source', chance: 0.1 }, 'chance', 1.5));
});
