import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Restarts } from './restarts.ts';

const delays = (restarts: Restarts, ran: readonly number[]): (number | null)[] =>
  ran.map((ms) => restarts.failed(ms));

test('none: never', () => {
  assert.deepEqual(delays(new Restarts(undefined), [0, 0]), [null, null]);
  assert.deepEqual(delays(new Restarts({ strategy: 'none' }), [0]), [null]);
});

test('fixed delay: so many times, each after the same delay, however long it ran', () => {
  const restarts = new Restarts({ strategy: 'fixed-delay', attempts: 2, delay: '3 s' });
  assert.deepEqual(delays(restarts, [0, 1e9, 0]), [3000, 3000, null]);
  assert.equal(restarts.attempt, '3 of 2');
});

test('exponential delay: doubled up to the longest, begun anew after a run as long as that', () => {
  const of = () =>
    new Restarts({ strategy: 'exponential-delay', attempts: 4, delay: '1 s', maxDelay: '3 s' });
  assert.deepEqual(delays(of(), [0, 0, 0, 0, 0]), [1000, 2000, 3000, 3000, null]);
  assert.deepEqual(delays(of(), [0, 0, 3000, 0]), [1000, 2000, 1000, 2000]);
});
