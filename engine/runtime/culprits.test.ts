import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GraphDocument } from '../contract/document.ts';
import { type Problem, WeirError } from '../contract/problems.ts';
import { checkGraph } from '../plan/check.ts';
import { RUNTIMES, type Runtimes } from '../runtimes.ts';
import { VirtualClock } from './clock.ts';
import type { OperatorRuntime } from './contracts.ts';
import { blamed, culpritOf } from './culprits.ts';
import { GraphRun } from './graph-run.ts';

const time = { field: 'at', watermark: { kind: 'bounded', delay: '1 s' } } as const;
const ids = {
  type: 'generator',
  config: {
    data: {
      kind: 'fields',
      start: '2026-01-01T00:00:00Z',
      count: 3000,
      interval: '10 ms',
      fields: [
        { name: 'at', value: { kind: 'time' } },
        { name: 'id', value: { kind: 'sequence' } },
      ],
    },
    time,
  },
};

const LINE = ['ids', 'first', 'early', 'middle', 'both', 'late', 'last', 'out'];
const DOCUMENT: GraphDocument = {
  weir: 1,
  nodes: {
    ids,
    others: ids,
    first: { type: 'map', config: { compute: [{ name: 'm', expression: 'id * 2' }] } },
    early: { type: 'sort', config: {} },
    middle: { type: 'map', config: { keep: ['at', 'id'] } },
    both: { type: 'union', config: {} },
    late: { type: 'sort', config: {} },
    last: { type: 'filter', config: { condition: 'id >= 0' } },
    out: { type: 'nothing', config: {} },
  },
  edges: [
    ...LINE.slice(1).map((to, at) => ({ from: LINE[at] as string, to })),
    { from: 'others', to: 'both' },
  ],
};

class Broken extends Error {}

/** Methods that a run calls once. */
const ONCE = ['end', 'inputEnded', 'finish'];

/** The runtimes, but at one node a method throws once, before or after its work. */
function breaking(node: string, method: string, when: 'before' | 'after', thrown: unknown): Runtimes {
  let calls = 0;
  const broken = <T extends object>(inner: T): T =>
    new Proxy(inner, {
      get: (target, name) => {
        if (name === 'nextTimer' && method === 'clock') return 0;
        const value: unknown = Reflect.get(target, name, target);
        if (name !== method) return typeof value === 'function' ? value.bind(target) : value;
        return (...args: unknown[]): unknown => {
          const strikes = ++calls === (ONCE.includes(method) ? 1 : 2);
          if (strikes && when === 'before') throw thrown;
          const result: unknown =
            typeof value === 'function' ? Reflect.apply(value, target, args) : undefined;
          if (strikes) throw thrown;
          return result;
        };
      },
    });
  const broke = <R extends { create(context: never): object }>(runtime: R): R => ({
    ...runtime,
    create: (context: never) => {
      const inner = runtime.create(context);
      return (context as { nodeId: string }).nodeId === node ? broken(inner) : inner;
    },
  });
  const sort = RUNTIMES.operators['sort'] as Extract<
    OperatorRuntime<Readonly<Record<string, unknown>>>,
    { kind: 'stateful' }
  >;
  return {
    operators: { ...RUNTIMES.operators, sort: broke(sort) },
    sources: Object.fromEntries(Object.entries(RUNTIMES.sources).map(([type, own]) => [type, broke(own)])),
    sinks: Object.fromEntries(Object.entries(RUNTIMES.sinks).map(([type, own]) => [type, broke(own)])),
  };
}

async function problemOf(runtimes: Runtimes): Promise<Problem> {
  const graph = checkGraph(DOCUMENT);
  assert.deepEqual(graph.problems, []);
  const run = new GraphRun(graph, {
    runtimes,
    clock: new VirtualClock(0),
    seed: 1,
    baseDir: '.',
    batchRows: 128,
    log: () => {},
  });
  await run.open();
  const { outcome, problems } = await run.run();
  assert.equal(outcome, 'failed');
  const [problem] = problems;
  assert.ok(problem !== undefined && problems.length === 1);
  return problem;
}

describe('an unexpected error names the node in which it happened', () => {
  for (const [node, method] of [
    ['early', 'process'],
    ['early', 'watermark'],
    ['early', 'clock'],
    ['early', 'end'],
    ['late', 'process'],
    ['late', 'watermark'],
    ['late', 'clock'],
    ['late', 'inputEnded'],
    ['late', 'end'],
    ['out', 'write'],
    ['out', 'finish'],
    ['others', 'poll'],
  ] as const)
    for (const when of ['before', 'after'] as const)
      test(`${node}: ${method}, ${when} its work`, async () => {
        const thrown = new Broken('broken');
        const found = await problemOf(breaking(node, method, when, thrown));
        assert.deepEqual([found.code, found.path, found.message], ['R-NODE', ['nodes', node], 'broken']);
      });

  test('what is thrown need not be an error', async () => {
    const found = await problemOf(breaking('late', 'process', 'before', 'only text'));
    assert.deepEqual([found.path, found.message], [['nodes', 'late'], 'only text']);
  });

  test('a problem without a node gets the one it happened in, and keeps the place in it', async () => {
    const error = new WeirError({
      code: 'R-NODE',
      severity: 'error',
      path: ['config', 'thenBy'],
      message: 'no',
      expected: 'yes',
    });
    const found = await problemOf(breaking('late', 'watermark', 'before', error));
    assert.deepEqual(found.path, ['nodes', 'late', 'config', 'thenBy']);
  });

  test('the first name stays, and it is that of the innermost node', () => {
    const error = new Broken('');
    assert.equal(culpritOf(error), null);
    assert.equal(blamed(error, 'inner'), error);
    assert.equal(culpritOf(blamed(error, 'outer')), 'inner');
    assert.equal(culpritOf('text'), null);
  });
});
