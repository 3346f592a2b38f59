/** The canvas without a DOM: who may be connected, what is copied, where things are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { withPorts } from '../../engine/contract/spec.ts';
import { updating } from '../../engine/contract/types.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { SPECS, specOf } from '../../engine/specs.ts';
import { copyText, pasteEdit } from './clipboard.ts';
import { connectReason, shapeReason } from './connect.ts';
import { applyEdit } from './edits.ts';
import { edgeWidth, fillLevel } from './figures.ts';
import { drawnEdges, FlowElements } from './flow-elements.ts';
import { cardHeight, edgeNear, placePorts } from './geometry.ts';
import { arrange, CARD_WIDTH, positions } from './place.ts';
import { SPARK_HEIGHT, SPARK_WIDTH, sparkPoints } from './sparkline.ts';

const DOCUMENT: GraphDocument = {
  weir: 1,
  nodes: {
    source: { type: 'generator', config: {} },
    filter: { type: 'filter', config: { condition: 'a > 1' } },
    map: { type: 'map', config: {} },
    union: { type: 'union', config: {} },
    table: { type: 'table', config: {} },
  },
  edges: [
    { from: 'source', to: 'filter' },
    { from: 'filter', to: 'map' },
    { from: 'map', to: 'union' },
  ],
};
const GRAPH = checkGraph(DOCUMENT);
const out = (node: string) => ({ node, port: 'out' });
const into = (node: string) => ({ node, port: 'in' });

test('an edge is refused to itself, to a taken port, twice, and into a circle, each with its reason', () => {
  assert.match(shapeReason(GRAPH, out('filter'), into('filter')) ?? '', /itself/);
  assert.match(shapeReason(GRAPH, out('source'), into('map')) ?? '', /already takes an edge from “filter”/);
  assert.match(shapeReason(GRAPH, out('source'), into('filter')) ?? '', /already there/);
  assert.match(shapeReason(GRAPH, out('union'), into('source')) ?? '', /circle/);
  assert.equal(shapeReason(GRAPH, out('union'), into('table')), null);
  assert.equal(shapeReason(GRAPH, out('source'), into('union')), null, 'takes any number');
});

test('an edge whose schema does not fit is refused with the reason of the spec', () => {
  const document: GraphDocument = {
    weir: 1,
    nodes: {
      source: { type: 'generator', config: specOf('generator')?.examples[0]?.config ?? {} },
      filter: { type: 'filter', config: { condition: 'TRUE' } },
      hourly: {
        type: 'window',
        config: { window: { kind: 'tumbling', size: '1 h' }, aggregates: [{ function: 'count', as: 'n' }] },
      },
      table: { type: 'table', config: {} },
      next: {
        type: 'window',
        config: { window: { kind: 'tumbling', size: '1 h' }, aggregates: [{ function: 'count', as: 'n' }] },
      },
    },
    edges: [
      { from: 'source', to: 'hourly' },
      { from: 'source', to: 'filter' },
    ],
  };
  const graph = checkGraph(document);
  assert.equal(connectReason(graph, out('hourly'), into('table')), null);
  // Dead letters carry no event time.
  assert.match(connectReason(graph, { node: 'filter', port: 'errors' }, into('next')) ?? '', /event time/);
});

test('copied nodes come back under free ids, with the edges between them, and only these', () => {
  const text = copyText(DOCUMENT, new Set(['filter', 'map']));
  const pasted = pasteEdit(DOCUMENT, text ?? '');
  assert.deepEqual(pasted?.ids, ['filter2', 'map2']);
  const { nodes, edges } = applyEdit(DOCUMENT, pasted!.edit);
  assert.deepEqual(nodes['filter2'], DOCUMENT.nodes['filter']);
  assert.deepEqual(edges.slice(3), [{ from: 'filter2', to: 'map2' }]);
  assert.equal(copyText(DOCUMENT, new Set(['gone'])), null);
});

test('text that holds no nodes pastes nothing', () => {
  for (const text of [
    '',
    'hello',
    '{}',
    '{"weir":1,"nodes":{},"edges":[]}',
    '{"weir":1,"nodes":{"__proto__":1}}',
  ])
    assert.equal(pasteEdit(DOCUMENT, text), null);
});

test('every port is inside its card, and no two are at one place', () => {
  const route = withPorts(specOf('route')!, {
    routes: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ name, condition: 'TRUE' })),
  });
  assert.equal(route.outputs.length, 9);
  for (const spec of [...SPECS, route]) {
    const ports = placePorts(spec);
    assert.equal(ports.length, spec.inputs.length + spec.outputs.length, spec.type);
    assert.equal(new Set(ports.map((p) => `${p.side} ${p.y}`)).size, ports.length, spec.type);
    for (const port of ports)
      assert.ok(port.y > 0 && port.y < cardHeight(spec), `${spec.type} ${port.spec.name}`);
  }
});

test('nodes without a place get one each, also on a circle', () => {
  const circle: GraphDocument = { ...DOCUMENT, edges: [...DOCUMENT.edges, { from: 'union', to: 'filter' }] };
  for (const place of [positions, arrange]) {
    const places = Object.values(place(circle)).map((at) => `${at.x} ${at.y}`);
    assert.equal(places.length, 5);
    assert.equal(new Set(places).size, 5);
  }
  const { source, filter, table } = positions(DOCUMENT);
  assert.ok(filter!.x >= source!.x + CARD_WIDTH && table!.x === 0);
});

test('a drop finds the nearest edge within reach, else none', () => {
  const edges = [
    { id: 'a', from: { x: 0, y: 0 }, to: { x: 100, y: 0 } },
    { id: 'b', from: { x: 0, y: 40 }, to: { x: 100, y: 40 } },
  ];
  assert.equal(edgeNear(edges, { x: 50, y: 12 }), 'a');
  assert.equal(edgeNear(edges, { x: 50, y: 27 }), 'b');
  assert.equal(edgeNear(edges, { x: 50, y: -40 }), null);
});

test('an element that did not change stays the same object, so that it is not drawn again', () => {
  const elements = new FlowElements();
  const before = elements.nodes(DOCUMENT, new Set());
  const moved = applyEdit(DOCUMENT, { type: 'moveNodes', positions: { map: { x: 7, y: 7 } } });
  const places = positions(DOCUMENT);
  const placed = { ...moved, layout: { nodes: { ...places, map: { x: 7, y: 7 } } } };
  const after = elements.nodes(placed, new Set(['table']));
  const same = before.filter((node, i) => node === after[i]).map((node) => node.id);
  assert.deepEqual(same, ['source', 'filter', 'union']);
  const edges = elements.edges(DOCUMENT, GRAPH.edges, new Set());
  assert.equal(elements.edges(placed, GRAPH.edges, new Set())[0], edges[0]);
  assert.equal(drawnEdges(DOCUMENT, GRAPH.edges).length, 3);
});

test('an edge whose rows take back earlier ones is marked, and drawn anew when that changes', () => {
  const elements = new FlowElements();
  const checked = GRAPH.edges.map((edge) => ({ ...edge, schema: updating([], false) }));
  const [before] = elements.edges(DOCUMENT, GRAPH.edges, new Set());
  const [after] = elements.edges(DOCUMENT, checked, new Set());
  assert.deepEqual([before?.data?.updating, after?.data?.updating], [false, true]);
});

test('queues show at 60 and 85 %', () => {
  assert.deepEqual([0, 0.59, 0.6, 0.84, 0.85, 1, Number.NaN].map(fillLevel), [
    'low',
    'low',
    'high',
    'high',
    'full',
    'full',
    'low',
  ]);
  assert.deepEqual([Number.NaN, 0, 0.5, 1, 7].map(edgeWidth), [2, 2, 4, 6, 6]);
});

test('a sparkline stays inside its canvas and leaves out what is not known', () => {
  const points = sparkPoints(Float64Array.of(Number.NaN, 5, 0, 10));
  assert.equal(points.length, 6);
  assert.equal(points.at(-2), SPARK_WIDTH, 'the newest is at the right');
  for (const [i, v] of points.entries()) assert.ok(v >= 0 && v <= (i % 2 === 0 ? SPARK_WIDTH : SPARK_HEIGHT));
  assert.equal(points.at(-1), 1, 'the largest is at the top');
  assert.deepEqual(
    sparkPoints(Float64Array.of(0, 0)).filter((_, i) => i % 2 === 1),
    [13, 13],
  );
});
