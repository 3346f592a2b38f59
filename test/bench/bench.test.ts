import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BATCH_ROWS, BID, makeColumns } from './corpus.ts';
import { AUCTION_MODULUS, type Outcome, QUERIES, type Query, RATE, WINDOW_MS } from './entrant.ts';
import { ENTRANTS, LOADERS } from './entrants.ts';
import { Meter } from './meter.ts';
import { bars, type CaseRun, disagreements, lines, median } from './report.ts';

/** Over two windows, and no multiple of a batch. */
const EVENTS = 150_500;
const columns = makeColumns(EVENTS);

/** The queries once more, without batches and watermarks: times are in order here, so nothing is late. */
function expected(query: Query): Outcome {
  let rows = 0;
  let sum = 0;
  const highest = new Map<number, number>();
  for (let n = 0; n < EVENTS; n++) {
    if (columns.type[n] !== BID) continue;
    const auction = columns.auction[n] ?? 0;
    const price = columns.price[n] ?? 0;
    const window = Math.floor((columns.time[n] ?? 0) / WINDOW_MS);
    highest.set(window, Math.max(highest.get(window) ?? 0, price));
    if (query === 'q2' && auction % AUCTION_MODULUS !== 0) continue;
    rows++;
    sum += query === 'q1' ? RATE * price : query === 'q2' ? auction + price : price;
  }
  if (query !== 'q7') return { rows, sum };
  return { rows: highest.size, sum: [...highest.values()].reduce((a, b) => a + b) };
}

test('the mix is 1 person, 3 auctions, 46 bids in 50, and the same every time', () => {
  const counts = [0, 0, 0];
  for (let n = 0; n < 50_000; n++) counts[columns.type[n] ?? 0]!++;
  assert.deepEqual(counts, [1000, 3000, 46_000]);
  assert.deepEqual(makeColumns(1000).price, columns.price.slice(0, 1000));
});

for (const name of ENTRANTS) {
  test(`${name} answers every query right`, async () => {
    const entrant = await LOADERS[name]();
    for (const query of QUERIES) {
      const meter = new Meter(EVENTS, BATCH_ROWS);
      const outcome = await entrant.prepare(query, columns)(meter);
      const want = expected(query);
      assert.equal(outcome.rows, want.rows, query);
      assert.ok(
        Math.abs(outcome.sum - want.sum) <= 1e-9 * want.sum,
        `${query}: ${outcome.sum}, not ${want.sum}`,
      );
      const { batchMs, cpuNs } = meter.end();
      assert.equal(batchMs.length, 111, 'three quarters of 147 batches are timed');
      assert.ok(batchMs.every((ms) => ms >= 0) && cpuNs > 0);
    }
  });
}

const caseRun = (round: number, entrant: CaseRun['entrant'], cpuNs: number, sum = 1): CaseRun => ({
  round,
  query: 'q1',
  entrant,
  label: entrant,
  cpuNs,
  wallNs: cpuNs,
  outcome: { rows: 1, sum },
  batchMsP999: 0,
  gcMsMax: 0,
  peakBytes: 0,
});

test('ratios are taken within a round, so that a slow round disturbs nobody', () => {
  const runs = [1, 1, 100].flatMap((slow, i) => [
    caseRun(i + 1, 'engine', 6 * slow),
    caseRun(i + 1, 'hand', 4 * slow),
    caseRun(i + 1, 'most', 5 * slow),
  ]);
  assert.equal(lines(runs).find((l) => l.entrant === 'hand')?.weirRatio, 1.5);
  assert.deepEqual(
    bars(runs).map((b) => [b.measured, b.passed]),
    [
      [-2, true],
      [1.2, false],
    ],
  );
  assert.equal(median([1, 2, 10, 4]), 3);
});

test('figures of runs that disagree are not to be had', () => {
  assert.deepEqual(disagreements([caseRun(1, 'engine', 1), caseRun(1, 'hand', 1, 1 + 1e-12)]), []);
  assert.equal(disagreements([caseRun(1, 'engine', 1), caseRun(1, 'hand', 1, 2)]).length, 1);
});
