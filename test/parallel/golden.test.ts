/** Golden pipelines on several workers: what they give does not hang on how many there are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { assertSame, GOLDEN, goldenNames, loadGolden } from './compare.ts';

for (const name of goldenNames()) {
  test(`workers: ${name}`, async () => {
    const document = loadGolden(name);
    for (const batchRows of [1, 7]) {
      const options = { batchRows, baseDir: GOLDEN };
      const plain = await runLocally(document, { ...options, clock: new VirtualClock(0) });
      for (const workers of [2, 4]) {
        const spread = await runLocally(document, { ...options, clock: new VirtualClock(0), workers });
        assert.deepEqual([spread.summary.outcome, spread.problems], ['finished', []]);
        assertSame(document, spread, plain, `${workers} workers, batches of ${batchRows}`);
      }
    }
  });
}
