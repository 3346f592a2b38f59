/** The pipeline that is killed, undisturbed: what it gives hangs neither on workers nor on the size of batches. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDocument } from '../../engine/contract/parse.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { differences, readSeen, type Seen } from './compare.ts';
import { CLICKS, pipelineOf } from './pipeline.ts';
import { shortLived } from './run.ts';

test('chaos pipeline: the same on several workers, in small batches', async () => {
  const pipeline = pipelineOf(8, Date.now());
  const parsed = parseDocument(JSON.stringify(pipeline.calm));
  assert.ok(parsed.ok);
  const seen: Seen[] = [];
  for (const { workers, batchRows } of [
    { workers: 1, batchRows: 1024 },
    { workers: 2, batchRows: 7 },
    { workers: 3, batchRows: 60 },
  ]) {
    const folder = await mkdtemp(join(shortLived(), 'weir-chaos-workers-'));
    try {
      await writeFile(join(folder, CLICKS), pipeline.clicks);
      const { summary } = await runLocally(parsed.value, {
        baseDir: folder,
        workers,
        batchRows,
        capture: false,
      });
      assert.equal(summary.outcome, 'finished');
      seen.push(await readSeen(join(folder, 'out')));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const [one, ...others] = seen;
  assert.ok(one !== undefined && one.size > 30);
  for (const other of others) assert.deepEqual(differences(one, other, pipeline.sinks), []);
});
