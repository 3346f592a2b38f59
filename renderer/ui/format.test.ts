import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatElapsed,
  formatMinute,
  formatRate,
  formatShare,
  formatTime,
  formatWatermark,
} from './format.ts';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

test('counts are grouped, and scaled from a million on', () => {
  assert.deepEqual([0, 999, 8214, 999_999, 12_400_000].map(formatCount).map(plain), [
    '0',
    '999',
    '8,214',
    '999,999',
    '12.4 M',
  ]);
});

test('rates keep about three digits', () => {
  const rates = [0, 0.01, 0.4, 9, 9.96, 46.4, 999.4, 999.6, 1104, 12_400, 124_300, 999_600, 1_240_000];
  assert.deepEqual(rates.map(formatRate).map(plain), [
    '0',
    '<0.1',
    '0.4',
    '9',
    '10',
    '46',
    '999',
    '1 k',
    '1.1 k',
    '12.4 k',
    '124 k',
    '1 M',
    '1.2 M',
  ]);
});

test('durations show their two largest units', () => {
  const ms = [
    0,
    350,
    999.7,
    1500,
    9960,
    57_000,
    59_999,
    60_000,
    192_000,
    9_000_000,
    90_000_000,
    400 * 86_400_000,
  ];
  assert.deepEqual(ms.map(formatDuration).map(plain), [
    '0 ms',
    '350 ms',
    '1 s',
    '1.5 s',
    '10 s',
    '57 s',
    '59 s',
    '1 min',
    '3 min 12 s',
    '2 h 30 min',
    '1 d 1 h',
    '400 d',
  ]);
  assert.equal(plain(formatDuration(-1500)), '−1.5 s');
});

test('nothing that telemetry may hold is shown as NaN, Infinity or an epoch number', () => {
  const odd = [Number.NaN, Infinity, -Infinity, -(2 ** 63)];
  for (const value of odd) {
    for (const shown of [
      formatCount(value),
      formatRate(value),
      formatDuration(value),
      formatElapsed(value),
      formatShare(Number.isFinite(value) ? 0 : value),
      formatBytes(Number.isFinite(value) ? 0 : value),
      formatTime(value, 'utc'),
      formatMinute(value, 'local'),
      formatWatermark(value, 0, 'utc').text,
    ]) {
      assert.doesNotMatch(shown, /NaN|Infinity|e\+|922337203685477/);
    }
  }
});

test('a watermark is a time and a distance, a sentence where there is none, and a date in replayed history', () => {
  const now = Date.parse('2026-01-01T10:51:00Z');
  const shown = formatWatermark(now - 39 * 60_000, now, 'utc');
  assert.equal(shown.text, '10:12');
  assert.equal(plain(shown.more), '39 min behind');
  assert.equal(plain(shown.title), '2026-01-01 10:12:00 UTC (1767262320000 ms), 39 min behind');
  const near = formatWatermark(now - 8000, now, 'utc');
  assert.deepEqual([near.text, plain(near.more)], ['10:50:52', '8 s behind']);
  assert.equal(plain(formatWatermark(now + 2000, now, 'utc').more), '2 s ahead');
  assert.equal(formatWatermark(Number.NaN, now, 'utc').text, 'no watermark yet');
  assert.equal(formatWatermark(Infinity, now, 'utc').text, 'end of input');
  const history = formatWatermark(Date.parse('2001-01-03T10:12:00Z'), now, 'utc');
  assert.deepEqual([history.text, history.more], ['2001-01-03 10:12', '']);
});

test('times before 1970 and beyond 9999 are times', () => {
  assert.equal(formatTime(-1, 'utc'), '1969-12-31 23:59:59.999');
  assert.equal(formatTime(Date.UTC(12_000, 0, 1), 'utc'), '+012000-01-01 00:00:00');
});

test('elapsed is a stopwatch', () => {
  assert.deepEqual([0, 41_000, 725_000, 3_725_000].map(formatElapsed), ['0:00', '0:41', '12:05', '1:02:05']);
});
