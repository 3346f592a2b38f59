import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeCodes, trimCodes } from './slab.ts';

test('what a filter leaves of its selection is used again, and what it kept stays', () => {
  // Both must fit into what is left of a slab.
  let first = takeCodes(1000);
  while (first.byteOffset > first.buffer.byteLength / 2) first = takeCodes(1000);
  first.fill(1);
  trimCodes(first, 10);
  const second = takeCodes(1000).fill(2);
  assert.equal(second.buffer, first.buffer);
  assert.equal(second.byteOffset, first.byteOffset + 10 * 4);
  assert.deepEqual([...first.subarray(0, 10)], new Array(10).fill(1));
});

test('an array that is not the last one taken keeps its place', () => {
  const first = takeCodes(100);
  const second = takeCodes(100).fill(2);
  trimCodes(first, 0);
  takeCodes(100).fill(3);
  assert.deepEqual([...second], new Array(100).fill(2));
  const large = takeCodes(20_000);
  trimCodes(large, 0);
  takeCodes(100).fill(3);
  assert.deepEqual([...second], new Array(100).fill(2));
});
