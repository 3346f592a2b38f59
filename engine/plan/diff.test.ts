import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphDocument } from '../contract/document.ts';
import { diffDocuments, isLogic } from './diff.ts';
import { printChanges } from './diff-text.ts';
import { valueChanges } from './diff-values.ts';

const DOCUMENT: GraphDocument = {
  weir: 1,
  settings: { seed: 1, checkpoints: { every: '10 s' } },
  nodes: {
    rows: { type: 'generator', config: { rate: 10, data: { kind: 'rows', rows: [{ n: 1 }, { n: 2 }] } } },
    large: { type: 'filter', name: 'Large', config: { condition: 'n > 1' } },
    twice: { type: 'map', config: { compute: [{ name: 'm', expression: 'n * 2' }] } },
    all: { type: 'union', config: {} },
    out: { type: 'table', config: {} },
  },
  edges: [
    { from: 'rows', to: 'large' },
    { from: 'large', to: 'twice' },
    { from: 'twice', to: 'all' },
    { from: 'rows', to: 'all' },
    { from: 'all', to: 'out' },
  ],
  tests: [{ name: 'some', input: { rows: [{ n: 1 }] }, expected: { out: [] } }],
  layout: { nodes: { rows: { x: 0, y: 0 }, large: { x: 100, y: 0 } } },
};

/** The document after its text was changed: what a person does to a file. */
function edited(...replacements: readonly (readonly [RegExp, string])[]): GraphDocument {
  const text = JSON.stringify(DOCUMENT);
  return JSON.parse(
    replacements.reduce((changed, [from, to]) => {
      assert.match(changed, from);
      return changed.replaceAll(new RegExp(from, 'g'), to);
    }, text),
  );
}
const lines = (after: GraphDocument, before = DOCUMENT): string[] =>
  printChanges(diffDocuments(before, after));

test('the same document has no changes, however its keys and nodes are ordered and its ports written', () => {
  assert.deepEqual(lines(structuredClone(DOCUMENT)), []);
  const { nodes, edges, ...rest } = DOCUMENT;
  const reordered = Object.fromEntries(
    Object.entries(nodes)
      .reverse()
      .map(([id, { config, type, ...more }]) => [
        id,
        { ...more, config: Object.fromEntries(Object.entries(config).reverse()), type },
      ]),
  );
  const out = edges.map(({ from, to }) => ({ to, from: `${from}:out` }));
  assert.deepEqual(lines({ edges: out, nodes: reordered, ...rest }), []);
});

test('settings are told with their path, before and after', () => {
  const after = edited(
    [/n > 1/, 'n > 2'],
    [/"rate":10/, '"rate":20,"burst":3'],
    [/"seed":1/, '"parallelism":4'],
    [/"every":"10 s"/, '"every":"5 s"'],
  );
  assert.deepEqual(lines(after), [
    '~ settings.parallelism left out → 4',
    '~ settings.checkpoints.every "10 s" → "5 s"',
    '~ settings.seed 1 → left out',
    '~ rows: rate 10 → 20',
    '~ rows: burst left out → 3',
    '~ large: condition "n > 1" → "n > 2"',
  ]);
});

test('of a list, what was added and removed is told at its place', () => {
  assert.deepEqual(lines(edited([/\{"n":1\},\{"n":2\}/, '{"n":1},{"n":5},{"n":2}'])), [
    '~ rows: data.rows[1] left out → {"n":5}',
  ]);
  assert.deepEqual(lines(edited([/\{"n":1\},\{"n":2\}/, '{"n":2}'])), [
    '~ rows: data.rows[0] {"n":1} → left out',
  ]);
  assert.deepEqual(lines(edited([/n \* 2/, 'n * 3'])), ['~ twice: compute[0].expression "n * 2" → "n * 3"']);
});

test('another shape is one change, not one a field', () => {
  const [change, ...more] = valueChanges(
    { window: { kind: 'tumble', size: '1 s' } },
    { window: { kind: 'session', gap: '1 s' } },
  );
  assert.deepEqual(change?.path, ['window']);
  assert.deepEqual(more, []);
});

test('a node that only has another id is told as that, with its neighbours renamed too', () => {
  assert.deepEqual(lines(edited([/"large"/, '"big"'])), ['~ node large is now called big']);
  assert.deepEqual(lines(edited([/"large"/, '"big"'], [/"twice"/, '"double"'])), [
    '~ node large is now called big',
    '~ node twice is now called double',
  ]);
});

test('a node with other settings or edges under another id is another node', () => {
  assert.deepEqual(
    lines(edited([/"large"/, '"big"'], [/n > 1/, 'n > 7'])).filter((line) => !line.includes('edge')),
    ['+ node big (filter)', '- node large (filter)'],
  );
  const rewired = edited(
    [/"large"/, '"big"'],
    [/\{"from":"big","to":"twice"\}/, '{"from":"big","to":"out"}'],
  );
  assert.ok(lines(rewired).includes('- node large (filter)'));
});

test('names, notes and places are told, and are not logic', () => {
  const after = edited([/"name":"Large"/, '"name":"Big","note":"why"'], [/"x":100/, '"x":140']);
  const changes = diffDocuments(DOCUMENT, after);
  assert.deepEqual(printChanges(changes), [
    '  large: only its name "Large" → "Big"',
    '  large: only its note left out → "why"',
    '  moved 1 node',
  ]);
  assert.equal(changes.some(isLogic), false);
  assert.equal(
    lines(edited([/"name":"Large"/, '"name":"Big"'], [/n > 1/, 'n > 2']))[1],
    '  large: name "Large" → "Big"',
  );
});

test('edges, their order at an input, types and tests are told', () => {
  const twiceAll = '{"from":"twice","to":"all"}';
  const rowsAll = '{"from":"rows","to":"all"}';
  const literal = (text: string): RegExp => new RegExp(text.replaceAll(/[{}]/g, '\\$&'));
  assert.deepEqual(lines(edited([literal(twiceAll), '{"from":"large","to":"all"}'])), [
    '+ edge large → all',
    '- edge twice → all',
  ]);
  assert.deepEqual(lines(edited([literal(`${twiceAll},${rowsAll}`), `${rowsAll},${twiceAll}`])), [
    '~ order of edges to all:in: twice:out, rows:out → rows:out, twice:out',
  ]);
  assert.deepEqual(lines(edited([/"table"/, '"nothing"'])), ['~ out: type table → nothing']);
  assert.deepEqual(lines(edited([/"out":\[\]/, '"out":[{"n":1}]'])), ['~ test "some"']);
  assert.deepEqual(lines(edited([/"name":"some"/, '"name":"others"'])), ['+ test "others"', '- test "some"']);
});
