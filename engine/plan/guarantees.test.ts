import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GraphDocument, Guarantee, RunSettings } from '../contract/document.ts';
import type { NodeSpec, SinkProtocol } from '../contract/spec.ts';
import { SPECS } from '../specs.ts';
import { checkGraph } from './check.ts';
import { asksForCheckpoints, type Got, guaranteeFrom, guaranteesOf, holds } from './guarantees.ts';

const MODES = ['exactly-once', 'at-least-once', 'at-most-once'] as const;
const PROTOCOLS = ['transactional', 'idempotent', 'none'] as const;

/** By mode, sources can be read again or not, state above or not: what transactional, idempotent and other sinks get. */
const WITH_CHECKPOINTS: readonly (readonly [Guarantee, boolean, boolean, readonly [Got, Got, Got]])[] = [
  ['exactly-once', true, false, ['exactly-once', 'exactly-once', 'at-least-once']],
  ['exactly-once', true, true, ['exactly-once', 'exactly-once', 'at-least-once']],
  ['exactly-once', false, false, ['at-most-once', 'at-most-once', 'at-most-once']],
  ['exactly-once', false, true, ['at-most-once', 'at-most-once', 'none']],
  ['at-least-once', true, false, ['at-least-once', 'exactly-once', 'at-least-once']],
  ['at-least-once', true, true, ['at-least-once', 'exactly-once', 'at-least-once']],
  ['at-least-once', false, false, ['at-most-once', 'at-most-once', 'at-most-once']],
  ['at-least-once', false, true, ['none', 'at-most-once', 'none']],
  ['at-most-once', true, false, ['at-most-once', 'at-most-once', 'at-most-once']],
  ['at-most-once', true, true, ['at-most-once', 'at-most-once', 'at-most-once']],
  ['at-most-once', false, false, ['at-most-once', 'at-most-once', 'at-most-once']],
  ['at-most-once', false, true, ['at-most-once', 'at-most-once', 'at-most-once']],
];

/** As the shipped types, but of any protocol and replayable or not. */
function specsWith(protocol: SinkProtocol, replayable: boolean): NodeSpec[] {
  return SPECS.map((spec) =>
    spec.kind === 'sink' ? { ...spec, protocol } : spec.kind === 'source' ? { ...spec, replayable } : spec,
  );
}

function documentOf(stateful: boolean, settings?: RunSettings): GraphDocument {
  const middle = stateful
    ? { type: 'distinct', config: {} }
    : { type: 'filter', config: { condition: 'id > 1' } };
  return {
    weir: 1,
    ...(settings === undefined ? {} : { settings }),
    nodes: {
      ids: {
        type: 'generator',
        config: {
          data: { kind: 'fields', count: 1, fields: [{ name: 'id', value: { kind: 'sequence' } }] },
        },
      },
      middle,
      end: { type: 'nothing', config: {} },
    },
    edges: [
      { from: 'ids', to: 'middle' },
      { from: 'middle', to: 'end' },
    ],
  };
}

describe('the guarantee that a sink gets', () => {
  for (const [mode, replayable, stateful, expected] of WITH_CHECKPOINTS) {
    const sources = replayable ? 'sources that can be read again' : 'sources that cannot be read again';
    PROTOCOLS.forEach((protocol, at) => {
      test(`${mode}, ${sources}, ${stateful ? 'state' : 'no state'}, a sink of protocol ${protocol}`, () => {
        const graph = checkGraph(documentOf(stateful, { guarantee: mode }), specsWith(protocol, replayable));
        const [got, ...more] = guaranteesOf(graph, true);
        assert.deepEqual(more, []);
        assert.equal(got?.guarantee, expected[at]);
        assert.equal(got?.why.includes('ids'), !replayable && mode !== 'at-most-once');
        assert.match(got?.why ?? '', /^[^.]+\.$/, 'one sentence');
        const warned = graph.problems.map((p) => [p.code, p.severity, p.value]);
        const less = expected[at] !== mode && expected[at] !== 'exactly-once';
        assert.deepEqual(warned, less ? [['G-GUARANTEE', 'warning', expected[at]]] : []);
      });
    });
  }

  test('without checkpoints it is at-most-once, whatever else', () => {
    for (const mode of MODES)
      for (const protocol of PROTOCOLS)
        for (const unreplayable of [[], ['a']])
          for (const stateful of [false, true]) {
            const facts = { checkpoints: false, mode, protocol, unreplayable, stateful };
            assert.equal(guaranteeFrom(facts).guarantee, 'at-most-once');
          }
  });

  test('a document asks for checkpoints by settings that need them', () => {
    const restart = { strategy: 'fixed-delay', attempts: 1, delay: '0 s' } as const;
    assert.deepEqual([undefined, {}, { restart: { strategy: 'none' } } as const].map(asksForCheckpoints), [
      false,
      false,
      false,
    ]);
    const asking: RunSettings[] = [{ checkpoints: {} }, { guarantee: 'at-most-once' }, { restart }];
    assert.deepEqual(asking.map(asksForCheckpoints), [true, true, true]);
  });

  test('a document that asks for nothing is warned of nothing; a broken one is told of its errors alone', () => {
    assert.deepEqual(checkGraph(documentOf(false)).problems, []);
    const broken = documentOf(false, { guarantee: 'exactly-once' });
    const nodes = { ...broken.nodes, end: { type: 'nothing', config: { x: 1 } } };
    const codes = checkGraph({ ...broken, nodes }).problems.map((p) => p.code);
    assert.ok(codes.length > 0 && !codes.includes('G-GUARANTEE'), codes.join());
  });

  test('neither at-least-once nor at-most-once holds for the other', () => {
    assert.ok(holds('at-least-once', 'exactly-once') && holds('at-most-once', 'exactly-once'));
    assert.ok(!holds('at-least-once', 'at-most-once') && !holds('at-most-once', 'at-least-once'));
    assert.ok(!holds('exactly-once', 'at-least-once') && !holds('at-most-once', 'none'));
  });
});
