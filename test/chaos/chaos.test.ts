/** Some of `npm run chaos`; `npm test -- --chaos N` runs more or fewer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaosRuns } from './runs.ts';

const RUNS = Number(process.env['WEIR_CHAOS'] ?? 50);
const FIRST = 7;
/** Each takes about three seconds of a core; a loaded machine takes its time. */
const PATIENCE = { timeout: RUNS * 30_000 };

test(`chaos: killed at any instant, nothing is lost or doubled, ${RUNS} runs`, PATIENCE, async (t) => {
  const began = performance.now();
  const runs = await chaosRuns({ runs: RUNS, seed: FIRST, jobs: 2 });
  const faults = runs.flatMap((run) =>
    run.faults.map((fault) => `npm run chaos -- --runs 1 --seed ${run.seed}: ${fault}`),
  );
  assert.deepEqual(faults, []);
  // A test whose kills all come too late would show nothing.
  const killed = runs.flatMap((run) => run.killed).filter((came) => came).length;
  assert.ok(killed >= RUNS / 2, `${killed} kills came in time`);
  t.diagnostic(`${RUNS} runs, ${killed} kills, in ${Math.round(performance.now() - began)} ms`);
});
