/** Golden pipelines with their keyed state in slices, on one worker: plain, and dying and going on from checkpoints. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import { WeirError } from '../../engine/contract/problems.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { runWithCrashes } from '../checkpoints/restored-run.ts';
import { assertSame, GOLDEN, goldenNames, loadGolden, withSettings } from './compare.ts';

for (const name of goldenNames()) {
  test(`slices: ${name}`, async () => {
    const document = loadGolden(name);
    const plain = await runLocally(document, { batchRows: 7, clock: new VirtualClock(0), baseDir: GOLDEN });
    const sliced = withSettings(document, { maxParallelism: 8 });
    const whole = await runLocally(sliced, { batchRows: 7, clock: new VirtualClock(0), baseDir: GOLDEN });
    assert.deepEqual(whole.problems, []);
    assertSame(document, whole, plain, 'in 8 slices');
    const crashed = await runWithCrashes(sliced, { baseDir: GOLDEN, batchRows: 7, crashAfter: [2, 1, 1] });
    // `committed` counts anew in that harness.
    const { nodes } = crashed.summary;
    const same = {
      ...crashed.summary,
      nodes: nodes.map((n, i) => ({ ...n, committed: plain.summary.nodes[i]?.committed ?? 0 })),
    };
    assertSame(document, { ...crashed, summary: same }, plain, 'in 8 slices, dying');
  });
}

test('a checkpoint with another number of slices is refused, and without a number its own is taken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-slices-'));
  const document = loadGolden('count-of-counts');
  const runOf = async (maxParallelism?: number): Promise<number> => {
    const store = await CheckpointStore.open(folder, { keep: 3, warn: () => {} });
    try {
      const run = new GraphRun(
        checkGraph(maxParallelism === undefined ? document : withSettings(document, { maxParallelism })),
        {
          runtimes: RUNTIMES,
          clock: new VirtualClock(0),
          seed: 1,
          baseDir: GOLDEN,
          batchRows: 7,
          log: () => {},
          checkpoints: {
            store,
            everyMs: 0,
            minPauseMs: 0,
            timeoutMs: 60_000,
            tolerableFailures: 0,
            restored: await store.latest(),
          },
        },
      );
      await run.open();
      const { outcome } = await run.run();
      assert.equal(outcome, 'finished');
      return run.slices;
    } finally {
      await store.close();
    }
  };
  try {
    assert.equal(await runOf(16), 16);
    assert.equal(await runOf(), 16, 'nobody asked for another');
    await assert.rejects(
      runOf(8),
      (error: unknown) =>
        error instanceof WeirError && error.problem.code === 'K-SLICES' && error.problem.expected === '16',
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
