import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { decodeFrame, encodeFrame } from './codec.ts';
import { MESSAGE_SIZE_MAX, zToEngine } from './link.ts';

const zAny = z.unknown();

test('every message and its figures come out as they went in, also from an odd offset', () => {
  const figures = fc.option(fc.float64Array({ minLength: 1 }));
  fc.assert(
    fc.property(fc.jsonValue(), figures, fc.integer({ min: 0, max: 9 }), (value, numbers, offset) => {
      // JSON has no -0; through the figures it travels as it is.
      const message: unknown = JSON.parse(JSON.stringify(value));
      const frame = encodeFrame({ message, figures: numbers });
      const moved = new Uint8Array(frame.length + offset);
      moved.set(frame, offset);
      const decoded = decodeFrame(moved.subarray(offset), zAny);
      assert.ok(decoded.ok);
      assert.deepEqual(decoded.envelope, { message, figures: numbers });
    }),
  );
});

test('a message that the schema does not know is refused with the place', () => {
  const refusal = decodeFrame(
    encodeFrame({ message: { type: 'ping', requestId: -1 }, figures: null }),
    zToEngine,
  );
  assert.ok(!refusal.ok);
  assert.equal(refusal.problem.code, 'L-MESSAGE');
  assert.match(refusal.problem.value ?? '', /^requestId/);
  for (const message of [
    null,
    1,
    'ping',
    [],
    {},
    { type: 'nothing' },
    { type: 'hello', version: 1, more: 1 },
  ])
    assert.equal(decodeFrame(encodeFrame({ message, figures: null }), zToEngine).ok, false);
});

test('garbage is refused, never thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoded = decodeFrame(bytes, zToEngine);
      assert.ok(!decoded.ok && decoded.problem.code === 'L-MESSAGE');
    }),
  );
});

test('a frame that lost its end, or a part of its figures, is torn', () => {
  const whole = encodeFrame({ message: { type: 'hello', version: 1 }, figures: Float64Array.of(1, 2) });
  assert.ok(decodeFrame(whole, zToEngine).ok);
  for (let length = 0; length < whole.length; length++) {
    const decoded = decodeFrame(whole.subarray(0, length), zToEngine);
    // Whole figures fewer are another message, not a broken one.
    const figuresLost = whole.length - length;
    assert.equal(decoded.ok, figuresLost === 8 || figuresLost === 16, `${length} bytes`);
  }
});

test('text that is not UTF-8, and frames above the limit, are refused', () => {
  const frame = encodeFrame({ message: 'aa', figures: null });
  frame[9] = 0xff;
  assert.equal(decodeFrame(frame, zAny).ok, false);
  assert.equal(decodeFrame(new Uint8Array(MESSAGE_SIZE_MAX + 1), zAny).ok, false);
});
