import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import type { RunSettings } from '../../contract/document.ts';
import { checkGraph } from '../../plan/check.ts';
import type { CheckedGraph } from '../../plan/graph.ts';
import { parallelismOf } from './parallelism.ts';

function graph(type: string, config: Record<string, unknown>, settings: RunSettings = {}): CheckedGraph {
  const source = {
    type: 'generator',
    config: { data: { kind: 'rows', schema: [{ name: 'k', type: 'INT' }], rows: [{ k: 1 }] } },
  };
  const found = checkGraph({
    weir: 1,
    settings,
    nodes: { source, node: { type, config }, out: { type: 'nothing', config: {} } },
    edges: [
      { from: 'source', to: 'node' },
      { from: 'node', to: 'out' },
    ],
  });
  assert.deepEqual(
    found.problems.filter((p) => p.severity === 'error'),
    [],
  );
  return found;
}

const keyed = (settings?: RunSettings): CheckedGraph => graph('distinct', { fields: ['k'] }, settings);

test('the option counts, then the setting, then one', async () => {
  const quiet = (text: string): void => assert.fail(text);
  assert.equal(await parallelismOf(keyed(), undefined, quiet), 1);
  assert.equal(await parallelismOf(keyed({ parallelism: 3 }), undefined, quiet), 3);
  assert.equal(await parallelismOf(keyed({ parallelism: 3 }), 2, quiet), 2);
});

test('auto: by cores and plan', async () => {
  const quiet = (text: string): void => assert.fail(text);
  const cores = availableParallelism();
  assert.equal(await parallelismOf(keyed(), 'auto', quiet), cores < 4 ? 1 : Math.min(4, cores - 1));
  assert.equal(await parallelismOf(graph('filter', { condition: 'k > 0' }), 'auto', quiet), 1);
});

test('what needs one thread says so', async () => {
  for (const settings of [
    { ledger: 'k' },
    { guarantee: 'at-most-once' as const },
    { checkpoints: { unaligned: true } },
  ]) {
    const told: string[] = [];
    assert.equal(await parallelismOf(keyed(settings), 2, (text) => told.push(text)), 1);
    assert.match(told.join(), /one worker/);
  }
});
