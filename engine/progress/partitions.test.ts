import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PartitionIdleness } from './idleness.ts';
import { PartitionWatermarks } from './partitions.ts';
import { NO_WATERMARK, watermarkDelay } from './watermarks.ts';

type Step =
  | { readonly kind: 'record'; readonly partition: number; readonly time: number }
  | { readonly kind: 'idle' | 'active'; readonly partition: number };

const PARTITIONS = 3;
const partition = fc.integer({ min: 0, max: PARTITIONS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('record' as const),
      partition,
      time: fc.integer({ min: -50, max: 100 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('idle' as const, 'active' as const), partition }),
  },
);

/** The rules written down without any care for speed. */
function model(steps: readonly Step[], delay: number): number[] {
  const newest = new Array<number>(PARTITIONS).fill(NO_WATERMARK);
  const idle = new Array<boolean>(PARTITIONS).fill(false);
  let merged = NO_WATERMARK;
  return steps.map((s) => {
    idle[s.partition] = s.kind === 'idle';
    if (s.kind === 'record') newest[s.partition] = Math.max(newest[s.partition] ?? NO_WATERMARK, s.time);
    const active = newest.filter((_, p) => idle[p] !== true);
    if (active.length > 0) merged = Math.max(merged, Math.min(...active) - delay);
    return merged;
  });
}

test('the merged watermark is the minimum over active partitions and never falls', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 20 }), (steps, delay) => {
      const watermarks = new PartitionWatermarks(PARTITIONS, delay);
      const seen = steps.map((s) => {
        if (s.kind === 'record') watermarks.advance(s.partition, s.time);
        else if (s.kind === 'idle') watermarks.markIdle(s.partition);
        else watermarks.markActive(s.partition);
        return watermarks.merged;
      });
      assert.deepEqual(seen, model(steps, delay));
    }),
    { numRuns: 500 },
  );
});

test('stamp gives every row the watermark before it, however the rows are cut into batches', () => {
  const row = fc.record({ partition, time: fc.integer({ min: -50, max: 100 }) });
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 50 }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      (rows, batchRows, single) => {
        const before = model(
          rows.map((r) => ({ kind: 'record', partition: single ? 0 : r.partition, time: r.time })),
          4,
        );
        const watermarks = new PartitionWatermarks(single ? 1 : PARTITIONS, 4);
        const stamped: number[] = [];
        for (let at = 0; at < rows.length; at += batchRows) {
          const batch = rows.slice(at, at + batchRows);
          const out = new Float64Array(batch.length);
          const after = watermarks.stamp(
            Float64Array.from(batch, (r) => r.time),
            single ? null : Int32Array.from(batch, (r) => r.partition),
            batch.length,
            out,
          );
          stamped.push(...out);
          assert.equal(after, watermarks.merged);
        }
        // The model of three partitions with one in use never moves: only compare like with like.
        const expected = single
          ? rows.map((_, i) => Math.max(NO_WATERMARK, ...rows.slice(0, i).map((r) => r.time - 4)))
          : [NO_WATERMARK, ...before.slice(0, -1)].slice(0, rows.length);
        assert.deepEqual(stamped, expected);
      },
    ),
    { numRuns: 500 },
  );
});

test('a partition that joins late or is removed never pulls the watermark back', () => {
  const watermarks = new PartitionWatermarks(1, 0);
  watermarks.advance(0, 20);
  const late = watermarks.add();
  watermarks.advance(late, 5);
  assert.equal(watermarks.merged, 20);
  watermarks.advance(0, 90);
  assert.equal(watermarks.merged, 20, 'the one behind holds it');
  watermarks.remove(late);
  assert.equal(watermarks.merged, 90);
  watermarks.advance(late, 6);
  watermarks.stamp(Float64Array.of(7), Int32Array.of(late), 1, new Float64Array(1));
  watermarks.advance(0, 95);
  assert.equal(watermarks.merged, 95, 'what still comes from it holds nothing back');
});

test('without a strategy there is no watermark, but activity is seen', () => {
  const watermarks = new PartitionWatermarks(2, watermarkDelay({ kind: 'none' }));
  watermarks.markIdle(1);
  const out = new Float64Array(2);
  assert.equal(watermarks.stamp(Float64Array.of(1, 2), Int32Array.of(1, 0), 2, out), NO_WATERMARK);
  assert.equal(watermarks.isIdle(1), false);
  assert.equal(watermarks.recordsOf(1), 1);
});

test('strategies: SQL bounds take no extra millisecond, ascending stays one behind', () => {
  assert.equal(watermarkDelay({ kind: 'bounded', delayMs: 1000 }), 1000);
  assert.equal(watermarkDelay({ kind: 'ascending' }), 1);
});

test('rows without time move nothing', () => {
  const watermarks = new PartitionWatermarks(1, 0);
  const out = new Float64Array(2);
  assert.equal(watermarks.stamp(Float64Array.of(7, Number.NaN), null, 2, out), 7);
});

test('a partition is idle after a timeout of silence; a record wakes it; a pause is not silence', () => {
  const watermarks = new PartitionWatermarks(2, 0);
  const idleness = new PartitionIdleness(10);
  watermarks.advance(0, 100);
  watermarks.advance(1, 50);
  assert.equal(idleness.check(0, watermarks), false, 'records came');
  watermarks.advance(0, 200);
  idleness.check(1, watermarks);
  watermarks.advance(0, 300);
  assert.equal(idleness.check(11, watermarks), false, 'silent for exactly the timeout');
  assert.equal(idleness.check(12, watermarks, true), false, 'paused');
  watermarks.advance(0, 400);
  assert.equal(idleness.check(13, watermarks), false);
  watermarks.advance(0, 500);
  assert.equal(idleness.check(24, watermarks), true);
  assert.deepEqual([watermarks.isIdle(0), watermarks.isIdle(1), watermarks.merged], [false, true, 500]);
  watermarks.advance(1, 60);
  assert.deepEqual([watermarks.isIdle(1), watermarks.merged], [false, 500]);
});

test('a record that is not newer wakes its partition, and the watermark it brings along counts', () => {
  const advance = new PartitionWatermarks(2, 0);
  const stamp = new PartitionWatermarks(2, 0);
  for (const watermarks of [advance, stamp]) {
    watermarks.advance(1, 5);
    watermarks.markIdle(1);
    watermarks.markIdle(0);
    assert.deepEqual([watermarks.merged, watermarks.allIdle], [NO_WATERMARK, true]);
  }
  advance.advance(1, 5);
  stamp.stamp(Float64Array.of(5), Int32Array.of(1), 1, new Float64Array(1));
  assert.deepEqual([advance.merged, stamp.merged], [5, 5]);
});

test('more partitions than there was room for keep their places', () => {
  const watermarks = new PartitionWatermarks(0, 0);
  for (let p = 0; p < 9; p++) {
    watermarks.add();
    watermarks.advance(p, 100 - p);
  }
  assert.equal(watermarks.merged, 100, 'the first one alone had come this far');
  for (let p = 0; p < 9; p++) watermarks.advance(p, 200 + p);
  assert.equal(watermarks.merged, 200);
});

test('stampBounded stamps as stamp does, tells the bounds, and takes nothing in where a time is of no use', () => {
  const time = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: -50, max: 100 }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -1000, 1000, Infinity) },
  );
  let refused = 0;
  fc.assert(
    fc.property(fc.array(fc.array(time, { minLength: 1, maxLength: 8 }), { maxLength: 8 }), (batches) => {
      const plain = new PartitionWatermarks(1, 5);
      const bounded = new PartitionWatermarks(1, 5);
      for (const batch of batches) {
        const times = Float64Array.from(batch);
        const marks = new Float64Array(batch.length);
        const bounds = bounded.stampBounded(times, batch.length, 500, marks);
        if (batch.some((t) => !(Math.abs(t) <= 500))) {
          refused++;
          assert.equal(bounds, null);
        } else {
          const want = new Float64Array(batch.length);
          plain.stamp(times, null, batch.length, want);
          assert.deepEqual(marks, want);
          assert.deepEqual(bounds, { oldest: Math.min(...batch), newest: Math.max(...batch) });
        }
        assert.equal(bounded.merged, plain.merged);
        assert.equal(bounded.recordsOf(0), plain.recordsOf(0));
      }
    }),
  );
  assert.ok(refused > 10);
  const two = new PartitionWatermarks(2, 5);
  assert.equal(two.stampBounded(Float64Array.of(1), 1, 500, new Float64Array(1)), null);
  assert.equal(two.recordsOf(0), 0);
});
