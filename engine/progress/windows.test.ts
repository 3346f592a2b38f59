import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assignWindows, isComplete, isLate, mergeSessions, sessionsMerge, tumblingStart } from './windows.ts';

const time = fc.integer({ min: -4_000_000_000_000, max: 300_000_000_000_000 });
const size = fc.integer({ min: 1, max: 100_000_000 });
const offset = fc.integer({ min: -200_000_000, max: 200_000_000 });

test('a tumbling window holds its time, aligned to the epoch plus offset', () => {
  fc.assert(
    fc.property(time, size, offset, (t, s, o) => {
      const start = tumblingStart(t, s, o);
      assert.ok(start <= t && t < start + s);
      assert.equal(Math.abs((start - o) % s), 0);
    }),
  );
});

test('negative times fall into the window before the epoch', () => {
  assert.equal(tumblingStart(-1, 1000), -1000);
  assert.equal(tumblingStart(-1000, 1000), -1000);
  assert.equal(tumblingStart(0, 1000, -8), -8);
});

test('hopping windows are exactly those of the grid that hold the time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: -60, max: 60 }),
      (t, s, slide, o) => {
        const expected: { start: number; end: number }[] = [];
        for (let start = t - s + 1; start <= t; start++) {
          if (Math.abs((start - o) % slide) === 0) expected.push({ start, end: start + s });
        }
        assert.deepEqual(assignWindows({ kind: 'hopping', size: s, slide, offset: o }, t), expected);
      },
    ),
  );
});

test('cumulating windows start together and grow', () => {
  const assigner = { kind: 'cumulating', size: 10, step: 4 } as const;
  // 10 is no multiple of 4: the last window that would pass the size is not there.
  assert.deepEqual(assignWindows(assigner, 3), [
    { start: 0, end: 4 },
    { start: 0, end: 8 },
  ]);
  assert.deepEqual(assignWindows({ kind: 'cumulating', size: 8, step: 4 }, -1), [{ start: -8, end: 0 }]);
});

test('sessions that touch are one; the order of arrival does not matter', () => {
  assert.equal(sessionsMerge({ start: 0, end: 5 }, { start: 5, end: 6 }), true);
  assert.equal(sessionsMerge({ start: 0, end: 5 }, { start: 6, end: 7 }), false);
  const session = fc.record({
    start: fc.integer({ min: 0, max: 200 }),
    length: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(session), fc.nat(), (raw, seed) => {
      const sessions = raw.map(({ start, length }) => ({ start, end: start + length }));
      const merged = mergeSessions(sessions);
      const shuffled = sessions
        .map((s, i) => ({ s, at: (i * 7919 + seed) % 101 }))
        .sort((a, b) => a.at - b.at);
      assert.deepEqual(mergeSessions(shuffled.map(({ s }) => s)), merged);
      for (const [i, one] of merged.entries()) {
        const next = merged[i + 1];
        if (next !== undefined) assert.ok(one.end < next.start);
      }
      for (const s of sessions) {
        assert.equal(merged.filter((m) => m.start <= s.start && s.end <= m.end).length, 1);
      }
    }),
  );
});

test('a window is over when the watermark reaches its last instant', () => {
  assert.equal(isComplete(10, 8), false);
  assert.equal(isComplete(10, 9), true);
  assert.equal(isLate(10, 0, 8), false);
  assert.equal(isLate(10, 0, 9), true);
  assert.equal(isLate(10, 5, 13), false);
  assert.equal(isLate(10, 5, 14), true);
});
