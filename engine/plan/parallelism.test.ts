import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeirError } from '../contract/problems.ts';
import { checkGraph } from './check.ts';
import type { CheckedGraph } from './graph.ts';
import { planParallelism, type Spread, slicesOf, slicesOn } from './parallelism.ts';

const generator = {
  type: 'generator',
  config: {
    data: {
      kind: 'rows',
      schema: [
        { name: 'at', type: 'TIMESTAMP' },
        { name: 'k', type: 'STRING' },
      ],
      rows: [],
    },
  },
};
const SPREADS: Readonly<Record<string, Spread>> = {
  generator: 'source',
  filter: 'forward',
  distinct: 'keyed',
  sort: 'single',
  union: 'merge',
  nothing: 'sink',
};

/** Edges as `a→b`; the first letters of an id say its type. */
function graphOf(edges: readonly string[]): CheckedGraph {
  const types: Readonly<Record<string, { type: string; config: Record<string, unknown> }>> = {
    s: generator,
    f: { type: 'filter', config: { condition: 'k IS NOT NULL' } },
    d: { type: 'distinct', config: {} },
    u: { type: 'union', config: {} },
    o: { type: 'nothing', config: {} },
  };
  const ids = [...new Set(edges.flatMap((edge) => edge.split('→')))];
  return checkGraph({
    weir: 1,
    nodes: Object.fromEntries(ids.map((id) => [id, types[id[0] ?? ''] ?? generator])),
    edges: edges.map((edge) => {
      const [from = '', to = ''] = edge.split('→');
      return { from: `${from}:out`, to };
    }),
  });
}

function planOf(
  edges: readonly string[],
  workers: number,
  sourcesOn: 'leader' | 'spread' = 'spread',
): { hosts: Record<string, readonly number[]>; exchanges: Record<string, string> } {
  const graph = graphOf(edges);
  const spreadOf = (id: string): Spread => SPREADS[graph.document.nodes[id]?.type ?? ''] ?? 'single';
  const { hosts, exchanges } = planParallelism(graph, workers, 8, spreadOf, sourcesOn);
  const short = (id: string): string => id.replace(/:\w+/g, '');
  return {
    hosts: Object.fromEntries(hosts),
    exchanges: Object.fromEntries([...exchanges].map(([id, kind]) => [short(id), kind])),
  };
}

test('keyed operators run on all workers, what follows stays with them, sinks are on the first', () => {
  assert.deepEqual(planOf(['s→f1', 'f1→d', 'd→f2', 'f2→o'], 2), {
    hosts: { s: [0], f1: [0], d: [0, 1], f2: [0, 1], o: [0] },
    exchanges: { 'f1→d': 'hash', 'f2→o': 'gather' },
  });
});

test('sources that meet are together, others take turns; with checkpoints all are with the leader', () => {
  const edges = ['s1→u', 's2→u', 'u→o1', 's3→f', 'f→o2'];
  const { hosts, exchanges } = planOf(edges, 2);
  assert.deepEqual(hosts, { s1: [0], s2: [0], s3: [1], u: [0], f: [1], o1: [0], o2: [0] });
  assert.deepEqual(exchanges, { 'f→o2': 'gather' });
  assert.deepEqual(planOf(edges, 2, 'leader').hosts['s3'], [0]);
});

test('a union runs where all its inputs do, else on the first', () => {
  assert.deepEqual(planOf(['s→d1', 's→d2', 'd1→u', 'd2→u', 'u→o'], 3).hosts['u'], [0, 1, 2]);
  assert.deepEqual(planOf(['s→d1', 's→u', 'd1→u', 'u→o'], 3).hosts['u'], [0]);
});

test('slices: of the settings, else of the checkpoint, else one for one worker and eight or more for several', () => {
  assert.deepEqual([slicesOf(1, {}), slicesOf(2, {}), slicesOf(12, {})], [1, 8, 12]);
  assert.deepEqual([slicesOf(2, {}, 32), slicesOf(2, { maxParallelism: 4 }, 32)], [32, 4]);
  for (const ask of [() => slicesOf(2, {}, 1), () => slicesOf(9, { maxParallelism: 8 })])
    assert.throws(ask, (error) => error instanceof WeirError && error.problem.code === 'S-VALUE');
  const plan = { workers: 3, slices: 8, hosts: new Map(), exchanges: new Map() };
  assert.deepEqual(
    [0, 1, 2].map((worker) => slicesOn(worker, plan)),
    [
      [0, 3, 6],
      [1, 4, 7],
      [2, 5],
    ],
  );
});
