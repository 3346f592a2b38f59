/**
 * Random pipelines of operators with state: the same rows at batches of 1, 7 and 1024, on 1, 2 and 4 workers, and when the run dies and goes on from its checkpoints. Updating
 * streams by the table that stands at the end.
 *
 *   npm test -- --pipelines 5000          more of them
 *   npm test -- --pipeline-seed 1234      the one that failed
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomOf } from '../../engine/expressions/testing/random-expression.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { runWithCrashes } from '../checkpoints/restored-run.ts';
import { goByArrival } from '../parallel/by-arrival.ts';
import { randomPipeline } from './random-pipeline.ts';
import { firstSeed } from './seeds.ts';
import { tableOf } from './table.ts';

const PIPELINES = Number(process.env['WEIR_PIPELINES'] ?? 200);
const ONLY_SEED = process.env['WEIR_PIPELINE_SEED'];
/** A test of its own for so many: the runner sees progress. */
const PIPELINES_A_TEST = 100;

async function comparePipeline(seed: number): Promise<number> {
  const document = randomPipeline(randomOf(seed));
  const run = async (batchRows: number, workers = 1): Promise<string[]> => {
    const options = { batchRows, workers, clock: new VirtualClock(0) };
    const { rows, summary, problems } = await runLocally(document, options);
    assert.deepEqual([summary.outcome, problems], ['finished', []]);
    return tableOf(rows['out'] ?? []);
  };
  const expected = await run(1);
  assert.deepEqual(await run(7), expected, 'batches of 7');
  assert.deepEqual(await run(1024), expected, 'batches of 1024');
  const crashAfter = [1 + (seed % 5), 2 + (seed % 3), 1];
  const restored = await runWithCrashes(document, { baseDir: '.', batchRows: 3, crashAfter });
  assert.deepEqual(tableOf(restored.rows['out'] ?? []), expected, `dying at ${crashAfter.join(', ')}`);
  if (goByArrival(document).length > 0) return expected.length;
  assert.deepEqual(await run(7, 2), expected, '2 workers');
  assert.deepEqual(await run(64, 4), expected, '4 workers');
  const sliced = { ...document, settings: { ...document.settings, maxParallelism: 8 } };
  const workers = [[1, 2, 4], [4, 2, 1], [2, 1, 3], [3]][seed % 4] ?? [2];
  const moved = await runWithCrashes(sliced, { baseDir: '.', batchRows: 3, crashAfter, workers });
  assert.deepEqual(tableOf(moved.rows['out'] ?? []), expected, `dying on ${workers.join(', ')} workers`);
  return expected.length;
}

async function comparePipelines(first: number, count: number): Promise<void> {
  let rows = 0;
  for (let seed = first; seed < first + count; seed++) {
    try {
      rows += await comparePipeline(seed);
    } catch (error) {
      const document = JSON.stringify(randomPipeline(randomOf(seed)));
      throw new Error(`seed ${seed} (npm test -- --pipeline-seed ${seed}): ${document}`, { cause: error });
    }
  }
  if (count > 10) assert.ok(rows > count, 'pipelines that give nothing prove nothing');
}

if (ONLY_SEED !== undefined) {
  test(`the pipeline of seed ${ONLY_SEED}`, () => comparePipelines(Number(ONLY_SEED), 1));
} else {
  const first = firstSeed(process.env['WEIR_PIPELINES'] !== undefined);
  for (let done = 0; done < PIPELINES; done += PIPELINES_A_TEST) {
    const count = Math.min(PIPELINES_A_TEST, PIPELINES - done);
    test(`${count} random pipelines after ${done}`, () => comparePipelines(first + done, count));
  }
}
