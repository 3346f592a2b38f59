/** A paused run taken on step by step. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepKind } from '../engine/contract/link.ts';
import { parseDocument } from '../engine/contract/parse.ts';
import { checkGraph } from '../engine/plan/check.ts';
import { VirtualClock } from '../engine/runtime/clock.ts';
import { GraphRun } from '../engine/runtime/graph-run.ts';
import { startRun } from '../engine/runtime/run.ts';
import { RUNTIMES } from '../engine/runtimes.ts';

const DOCUMENT = {
  weir: 1,
  nodes: {
    ids: {
      type: 'generator',
      config: {
        data: {
          kind: 'fields',
          count: 1000,
          interval: '1 s',
          fields: [
            { name: 'n', value: { kind: 'sequence' } },
            { name: 'at', value: { kind: 'time' } },
          ],
        },
        rate: 1_000_000,
        time: { field: 'at', watermark: { kind: 'bounded', delay: '5 s' } },
      },
    },
    some: { type: 'filter', config: { condition: 'n % 3 = 0' } },
    sums: {
      type: 'window',
      config: {
        window: { kind: 'tumbling', size: '30 s' },
        aggregates: [{ function: 'count', as: 'rows' }],
      },
    },
    out: { type: 'nothing', config: {} },
  },
  edges: [
    { from: 'ids:out', to: 'some' },
    { from: 'some:out', to: 'sums' },
    { from: 'sums:out', to: 'out' },
  ],
};
const parsed = parseDocument(JSON.stringify(DOCUMENT));
assert.ok(parsed.ok);
const document = parsed.value;
const turns = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
};

test('a record, a batch, to the next watermark, to the next pane, and on', async () => {
  const run = new GraphRun(checkGraph(document), {
    runtimes: RUNTIMES,
    clock: new VirtualClock(0),
    seed: 1,
    baseDir: '.',
    batchRows: 100,
    log: () => {},
  });
  await run.open();
  run.pause();
  const ended = run.run();
  const counts = (): Record<string, number> =>
    Object.fromEntries(run.summary('stopped').nodes.map((n) => [n.node, n.recordsOut]));
  const step = async (kind: StepKind): Promise<Record<string, number>> => {
    const before = JSON.stringify(counts());
    run.step(kind);
    for (let n = 0; n < 200 && JSON.stringify(counts()) === before; n++) await turns();
    await turns();
    return counts();
  };
  await turns();
  assert.equal(counts()['ids'], 0, 'nothing flows before the first step');
  assert.equal((await step('record'))['ids'], 1);
  assert.equal((await step('record'))['ids'], 2);
  await turns();
  assert.equal(counts()['ids'], 2, 'one record a step');
  // Each record is a second later, so each moves the watermark.
  assert.equal((await step('watermark'))['ids'], 3);
  // The first window, of seconds 0 to 29, fires when the watermark has passed it, five seconds behind.
  const fired = await step('pane');
  assert.deepEqual([fired['sums'], fired['ids']], [1, 36]);
  assert.equal((await step('pane'))['ids'], 66);
  assert.equal((await step('batch'))['ids'], 166);
  run.resume();
  assert.equal((await ended).outcome, 'finished');
  assert.equal(counts()['ids'], 1000);
  run.step('record');
});

test('a run that starts paused waits, and is stopped as any other', async () => {
  const quiet = { layout() {}, log() {}, sample() {}, view() {}, checkpoint() {}, ended() {} };
  const handle = await startRun({ runId: 's', document, baseDir: '.', options: { paused: true } }, quiet);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const read = (): number => handle.snapshot()[3] ?? Number.NaN;
  assert.equal(read(), 0);
  handle.step('record');
  for (let n = 0; n < 100 && read() === 0; n++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(read(), 1);
  await handle.stop();
  assert.equal((await handle.ended).recordsRead, 1);
});
