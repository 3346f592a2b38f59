import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { pipelineOf } from './pipeline.ts';

const typesOf = (seed: number): Set<string> => {
  const { nodes } = pipelineOf(seed, 0).disturbed as GraphDocument;
  return new Set(Object.values(nodes).map(({ type }) => type));
};
const stateful = Object.entries(RUNTIMES.operators)
  .filter(([, runtime]) => runtime.kind === 'stateful')
  .map(([type]) => type);

test('every eighth pipeline has every operator that keeps state, and the fifty of npm test have each of them many times', () => {
  assert.ok(stateful.length > 10);
  const whole = typesOf(16);
  assert.deepEqual(
    stateful.filter((type) => !whole.has(type)),
    [],
  );
  const times = new Map(stateful.map((type) => [type, 0]));
  for (let seed = 7; seed < 57; seed++)
    for (const type of typesOf(seed)) if (times.has(type)) times.set(type, (times.get(type) ?? 0) + 1);
  assert.deepEqual(
    [...times].filter(([, count]) => count < 10),
    [],
  );
});

test('a seed makes the same pipeline again', () => {
  assert.deepEqual(pipelineOf(9, 5), pipelineOf(9, 5));
  assert.notDeepEqual(pipelineOf(9, 5).disturbed, pipelineOf(10, 5).disturbed);
});
