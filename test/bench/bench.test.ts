import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Events } from '../nexmark/data.ts';
import { EXPECTED } from '../nexmark/expected.ts';
import { AUCTION, BATCH_ROWS, BID, makeColumns, PERSON } from './corpus.ts';
import type { Outcome } from './entrant.ts';
import { ENTRANTS, LOADERS } from './entrants.ts';
import { Meter } from './meter.ts';
import { writeNdjson } from './ndjson.ts';
import { BY_CLOCK, filesOf, QUERIES, SUMS } from './queries.ts';
import { bars, type CaseRun, disagreements, lines, median } from './report.ts';
import { toRows } from './rows.ts';

/** Over two windows of ten seconds, and no multiple of a batch. */
const EVENTS = 150_500;
/** Few enough for expected.ts, whose loops are plain. */
const FEW = 4_050;

/** The events as test/nexmark has them. */
function eventsOf(count: number): Events {
  const rows = toRows(makeColumns(count));
  const iso = (row: object | null): object =>
    Object.fromEntries(
      Object.entries(row ?? {}).map(([name, value]) => [
        name,
        name === 'dateTime' || name === 'expires' ? new Date(value).toISOString() : value,
      ]),
    );
  const of = (type: number, kind: 'person' | 'auction' | 'bid'): object[] =>
    rows.filter((row) => row.type === type).map((row) => iso(row[kind]));
  return {
    persons: of(PERSON, 'person'),
    auctions: of(AUCTION, 'auction'),
    bids: of(BID, 'bid'),
  } as unknown as Events;
}

function expected(query: string, events: Events): Outcome {
  const wanted = EXPECTED[query]?.(events) ?? [];
  const sum = wanted.reduce(
    (all, row) => all + (SUMS[query] ?? []).reduce((a, name) => a + Number(row[name]), 0),
    0,
  );
  return { rows: BY_CLOCK.has(query) ? 0 : wanted.length, sum };
}

function same(got: Outcome, want: Outcome, what: string): void {
  assert.equal(got.rows, want.rows, `${what}: rows`);
  assert.ok(
    Math.abs(got.sum - want.sum) <= 1e-9 * Math.abs(want.sum),
    `${what}: ${got.sum}, not ${want.sum}`,
  );
}

test('the mix is 1 person, 3 auctions, 46 bids in 50, and the same every time', () => {
  const columns = makeColumns(50_000);
  const counts = [0, 0, 0];
  for (let n = 0; n < 50_000; n++) counts[columns.type[n] ?? 0]!++;
  assert.deepEqual(counts, [1000, 3000, 46_000]);
  assert.deepEqual(makeColumns(1000).price, columns.price.slice(0, 1000));
});

test('the engine gives what plain loops give, for every query', async () => {
  const engine = await LOADERS.engine();
  const columns = makeColumns(FEW);
  const events = eventsOf(FEW);
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-test-'));
  try {
    const files = writeNdjson(folder, FEW);
    for (const query of QUERIES) {
      // Its rows are those of q7's window, which the entrants check among themselves.
      if (query === 'q7max') continue;
      const want = expected(query, events);
      assert.ok(BY_CLOCK.has(query) || want.rows > 0, `${query} has rows`);
      same(await engine.prepare(query, columns)(new Meter(FEW, BATCH_ROWS)), want, query);
      const records = filesOf(query).reduce((n, file) => n + (files.records[file] ?? 0), 0);
      const bytes = engine.prepareBytes?.(query, files);
      assert.ok(bytes !== undefined);
      same(await bytes(new Meter(records, records)), want, `${query} from NDJSON`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every entrant gives what the engine gives', async () => {
  const columns = makeColumns(EVENTS);
  const engine = await LOADERS.engine();
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-test-'));
  try {
    const files = writeNdjson(folder, FEW);
    for (const query of QUERIES) {
      const others = ENTRANTS.filter((name) => name !== 'engine');
      let want: Outcome | null = null;
      for (const name of others) {
        const entrant = await LOADERS[name]();
        if (entrant.has(query, 'memory')) {
          want ??= await engine.prepare(query, columns)(new Meter(EVENTS, BATCH_ROWS));
          const meter = new Meter(EVENTS, BATCH_ROWS);
          same(await entrant.prepare(query, columns)(meter), want, `${name} ${query}`);
          const { batchMs, cpuNs } = meter.end();
          assert.equal(batchMs.length, 111, 'three quarters of 147 batches are timed');
          assert.ok(batchMs.every((ms) => ms >= 0) && cpuNs > 0);
        }
        if (entrant.has(query, 'ndjson')) {
          const meter = (): Meter => new Meter(FEW, FEW);
          const its = await engine.prepareBytes?.(query, files)(meter());
          const got = await entrant.prepareBytes?.(query, files)(meter());
          assert.ok(its !== undefined && got !== undefined);
          same(got, its, `${name} ${query} from NDJSON`);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

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
    bars(runs, 'memory').map((b) => [b.measured, b.passed]),
    [
      [2, true],
      [5 / 6, false],
    ],
  );
  assert.equal(median([1, 2, 10, 4]), 3);
});

test('figures of runs that disagree are not to be had', () => {
  assert.deepEqual(disagreements([caseRun(1, 'engine', 1), caseRun(1, 'hand', 1, 1 + 1e-12)]), []);
  assert.equal(disagreements([caseRun(1, 'engine', 1), caseRun(1, 'hand', 1, 2)]).length, 1);
});
