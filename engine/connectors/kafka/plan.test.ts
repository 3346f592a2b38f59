import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesTopic, topicPatterns } from './plan.ts';

test('* in a topic stands for any letters', () => {
  const cases: [string, string, boolean][] = [
    ['orders', 'orders', true],
    ['orders', 'orders-eu', false],
    ['orders-*', 'orders-eu', true],
    ['orders-*', 'orders-', true],
    ['*-eu', 'orders-eu', true],
    ['o*s-*u', 'orders-eu', true],
    ['a*a', 'a', false],
    ['*', '', true],
    ['a*b*b', 'ab', false],
    ['a.b', 'axb', false],
  ];
  for (const [pattern, topic, matches] of cases)
    assert.equal(matchesTopic(pattern, topic), matches, `${pattern} and ${topic}`);
});

test('a pattern of many stars takes no time', () => {
  assert.equal(matchesTopic(`${'a*'.repeat(60)}b`, 'a'.repeat(249)), false);
});

test('names that no topic can have are not taken', () => {
  assert.deepEqual(topicPatterns(' orders, log-* '), ['orders', 'log-*']);
  for (const text of ['', 'a,,b', 'a b', 'ä', 'a'.repeat(250)]) assert.equal(topicPatterns(text), null, text);
});
