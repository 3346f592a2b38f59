/** Some of `npm run chaos`; `npm test -- --chaos N` runs more or fewer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChaosRun } from './run.ts';
import { chaosRuns } from './runs.ts';

const RUNS = Number(process.env['WEIR_CHAOS'] ?? 50);
const FIRST = 7;
/** Each takes about three seconds of a core; a loaded machine takes its time. */
const PATIENCE = { timeout: RUNS * 30_000 };

test('chaos: killed at any instant, nothing is lost or doubled', PATIENCE, async (t) => {
  const began = performance.now();
  const ended = new Map(
    Array.from({ length: RUNS }, (_, n) => [FIRST + n, Promise.withResolvers<ChaosRun>()] as const),
  );
  const all = chaosRuns({
    runs: RUNS,
    seed: FIRST,
    jobs: 2,
    told: (run) => ended.get(run.seed)?.resolve(run),
  });
  all.catch((error: unknown) => {
    for (const { promise, reject } of ended.values()) {
      promise.catch(() => {});
      reject(error);
    }
  });
  // A test each, so that who watches sees that they go on.
  for (const [seed, { promise }] of ended)
    await t.test(`chaos: npm run chaos -- --runs 1 --seed ${seed}`, async () =>
      assert.deepEqual((await promise).faults, []),
    );
  // A test whose kills all come too late would show nothing.
  const killed = (await all).flatMap((run) => run.killed).filter((came) => came).length;
  assert.ok(killed >= RUNS / 2, `${killed} kills came in time`);
  t.diagnostic(`${RUNS} runs, ${killed} kills, in ${Math.round(performance.now() - began)} ms`);
});
