/** Golden pipelines that die on some workers and go on on others, from their checkpoints: every row once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { runWithCrashes } from '../checkpoints/restored-run.ts';
import { assertSame, GOLDEN, goldenNames, loadGolden, withSettings } from './compare.ts';

/** On how many workers, from run to run; and after how many polls each of them dies. */
const WAYS: readonly { readonly workers: readonly number[]; readonly crashAfter: readonly number[] }[] = [
  { workers: [2], crashAfter: [] },
  { workers: [1, 2], crashAfter: [3] },
  { workers: [4, 2, 1], crashAfter: [2, 3] },
  { workers: [2, 1, 3, 2], crashAfter: [1, 2, 1] },
];

for (const name of goldenNames()) {
  test(`restored on other workers: ${name}`, async () => {
    const document = loadGolden(name);
    const plain = await runLocally(document, { batchRows: 1, clock: new VirtualClock(0), baseDir: GOLDEN });
    const sliced = withSettings(document, { maxParallelism: 8 });
    for (const { workers, crashAfter } of WAYS) {
      const what = `${workers.join(' → ')} workers, dying at ${crashAfter.join(', ')}`;
      const run = await runWithCrashes(sliced, { baseDir: GOLDEN, batchRows: 1, crashAfter, workers });
      assert.ok(run.checkpoints > 0, what);
      // `committed` counts anew in that harness.
      const nodes = run.summary.nodes.map((n, i) => ({
        ...n,
        committed: plain.summary.nodes[i]?.committed ?? 0,
      }));
      assertSame(document, { ...run, summary: { ...run.summary, nodes } }, plain, what);
    }
  });
}
