import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IntIndex } from './int-index.ts';

const numbers = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: -300, max: 300 }),
  fc.integer({ min: 1_000_000, max: 1_000_900 }),
  fc.maxSafeInteger(),
  fc.integer({ min: -50, max: 50 }).map((n) => n + 0.5),
);

test('finds what was added, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(numbers, fc.boolean()), { maxLength: 300 }), (steps) => {
      const index = new IntIndex();
      const model = new Map<number, number>();
      for (const [given, isAdded] of steps) {
        const number = given + 0;
        const found = index.find(number);
        if (model.has(number)) assert.equal(found, model.get(number));
        else assert.ok(!(found >= 0), `${number} is not there`);
        if (!isAdded || model.has(number)) continue;
        index.add(number, model.size);
        model.set(number, model.size);
      }
      for (const [number, value] of model) assert.equal(index.find(number), value);
    }),
    { numRuns: 500 },
  );
});

test('numbers that lie close together need no hash, up or down, and those that do not take no more room', () => {
  for (const step of [1, -1, 3]) {
    const index = new IntIndex();
    for (let n = 0; n < 5000; n++) index.add(7_000_000 + n * step, n);
    assert.ok(index.direct !== null, `by ${step}`);
    assert.equal(index.find(7_000_000 + 4999 * step), 4999);
  }
  const sparse = new IntIndex();
  for (let n = 0; n < 5000; n++) sparse.add(n * 10_000, n);
  assert.equal(sparse.direct, null);
  assert.ok(sparse.bytes <= 5000 * 64);
});
