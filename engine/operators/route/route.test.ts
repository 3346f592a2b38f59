import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GraphDocument } from '../../contract/document.ts';
import { BIGINT, field, STRING, updating } from '../../contract/types.ts';
import { checkGraph } from '../../plan/check.ts';
import { VirtualClock } from '../../runtime/clock.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { runLocally } from '../../runtime/local.ts';
import { verifyOperator } from '../../testing/verify.ts';
import { routeRuntime } from './operator.ts';
import { routeSpec } from './spec.ts';

const runtime = routeRuntime as unknown as StatefulRuntime<Readonly<Record<string, unknown>>>;
const FIELDS = [field('k', STRING), field('v', BIGINT)];
const CONFIG = {
  routes: [
    { name: 'big', condition: 'v > 10 -- more than ten' },
    { name: 'even', condition: 'v % 2 = 0' },
  ],
};
const at = (time: number, v: number | null) => ({ time, row: { k: `k${time}`, v } });

test('the first condition that holds takes the record; FALSE and NULL go on, at last to else', () => {
  verifyOperator({
    spec: routeSpec,
    runtime,
    config: CONFIG,
    inputs: FIELDS,
    steps: [at(1, 12), at(2, 4), { watermark: 2 }, at(3, 5), at(4, null), at(5, 11), { end: true }],
    expected: [
      { port: 'big', row: { k: 'k1', v: 12 }, time: 1 },
      { port: 'even', row: { k: 'k2', v: 4 }, time: 2 },
      { port: 'else', row: { k: 'k3', v: 5 }, time: 3 },
      { port: 'else', row: { k: 'k4', v: null }, time: 4 },
      { port: 'big', row: { k: 'k5', v: 11 }, time: 5 },
    ],
  });
});

test('all: every port whose condition holds, else where none does', () => {
  verifyOperator({
    spec: routeSpec,
    runtime,
    config: { ...CONFIG, send: 'all' },
    inputs: FIELDS,
    steps: [at(1, 12), at(2, 4), at(3, null)],
    expected: [
      { port: 'big', row: { k: 'k1', v: 12 } },
      { port: 'even', row: { k: 'k1', v: 12 } },
      { port: 'even', row: { k: 'k2', v: 4 } },
      { port: 'else', row: { k: 'k3', v: null } },
    ],
  });
});

test('changes are routed by their own values', () => {
  verifyOperator({
    spec: routeSpec,
    runtime,
    config: CONFIG,
    inputs: { in: updating(FIELDS, true, ['k']) },
    steps: [
      { time: 1, row: { k: 'a', v: 20 } },
      { time: 2, row: { k: 'a', v: 20 }, change: '-U' },
      { time: 2, row: { k: 'a', v: 6 }, change: '+U' },
      { time: 3, row: { k: 'a', v: 6 }, change: '-D' },
    ],
    order: 'exact',
    expected: [
      { port: 'big', row: { k: 'a', v: 20 } },
      { port: 'big', row: { k: 'a', v: 20 }, change: '-U' },
      { port: 'even', row: { k: 'a', v: 6 }, change: '+U' },
      { port: 'even', row: { k: 'a', v: 6 }, change: '-D' },
    ],
  });
});

test('property: every record goes where a plain reading of the conditions says', () => {
  const value = fc.option(fc.integer({ min: -30, max: 30 }), { nil: null });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), fc.constantFrom('first', 'all'), (values, send) => {
      const expected = values.flatMap((v, i) => {
        const row = { k: `k${i}`, v };
        const holds = [
          ...(v !== null && v > 10 ? ['big'] : []),
          ...(v !== null && v % 2 === 0 ? ['even'] : []),
        ];
        const ports = holds.length === 0 ? ['else'] : send === 'all' ? holds : holds.slice(0, 1);
        return ports.map((port) => ({ port, row }));
      });
      verifyOperator({
        spec: routeSpec,
        runtime,
        config: { ...CONFIG, send },
        inputs: FIELDS,
        steps: values.map((v, i) => at(i, v)),
        expected,
      });
    }),
    { numRuns: 40 },
  );
});

const graph = (config: Record<string, unknown>, edges: GraphDocument['edges']): GraphDocument => ({
  weir: 1,
  nodes: {
    rows: {
      type: 'generator',
      config: {
        data: {
          kind: 'rows',
          schema: [
            { name: 'k', type: 'STRING' },
            { name: 'v', type: 'BIGINT' },
          ],
          rows: [12, 4, 5, 0].map((v, i) => ({ k: `k${i}`, v })),
        },
      },
    },
    route: { type: 'route', config },
    a: { type: 'table', config: {} },
    b: { type: 'table', config: {} },
    c: { type: 'table', config: {} },
  },
  edges: [{ from: 'rows', to: 'route' }, ...edges],
});

test('in a graph: ports by name; a failing condition goes to errors only, and one below a match is not tried', async () => {
  const config = {
    routes: [
      { name: 'big', condition: 'v > 10' },
      { name: 'small', condition: '20 / (v - 12) = 20 / (v - 12) AND 20 / v > 4' },
    ],
  };
  const { rows, summary } = await runLocally(
    graph(config, [
      { from: 'route:big', to: 'a' },
      { from: 'route:small', to: 'b' },
      { from: 'route:errors', to: 'c' },
    ]),
    { clock: new VirtualClock(0) },
  );
  const names = (sink: string) => rows[sink]?.map((row) => row['k']);
  assert.deepEqual([names('a'), names('b')], [['k0'], ['k1']]);
  assert.equal(rows['c']?.length, 1);
  const node = summary.nodes.find((n) => n.node === 'route');
  assert.deepEqual([node?.recordsIn, node?.recordsOut, node?.deadLetters], [4, 3, 1]);
});

test('wrong settings are refused with their path', () => {
  const problems = (config: Record<string, unknown>, from = 'route:else') =>
    checkGraph(graph(config, [{ from, to: 'a' }]))
      .problems.filter((p) => p.path[1] === 'route' || p.path[0] === 'edges')
      .filter((p) => p.code !== 'G-INPUT')
      .map((p) => `${p.code} ${p.path.join('.')}`);
  assert.deepEqual(problems({ routes: [] }), ['S-VALUE nodes.route.config.routes']);
  assert.deepEqual(problems({}), ['S-VALUE nodes.route.config.routes']);
  assert.deepEqual(problems({ routes: [{ name: 'Big', condition: 'v > 1' }] }), [
    'S-VALUE nodes.route.config.routes.0.name',
  ]);
  const entry = { name: 'x', condition: 'v > 1' };
  assert.deepEqual(problems({ routes: [entry, entry] }), ['S-VALUE nodes.route.config.routes.1.name']);
  assert.deepEqual(problems({ routes: [{ ...entry, name: 'else' }] }), [
    'S-VALUE nodes.route.config.routes.0.name',
  ]);
  assert.deepEqual(problems({ routes: [{ name: 'x', condition: 'v' }] }), [
    'T-TYPE nodes.route.config.routes.0.condition',
  ]);
  assert.deepEqual(problems({ routes: [entry] }, 'route:y'), ['G-EDGE edges.1.from']);
  assert.deepEqual(problems({ routes: 7 }), ['S-VALUE nodes.route.config.routes']);
});
