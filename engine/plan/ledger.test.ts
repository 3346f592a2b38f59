import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphDocument } from '../contract/document.ts';
import { checkGraph } from './check.ts';
import { planLedger } from './ledger.ts';

type Nodes = GraphDocument['nodes'];

const numbered = (name: string): Nodes[string] => ({
  type: 'generator',
  config: {
    data: {
      kind: 'fields',
      count: 9,
      fields: [
        { name: 'at', value: { kind: 'time' } },
        { name, value: { kind: 'sequence' } },
      ],
    },
    time: { field: 'at', watermark: { kind: 'ascending' } },
  },
});
const OUT = { type: 'nothing', config: {} };

/** @param edges `a b`, from and to */
function planned(nodes: Nodes, ...edges: string[]) {
  const graph = checkGraph({
    weir: 1,
    settings: { ledger: 'id' },
    nodes,
    edges: edges.map((edge) => {
      const [from = '', to = ''] = edge.split(' ');
      return { from, to };
    }),
  });
  const errors = graph.problems.filter((p) => p.severity === 'error');
  assert.deepEqual(errors, []);
  const warnings = graph.problems.map((p) => p.path.join('.'));
  return { sinks: planLedger(graph)?.sinks, warnings };
}

test('counts where records of one source arrive as rows', () => {
  const nodes = {
    ids: numbered('id'),
    some: { type: 'filter', config: { condition: 'id > 2' } },
    sorted: { type: 'sort', config: {} },
    direct: OUT,
    filtered: OUT,
    later: OUT,
  };
  const edges = ['ids direct', 'ids some', 'some filtered', 'some sorted', 'sorted:out later'];
  assert.deepEqual(planned(nodes, ...edges), {
    sinks: [
      { sink: 'direct', source: 'ids', holds: false },
      { sink: 'filtered', source: 'ids', holds: false },
      { sink: 'later', source: 'ids', holds: true },
    ].sort((a, b) => a.sink.localeCompare(b.sink)),
    warnings: [],
  });
});

test('not where rows are something else, nobody numbers them, or one record comes by two ways', () => {
  const window = {
    type: 'window',
    config: {
      window: { kind: 'tumbling', size: '1 s' },
      aggregates: [{ function: 'max', of: 'id', as: 'id' }],
    },
  };
  const none = { sinks: [], warnings: ['settings.ledger'] };
  assert.deepEqual(planned({ ids: numbered('id'), window, out: OUT }, 'ids window', 'window:out out'), none);
  assert.deepEqual(planned({ ids: numbered('number'), out: OUT }, 'ids out'), none);
  const both = { type: 'union', config: {} };
  const all = { type: 'filter', config: { condition: 'id >= 0' } };
  const two = { ids: numbered('id'), all, both, out: OUT };
  assert.deepEqual(planned(two, 'ids all', 'all both', 'ids both', 'both out'), none);
  const sources = { ids: numbered('id'), more: numbered('id'), both, out: OUT };
  assert.deepEqual(planned(sources, 'ids both', 'more both', 'both out'), none);
});

test('null where the document asks for none', () => {
  const document = {
    weir: 1,
    nodes: { ids: numbered('id'), out: OUT },
    edges: [{ from: 'ids', to: 'out' }],
  } as const;
  assert.equal(planLedger(checkGraph({ ...document, edges: [...document.edges] })), null);
});
