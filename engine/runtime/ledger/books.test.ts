import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Books, type LedgerEvent } from './books.ts';
import { LedgerLog } from './log.ts';
import { inRanges, NumberSet, rangesOf } from './numbers.ts';

const PLAN = { field: 'id', sinks: [{ sink: 'out', source: 'ids', holds: false }] };

function after(...events: LedgerEvent[]): Record<string, number> | null {
  const books = new Books(PLAN);
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
      assert.deepEqual(
        [...set].sort((a, b) => a - b),
        [...model].sort((a, b) => a - b),
      );
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

test('a checkpoint that was prepared and not completed counts for nothing, unless the run goes on from it', () => {
  const before: LedgerEvent[] = [
    ['given', 'ids', [0, 4]],
    ['barrier', 1],
    ['prepared', 'out', 1, [0, 4]],
    ['given', 'ids', [5, 9]],
    ['barrier', 2],
    ['prepared', 'out', 2, [5, 9]],
  ];
  const delivered = (...events: LedgerEvent[]): unknown => after(...before, ...events)?.['delivered'];
  assert.equal(delivered(), 0);
  assert.equal(delivered(['committed', 'out', 1]), 5);
  assert.equal(delivered(['committed', 'out', 2]), 10, 'the second holds the first');
  assert.equal(delivered(['resumed', 1, true, []]), 5);
  assert.equal(delivered(['resumed', 2, true, []]), 10);
  assert.equal(delivered(['resumed', null, true, []], ['committed', 'out', 2]), 0);
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
  const books = new Books({ field: 'id', sinks: [{ sink: 'out', source: 'ids', holds: true }] });
  for (const event of events) books.apply(event);
  assert.equal(books.counts('out')?.lost, 0, 'an operator that holds records may have dropped them');
  assert.equal(books.counts('out')?.expected, 7);
  assert.equal(books.counts('other'), null);
});

test('the file gives the same events again, without a line that was cut off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-ledger-'));
  const told = (goesOn: boolean, ...more: LedgerEvent[]): LedgerEvent[] => {
    const events: LedgerEvent[] = [];
    const log = LedgerLog.open(folder, goesOn, (event) => events.push(event));
    for (const event of more) log.write(event);
    log.close();
    return events;
  };
  try {
    assert.deepEqual(told(true, ['barrier', 1], ['given', 'ids', [0, 1]]), []);
    appendFileSync(join(folder, 'ledger.ndjson'), '["given","ids",[2,');
    assert.deepEqual(told(true, ['barrier', 2]), [
      ['barrier', 1],
      ['given', 'ids', [0, 1]],
    ]);
    assert.deepEqual(told(true).at(-1), ['barrier', 2]);
    assert.deepEqual(told(false), []);
    assert.deepEqual(told(true), []);
    writeFileSync(join(folder, 'ledger.ndjson'), '');
    assert.deepEqual(told(true), []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
