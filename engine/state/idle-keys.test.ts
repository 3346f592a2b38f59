import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdleKeys } from './idle-keys.ts';

const taken = (idle: IdleKeys, now: number): number[] => {
  const keys: number[] = [];
  for (let key = idle.take(now); key >= 0; key = idle.take(now)) keys.push(key);
  return keys;
};

test('a key is due its time after it was last written, once', () => {
  const idle = new IdleKeys(10);
  idle.written(0, 0);
  idle.written(1, 5);
  idle.written(0, 8);
  assert.deepEqual([idle.next, taken(idle, 14)], [10, []]);
  assert.deepEqual([taken(idle, 15), taken(idle, 17), taken(idle, 18), taken(idle, 99)], [[1], [], [0], []]);
  assert.equal(idle.next, Infinity);
});

test('keys keep their times under new numbers', () => {
  const idle = new IdleKeys(10);
  for (let key = 0; key < 200; key++) idle.written(key, key);
  idle.rekey(Int32Array.from([150, 3]));
  assert.deepEqual([taken(idle, 13), taken(idle, 160)], [[1], [0]]);
});
