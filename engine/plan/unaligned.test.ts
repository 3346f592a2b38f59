import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunSettings } from '../contract/document.ts';
import { checkGraph } from './check.ts';

function problemsWith(settings: RunSettings): string[] {
  const graph = checkGraph({
    weir: 1,
    settings,
    nodes: {
      source: {
        type: 'generator',
        config: { data: { kind: 'rows', schema: [{ name: 'k', type: 'INT' }], rows: [] } },
      },
      out: { type: 'file-sink', config: { folder: 'out' } },
    },
    edges: [{ from: 'source', to: 'out' }],
  });
  return graph.problems
    .filter((p) => p.severity === 'error')
    .map((p) => `${p.code} ${p.path.join('.')}: ${p.expected}`);
}

test('unaligned checkpoints need exactly-once, and their timeout needs them', () => {
  assert.deepEqual(problemsWith({ checkpoints: { unaligned: true, alignedTimeout: '1 s' } }), []);
  assert.deepEqual(problemsWith({ checkpoints: { unaligned: false }, guarantee: 'at-least-once' }), []);
  for (const guarantee of ['at-least-once', 'at-most-once'] as const)
    assert.deepEqual(problemsWith({ checkpoints: { unaligned: true }, guarantee }), [
      'S-VALUE settings.checkpoints.unaligned: false, or the guarantee exactly-once',
    ]);
  assert.deepEqual(problemsWith({ checkpoints: { alignedTimeout: '1 s' } }), [
    'S-VALUE settings.checkpoints.alignedTimeout: nothing, or unaligned checkpoints',
  ]);
});
