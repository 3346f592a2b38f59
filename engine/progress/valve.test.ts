import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WatermarkValve } from './valve.ts';
import { NO_WATERMARK } from './watermarks.ts';

test('the minimum of the inputs, only when it rises', () => {
  const valve = new WatermarkValve(2);
  assert.equal(valve.watermark(0, 25).watermark, null);
  assert.equal(valve.current, NO_WATERMARK);
  assert.equal(valve.watermark(1, 10).watermark, 10);
  assert.equal(valve.current, 10);
  assert.equal(valve.watermark(1, 5).watermark, null);
});

test('an input that comes back behind the output is left out until it has caught up', () => {
  const valve = new WatermarkValve(2);
  valve.watermark(0, 10);
  valve.watermark(1, 3);
  valve.status(1, true);
  assert.equal(valve.current, 10);
  valve.status(1, false);
  valve.watermark(0, 12);
  assert.equal(valve.current, 12, 'the one behind does not hold it');
  valve.watermark(1, 12);
  valve.watermark(0, 20);
  assert.equal(valve.current, 12, 'caught up: it holds again');
});

test('when the last one goes idle holding the minimum, the output jumps to the maximum', () => {
  const valve = new WatermarkValve(2);
  valve.watermark(0, 10);
  valve.watermark(1, 30);
  valve.status(1, true);
  assert.equal(valve.withoutInput(0), Infinity);
  assert.deepEqual(valve.status(0, true), { watermark: 30, idle: true });
  assert.deepEqual(valve.status(0, false), { watermark: null, idle: false });
  assert.equal(valve.idle, false);
});

test('whatever comes, the output never falls and never passes the largest input', () => {
  const input = fc.integer({ min: 0, max: 2 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('watermark' as const), input, time: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ kind: fc.constantFrom('idle' as const, 'active' as const), input }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const valve = new WatermarkValve(3);
      const idle = [false, false, false];
      for (const s of steps) {
        const before = valve.current;
        if (s.kind === 'watermark') valve.watermark(s.input, s.time);
        else if (s.kind === 'idle') valve.status(s.input, true);
        else valve.status(s.input, false);
        if (s.kind !== 'watermark') idle[s.input] = s.kind === 'idle';
        assert.ok(valve.current >= before);
        assert.ok(valve.current <= Math.max(...[0, 1, 2].map((i) => valve.of(i))));
        assert.equal(valve.idle, idle.every(Boolean));
      }
    }),
  );
});
