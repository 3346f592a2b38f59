import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Books, type LedgerEvent } from './books.ts';
import { inRanges, NumberSet, rangesOf } from './numbers.ts';

const PLAN = { field: 'id', sinks: [{ sink: 'out', source: 'ids', holds: false }] };

function after(...events: LedgerEvent[]): Record<string, number> | null {
  const books = new Books(PLAN, true);
  for (const event of events) books.apply(event);
  const counts = books.counts('out');
  return counts === null ? null : { ...counts };
}

test('ranges hold every number as often as it came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 })), (numbers) => {
      const ranges = rangesOf(Float64Array.from(numbers));
      assert.deepEqual(
        [...inRanges(ranges)].sort((a, b) => a - b),
        numbers.toSorted((a, b) => a - b),
      );
    }),
  );
  assert.deepEqual(rangesOf(Float64Array.of(5, 3, 4, 9)), [3, 5, 9, 9]);
});

test('a set of numbers is one, also across pages', () => {
  const number = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 65_530, max: 65_545 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), number)), (steps) => {
      const set = new NumberSet();
      const model = new Set<number>();
      for (const [add, n] of steps) {
        if (add) assert.equal(set.add(n), !model.has(n));
        else assert.equal(set.delete(n), model.has(n));
        if (add) model.add(n);
        else model.delete(n);
        assert.equal(set.has(n), model.has(n));
      }
      assert.equal(set.size, model.size);
      const all = [...model].sort((a, b) => a - b);
      assert.deepEqual(set.ranges(), rangesOf(Float64Array.from(all)));
      const again = new NumberSet();
      assert.equal(again.addAll(set.ranges()), 0);
      assert.equal(again.addAll(set.ranges()), model.size, 'all are known');
      assert.deepEqual([again.size, again.ranges()], [model.size, set.ranges()]);
    }),
  );
});

test('sets take and lose whole ranges as they would one number after the other', () => {
  const end = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 65_500, max: 131_100 }));
  const range = fc.tuple(end, fc.integer({ min: 0, max: 30 })).map(([from, more]) => [from, from + more]);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.array(range, { maxLength: 3 }))), (steps) => {
      const [ranged, single] = [new NumberSet(), new NumberSet()];
      for (const [add, ranges] of steps) {
        const numbers = [...inRanges(ranges.flat())];
        if (add) {
          const known = ranged.addAll(ranges.flat());
          assert.equal(known, numbers.map((n) => single.add(n)).filter((fresh) => !fresh).length);
        } else {
          ranged.deleteAll(ranges.flat());
          for (const n of numbers) single.delete(n);
        }
        assert.equal(ranged.size, single.size);
      }
      assert.deepEqual([ranged.ranges(), ranged.min, ranged.max], [single.ranges(), single.min, single.max]);
    }),
  );
});

test('what is given is in flight until it is delivered; what comes again is counted as such', () => {
  assert.deepEqual(after(['given', 'ids', [0, 9]], ['delivered', 'out', [0, 3]]), {
    expected: 10,
    delivered: 4,
    duplicated: 0,
    lost: 0,
    inFlight: 6,
  });
  assert.deepEqual(
    after(['given', 'ids', [0, 1]], ['delivered', 'out', [0, 1]], ['delivered', 'out', [1, 1, 1, 1]]),
    {
      expected: 2,
      delivered: 2,
      duplicated: 2,
      lost: 0,
      inFlight: 0,
    },
  );
});

test('rows that a sink withholds are delivered when it says that it shows so many', () => {
  const before: LedgerEvent[] = [
    ['given', 'ids', [0, 4]],
    ['barrier', 1],
    ['wrote', 'out', 1, [[0, 4]]],
    ['given', 'ids', [5, 9]],
    ['barrier', 2],
    ['wrote', 'out', 2, [9, [5, 8]]],
  ];
  const seen = (...events: LedgerEvent[]): unknown => {
    const counts = after(...before, ...events);
    return [counts?.['delivered'], counts?.['duplicated'], counts?.['inFlight']];
  };
  assert.deepEqual(seen(), [0, 0, 10]);
  assert.deepEqual(seen(['shown', 'out', 3]), [3, 0, 7], 'the rest is in a file that is still open');
  assert.deepEqual(seen(['shown', 'out', 3], ['shown', 'out', 10]), [10, 0, 0]);
  assert.deepEqual(seen(['resumed', 1, true, []], ['shown', 'out', 5]), [5, 0, 5]);
  const again: LedgerEvent = ['wrote', 'out', 3, [[5, 9]]];
  assert.deepEqual(seen(['shown', 'out', 7], ['resumed', 1, true, []], again), [7, 0, 3]);
  assert.deepEqual(
    seen(['shown', 'out', 7], ['resumed', 1, true, []], again, ['shown', 'out', 10]),
    [10, 2, 0],
    'number 9 and number 5 were there',
  );
  assert.deepEqual(seen(['shown', 'out', 7], ['resumed', null, true, []], ['shown', 'out', 0]), [7, 0, 3]);
});

test('sources that do not go back lose what came after the checkpoint, and no more', () => {
  const before: LedgerEvent[] = [
    ['given', 'ids', [0, 4]],
    ['barrier', 1],
    ['given', 'ids', [5, 9]],
    ['dropped', 'out', [9, 9]],
    ['delivered', 'out', [5, 6]],
  ];
  const lost = (...events: LedgerEvent[]): unknown => after(...before, ...events)?.['lost'];
  assert.equal(lost(['resumed', 1, true, []]), 0, 'they come again');
  assert.equal(lost(['resumed', 1, false, []]), 2);
  assert.equal(lost(['resumed', null, false, []]), 7);
  assert.equal(lost(['resumed', 1, false, ['out']]), 7, 'what was in state is gone too');
  assert.equal(lost(['resumed', 1, false, []], ['given', 'ids', [10, 11]], ['resumed', 1, false, []]), 4);
  assert.equal(lost(['resumed', 1, false, []], ['delivered', 'out', [7, 7]]), 1, 'it came after all');
});

test('at the end, what did not come is lost, and so are numbers that were left out', () => {
  const events: LedgerEvent[] = [
    ['given', 'ids', [0, 4, 7, 9]],
    ['delivered', 'out', [0, 3, 7, 9]],
    ['finished'],
  ];
  assert.deepEqual(after(...events), { expected: 10, delivered: 7, duplicated: 0, lost: 3, inFlight: 0 });
  const books = new Books({ field: 'id', sinks: [{ sink: 'out', source: 'ids', holds: true }] }, true);
  for (const event of events) books.apply(event);
  assert.equal(books.counts('out')?.lost, 0, 'an operator that holds records may have dropped them');
  assert.equal(books.counts('out')?.expected, 7);
  assert.equal(books.counts('other'), null);
});
