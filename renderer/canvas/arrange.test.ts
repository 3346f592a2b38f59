import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js';
import type { GraphDocument, Position } from '../../engine/contract/document.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { specOf } from '../../engine/specs.ts';
import { studioOf } from '../engine-client/fake.ts';
import { edit, openDocument, undo } from '../store/document.ts';
import { arrangeDocument } from './arrange.ts';
import { elkGraph, elkPositions } from './elk-graph.ts';
import { cardHeight } from './geometry.ts';
import { CARD_WIDTH } from './place.ts';

// The library as the worker has it, in this process: its types only describe it as an ES module.
const Elk = createRequire(import.meta.url)('elkjs/lib/elk.bundled.js') as new () => ELK;
const elk = new Elk();
const layOut = async (graph: ElkNode): Promise<ElkNode> => (await elk.layout(graph)) as ElkNode;

const DOCUMENT: GraphDocument = {
  weir: 1,
  nodes: {
    table: { type: 'table', config: {} },
    late: { type: 'table', config: {} },
    hourly: { type: 'window', config: {} },
    filter: { type: 'filter', config: { condition: 'TRUE' } },
    source: { type: 'generator', config: {} },
    alone: { type: 'generator', config: {} },
  },
  edges: [
    { from: 'source', to: 'filter' },
    { from: 'filter', to: 'hourly' },
    { from: 'hourly', to: 'table' },
    { from: 'hourly:late', to: 'late' },
  ],
};

async function arranged(document: GraphDocument): Promise<Record<string, Position>> {
  return elkPositions(document, await layOut(elkGraph(document, checkGraph(document).edges)));
}

function overlaps(document: GraphDocument, at: Record<string, Position>): string[] {
  const ids = Object.keys(document.nodes);
  const height = (id: string): number => cardHeight(specOf(document.nodes[id]?.type ?? ''));
  return ids.flatMap((a, i) =>
    ids.slice(i + 1).flatMap((b) => {
      const [p, q] = [at[a]!, at[b]!];
      const apart =
        p.x + CARD_WIDTH <= q.x ||
        q.x + CARD_WIDTH <= p.x ||
        p.y + height(a) <= q.y ||
        q.y + height(b) <= p.y;
      return apart ? [] : [`${a} ${b}`];
    }),
  );
}

test('what follows stands to the right of what it follows, and no card covers another', async () => {
  const at = await arranged(DOCUMENT);
  for (const [from, to] of [
    ['source', 'filter'],
    ['filter', 'hourly'],
    ['hourly', 'table'],
    ['hourly', 'late'],
  ] as const)
    assert.ok(at[from]!.x + CARD_WIDTH < at[to]!.x, `${from} before ${to}`);
  assert.deepEqual(overlaps(DOCUMENT, at), []);
  assert.equal(at['source']!.y, at['filter']!.y, 'a straight chain is drawn straight');
  assert.ok(at['late']!.y > at['table']!.y, 'the late port is the lower one');
});

test('circles, unknown nodes and unknown ports are laid out too, and the graph stays where it began', async () => {
  const document: GraphDocument = {
    weir: 1,
    nodes: {
      a: { type: 'union', config: {} },
      b: { type: 'filter', config: {} },
      c: { type: 'no such type', config: {} },
    },
    edges: [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
      { from: 'b', to: 'c' },
    ],
    layout: { nodes: { a: { x: -400, y: 80 }, b: { x: 0, y: 500 }, c: { x: 20, y: 520 } } },
  };
  const at = await arranged(document);
  assert.deepEqual(overlaps(document, at), []);
  assert.equal(Math.min(...Object.values(at).map(({ x }) => x)), -400);
  assert.equal(Math.min(...Object.values(at).map(({ y }) => y)), 80);
});

test('it is one step of undo, of the layout alone', async () => {
  const { studio } = studioOf();
  openDocument(studio.document, DOCUMENT, { path: null, fileName: 'a.weir' });
  await arrangeDocument(studio, layOut);
  const { document, past } = studio.document.getState();
  assert.equal(past.length, 1);
  assert.deepEqual(Object.keys(document.layout?.nodes ?? {}), Object.keys(DOCUMENT.nodes));
  assert.equal(document.nodes, DOCUMENT.nodes);
  undo(studio.document);
  assert.equal(studio.document.getState().document, DOCUMENT);
});

test('edits made meanwhile stay, and another document is left alone', async () => {
  const { studio } = studioOf();
  openDocument(studio.document, DOCUMENT, { path: null, fileName: 'a.weir' });
  const arranging = arrangeDocument(studio, layOut);
  edit(studio.document, { type: 'removeNodes', ids: ['late'] });
  await arranging;
  const { document } = studio.document.getState();
  assert.ok(document.layout?.nodes['table'] !== undefined);
  assert.ok(!Object.hasOwn(document.layout?.nodes ?? {}, 'late'));

  const second = arrangeDocument(studio, layOut);
  openDocument(studio.document, DOCUMENT, { path: null, fileName: 'b.weir' });
  await second;
  assert.equal(studio.document.getState().document, DOCUMENT);
});

test('without the library nodes stand in columns', async () => {
  const { studio } = studioOf();
  openDocument(studio.document, DOCUMENT, { path: null, fileName: 'a.weir' });
  await arrangeDocument(studio, () => Promise.reject(new Error('no worker')));
  const at = studio.document.getState().document.layout?.nodes ?? {};
  assert.ok(at['source']!.x < at['filter']!.x && at['filter']!.x < at['hourly']!.x);
});
