/** A few of `npm run chaos`; `npm test -- --chaos 50` runs more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaosRuns } from './runs.ts';

/** Together about 40 s where others use the machine too. */
const RUNS = Number(process.env['WEIR_CHAOS'] ?? 6);
const AT_ONCE = 2;

for (let seed = 7; seed < 7 + RUNS; seed += AT_ONCE) {
  test(`chaos: killed at any instant, nothing is lost or doubled, seeds from ${seed}`, async (t) => {
    const began = performance.now();
    const runs = await chaosRuns({ runs: Math.min(AT_ONCE, 7 + RUNS - seed), seed, jobs: AT_ONCE });
    for (const run of runs) assert.deepEqual(run.faults, [], `npm run chaos -- --runs 1 --seed ${run.seed}`);
    t.diagnostic(`${runs.length} runs in ${Math.round(performance.now() - began)} ms`);
  });
}
