import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyOf, giveBack } from './copies.ts';

test('a copy has its own memory, which is used again when it is given back, and not before', () => {
  const large = new Float64Array(100_000).fill(1);
  const first = copyOf(large, 90_000);
  const second = copyOf(large, 90_000);
  assert.equal(first.length, 90_000);
  assert.notEqual(first.buffer, second.buffer);
  large.fill(2);
  assert.ok(first.every((n) => n === 1));
  giveBack([first.buffer]);
  const third = copyOf(large, 90_000);
  assert.equal(third.buffer, first.buffer);
  assert.ok(third.every((n) => n === 2) && second.every((n) => n === 1));
  assert.notEqual(copyOf(large, 90_000).buffer, first.buffer);
});

test('small ones are plain slices; a length beyond the end gives what is there', () => {
  const small = Int32Array.from([1, 2, 3]);
  assert.deepEqual(copyOf(small, 2), Int32Array.from([1, 2]));
  assert.deepEqual(copyOf(small, 9), small);
  giveBack([new ArrayBuffer(1_000_000)]);
  assert.ok(copyOf(new Uint8Array(1_000_000)).buffer instanceof SharedArrayBuffer);
});
