import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckpointReport } from '../../engine/contract/checkpoints.ts';
import type { GraphDocument, RunSettings } from '../../engine/contract/document.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { specOf } from '../../engine/specs.ts';
import { barrierAt } from './barrier-state.ts';
import { faultsAt, guaranteeOnCard } from './guarantee.ts';

const document = (settings?: RunSettings): GraphDocument => ({
  weir: 1,
  ...(settings === undefined ? {} : { settings }),
  nodes: {
    source: { type: 'generator', config: specOf('generator')?.examples[0]?.config ?? {} },
    table: { type: 'table', config: {} },
  },
  edges: [{ from: 'source', to: 'table' }],
});

test('a card says what its sink gets where the document asks for anything', () => {
  assert.equal(guaranteeOnCard(checkGraph(document()), 'table'), null);
  const asked = checkGraph(document({ guarantee: 'at-most-once' }));
  assert.deepEqual(
    [guaranteeOnCard(asked, 'table')?.guarantee, guaranteeOnCard(asked, 'table')?.less],
    ['at-most-once', false],
  );
  assert.equal(guaranteeOnCard(asked, 'source'), null, 'only sinks get something');
  const more = checkGraph(document({ guarantee: 'exactly-once' }));
  const got = guaranteeOnCard(more, 'table');
  assert.equal(got?.less, got?.guarantee !== 'exactly-once');
});

test('faults stand at the node that they happen to, and those of the engine at none', () => {
  const withFaults = document({
    chaos: {
      faults: [
        { kind: 'fail', node: 'table', record: 5 },
        { kind: 'bad', source: 'source', chance: 0.1 },
        { kind: 'kill', after: '3 s' },
      ],
    },
  });
  assert.deepEqual(
    faultsAt(withFaults, 'table').map(({ kind }) => kind),
    ['fail'],
  );
  assert.deepEqual(
    faultsAt(withFaults, 'source').map(({ kind }) => kind),
    ['bad'],
  );
  assert.deepEqual(faultsAt(document(), 'table'), []);
});

test('a barrier stands at a sink until the sink has it', () => {
  const report = (alignedMs: number | null, status: CheckpointReport['status']): CheckpointReport => ({
    id: 1,
    name: null,
    status,
    takenAt: 0,
    tookMs: 1,
    stalledMs: 1,
    bytes: null,
    writtenBytes: null,
    nodes: [
      { node: 'source', bytes: null, alignedMs: 0 },
      { node: 'table', bytes: null, alignedMs },
    ],
    cause: null,
  });
  assert.equal(barrierAt(report(null, 'running'), 'table'), 'waits');
  assert.equal(barrierAt(report(null, 'running'), 'source'), 'none');
  assert.equal(barrierAt(report(4, 'running'), 'table'), 'none');
  assert.equal(barrierAt(report(null, 'failed'), 'table'), 'none', 'a failed one waits for nothing');
  assert.equal(barrierAt(null, 'table'), 'none');
});
