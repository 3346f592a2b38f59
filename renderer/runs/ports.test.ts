import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyDocument } from '../../engine/contract/document.ts';
import { LATE_OUT, MAIN_IN, MAIN_OUT, type NodeSpec } from '../../engine/contract/spec.ts';
import type { CheckedGraph, CheckedNode } from '../../engine/plan/graph.ts';
import { portsOf, watchedPorts } from './ports.ts';

const node = (
  id: string,
  inputs: NodeSpec['inputs'],
  outputs: NodeSpec['outputs'],
): [string, CheckedNode] => [
  id,
  { id, spec: { inputs, outputs } as NodeSpec, config: {}, inputs: {}, outputs: {} },
];
const edge = (from: string, port: string, to: string) => ({
  id: `${from}:${port}→${to}`,
  from: { node: from, port },
  to: { node: to, port: 'in' },
  schema: null,
});
const graph: CheckedGraph = {
  document: emptyDocument(),
  nodes: new Map([
    node('a', [], [MAIN_OUT]),
    node('w', [MAIN_IN], [MAIN_OUT, LATE_OUT]),
    node('sink', [{ ...MAIN_IN, many: true }], []),
  ]),
  edges: [edge('a', 'out', 'w'), edge('w', 'out', 'sink'), edge('w', 'late', 'sink')],
  problems: [],
};

describe('shown ports', () => {
  it('are a node’s outputs and what arrives', () => {
    assert.deepEqual(
      portsOf(graph, 'w', (id) => id).map(({ side, node: tapped, port, role }) => [side, tapped, port, role]),
      [
        ['out', 'w', 'out', 'main'],
        ['out', 'w', 'late', 'late'],
        ['in', 'a', 'out', 'main'],
      ],
    );
  });

  it('name the sender where several edges arrive', () => {
    const shown = portsOf(graph, 'sink', (id) => `the ${id}`);
    assert.deepEqual(
      shown.map(({ label }) => label),
      ['the w', 'the w'],
    );
    assert.equal(new Set(shown.map(({ key }) => key)).size, 2);
  });

  it('are watched once each', () => {
    const ports = watchedPorts(graph, new Set(['w', 'sink']), new Set(['a:out→w']));
    assert.deepEqual(ports.map(({ node: tapped, port }) => `${tapped}:${port}`).sort(), [
      'a:out',
      'w:late',
      'w:out',
    ]);
    assert.deepEqual(watchedPorts(graph, new Set(), new Set()), []);
  });
});
