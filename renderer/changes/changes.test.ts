import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { diffDocuments, nodesOf } from '../../engine/plan/diff.ts';
import { printChanges } from '../../engine/plan/diff-text.ts';
import { applyEdit, type Edit, freshId } from '../canvas/edits.ts';
import { compareWithRun } from './not-running.ts';
import { groupChanges } from './say.ts';
import { takeBack } from './take-back.ts';

const DOCUMENT: GraphDocument = {
  weir: 1,
  name: 'Doc',
  nodes: {
    rows: {
      type: 'generator',
      config: { data: { kind: 'rows', schema: [{ name: 'n', type: 'INT' }], rows: [{ n: 1 }, { n: 2 }] } },
    },
    some: { type: 'filter', name: 'Some', config: { condition: 'n > 1' } },
    all: { type: 'union', config: {} },
    out: { type: 'table', config: {} },
  },
  edges: [
    { from: 'rows', to: 'some' },
    { from: 'some', to: 'all' },
    { from: 'rows', to: 'all' },
    { from: 'all', to: 'out' },
  ],
  layout: {
    nodes: { rows: { x: 0, y: 0 }, some: { x: 300, y: 0 }, all: { x: 600, y: 0 }, out: { x: 900, y: 0 } },
  },
};
const after = (...edits: Edit[]): GraphDocument => edits.reduce(applyEdit, DOCUMENT);

/** Numbers from 0 below `below`, the same for a seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One of all kinds, at nodes that are there; and what it touches. */
function randomEdit(document: GraphDocument, random: (below: number) => number, n: number): [Edit, string[]] {
  const ids = Object.keys(document.nodes);
  const [id = '', other = ''] = [ids[random(ids.length)], ids[random(ids.length)]];
  const edge = document.edges[random(document.edges.length)];
  // No two alike, so that none undoes another, and none is told as a rename.
  const node = { type: 'filter', config: { condition: `n > ${1000 + n}` } };
  const fresh = freshId(document.nodes, `new${n}`);
  const at = { x: 10 * n + 5000, y: n };
  switch (random(9)) {
    case 0:
      return [{ type: 'addNode', id: fresh, node, at }, [fresh]];
    case 1:
      return [{ type: 'setConfig', id, config: { ...document.nodes[id]?.config, [`k${n}`]: [n] } }, [id]];
    case 2:
      return [{ type: 'renameNode', id, name: `name ${n}` }, [id]];
    case 3:
      return [{ type: 'setNote', id, note: `note ${n}` }, [id]];
    case 4:
      return [{ type: 'connect', from: `${id}:p${n}`, to: other }, [id, other]];
    case 5:
      return [{ type: 'moveNodes', positions: { [id]: at } }, [id]];
    case 6:
      return [
        { type: 'insert', nodes: { [fresh]: node }, edges: [{ from: fresh, to: id }], positions: {} },
        [fresh, id],
      ];
    case 7:
      return [{ type: 'setSettings', settings: { seed: n } }, []];
    default:
      return edge === undefined
        ? [{ type: 'setAbout', name: `n${n}`, description: null }, []]
        : [{ type: 'spliceNode', edge: `${edge.from}→${edge.to}`, id: fresh, node, at }, [fresh]];
  }
}

test('whatever was edited, every touched node is named, and all can be taken back one by one', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = randomOf(seed * 7919);
    let now = DOCUMENT;
    const touched = new Set<string>();
    for (let n = 1; n <= 1 + random(8); n++) {
      const [edit, nodes] = randomEdit(now, random, n);
      const next = applyEdit(now, edit);
      for (const id of next === now ? [] : nodes) touched.add(id);
      now = next;
    }
    if (random(2) === 0) {
      const ids = Object.keys(now.nodes);
      const gone = ids[random(ids.length)] ?? '';
      now = applyEdit(now, { type: 'removeNodes', ids: [gone] });
      // A node that came and went was never there; an edge to it neither.
      touched.clear();
      if (Object.hasOwn(DOCUMENT.nodes, gone)) touched.add(gone);
    }
    assert.deepEqual(diffDocuments(now, structuredClone(now)), []);
    const changes = diffDocuments(DOCUMENT, now);
    const named = new Set(changes.flatMap(nodesOf));
    for (const id of touched)
      assert.ok(named.has(id), `seed ${seed}: ${id} in ${printChanges(changes).join('; ')}`);
    assert.equal(takenBackAll(now).join('\n'), '', `seed ${seed}: ${printChanges(changes).join('; ')}`);
  }
});

/** What is left when every change that can be taken back was. */
function takenBackAll(edited: GraphDocument): string[] {
  let now = edited;
  for (let rounds = 0; rounds < 200; rounds++) {
    const changes = diffDocuments(DOCUMENT, now);
    const edits = changes.flatMap((change) => {
      const found = takeBack(change, DOCUMENT, now);
      return found === null ? [] : [found];
    });
    const [first] = edits;
    if (first === undefined) return printChanges(changes);
    const next = first.reduce(applyEdit, now);
    assert.notEqual(next, now, 'a change that is taken back changes the document');
    now = next;
  }
  assert.fail('taking back does not come to an end');
}

test('one setting is taken back, the other stays; an item of a list comes back at its place', () => {
  const now = after({
    type: 'setConfig',
    id: 'rows',
    config: { rate: 3, data: { kind: 'rows', schema: [{ name: 'n', type: 'INT' }], rows: [{ n: 2 }] } },
  });
  const changes = diffDocuments(DOCUMENT, now);
  const item = changes.find((change) => change.kind === 'setting' && change.path[0] === 'data');
  assert.ok(item !== undefined);
  const edits = takeBack(item, DOCUMENT, now) ?? [];
  assert.deepEqual(edits.reduce(applyEdit, now).nodes['rows']?.config, {
    rate: 3,
    ...DOCUMENT.nodes['rows']?.config,
  });
});

test('a removed node comes back with its edges and its place', () => {
  const now = after({ type: 'removeNodes', ids: ['some'] });
  const removed = diffDocuments(DOCUMENT, now).find(({ kind }) => kind === 'node-removed');
  assert.ok(removed !== undefined);
  const back = (takeBack(removed, DOCUMENT, now) ?? []).reduce(applyEdit, now);
  // It comes behind what was connected before, and that is told.
  assert.deepEqual(printChanges(diffDocuments(DOCUMENT, back)), [
    '~ order of edges to all:in: some:out, rows:out → rows:out, some:out',
  ]);
  assert.deepEqual(takenBackAll(now), []);
  // Its edges alone have no end to go to.
  const edge = diffDocuments(DOCUMENT, now).find(({ kind }) => kind === 'edge-removed');
  assert.ok(edge !== undefined);
  assert.equal(takeBack(edge, DOCUMENT, now), null);
});

test('changes stand under the node that they are about, the others under what they are', () => {
  const now = after(
    { type: 'setConfig', id: 'some', config: { condition: 'n > 2' } },
    { type: 'renameNode', id: 'some', name: 'Few' },
    { type: 'disconnect', from: 'all', to: 'out' },
    { type: 'setSettings', settings: { seed: 1 } },
  );
  const groups = groupChanges(diffDocuments(DOCUMENT, now), DOCUMENT, now);
  assert.deepEqual(
    groups.map(({ title, node, changes }) => [title, node, changes.map(({ what }) => what)]),
    [
      ['Run settings', null, ['seed']],
      ['Few', 'some', ['condition', 'name']],
      ['Edges', null, ['all → out']],
    ],
  );
});

test('a card says what of its node is not what runs, and nothing of names and places', () => {
  const now = after(
    { type: 'setConfig', id: 'some', config: { condition: 'n > 2' } },
    { type: 'renameNode', id: 'out', name: 'Few' },
    { type: 'moveNodes', positions: { out: { x: 1, y: 1 } } },
    { type: 'removeNodes', ids: ['rows'] },
  );
  assert.deepEqual(
    [...compareWithRun(DOCUMENT, now)],
    [
      ['some', 'condition "n > 1" → "n > 2"; − rows → some'],
      ['all', '− rows → all'],
    ],
  );
});
