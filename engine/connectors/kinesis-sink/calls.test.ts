import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callEnd, type OutRecord } from './calls.ts';

const record = (key: string, bytes = 1): OutRecord => ({ data: Buffer.alloc(bytes), key, hash: null });

test('a call ends at 500 records, at 5 MB, and before a key comes a second time where its order is kept', () => {
  const many = Array.from({ length: 600 }, (_, i) => record(`k${i}`));
  assert.equal(callEnd(many, 0, false), 500);
  assert.equal(callEnd(many, 500, false), 600);
  const large = Array.from({ length: 10 }, (_, i) => record(`k${i}`, 1024 * 1024 - 10));
  assert.equal(callEnd(large, 0, false), 5);
  const keys = ['a', 'b', 'a', 'c'].map((key) => record(key));
  assert.equal(callEnd(keys, 0, true), 2);
  assert.equal(callEnd(keys, 2, true), 4);
  assert.equal(callEnd(keys, 0, false), 4);
  assert.equal(callEnd([record('a', 6 * 1024 * 1024)], 0, false), 1);
});
