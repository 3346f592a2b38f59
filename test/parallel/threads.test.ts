/** Several real worker threads: the same rows as on one, stops, failures and deaths. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { RunOptions, RunSummary } from '../../engine/contract/link.ts';
import { type Problem, WeirError } from '../../engine/contract/problems.ts';
import { nodeFigure } from '../../engine/contract/telemetry.ts';
import { startWorkers } from '../../engine/runtime/parallel/group.ts';
import { startRun } from '../../engine/runtime/run.ts';
import type { RunHandle } from '../../engine/runtime/run-api.ts';
import type { WorkerRequest } from '../../engine/runtime/worker-messages.ts';

/** Counts by key and window of ten seconds; endless where `count` is left out. */
const counting = (folder: string, count?: number): GraphDocument => ({
  weir: 1,
  nodes: {
    events: {
      type: 'generator',
      config: {
        data: {
          kind: 'fields',
          fields: [
            { name: 'at', value: { kind: 'time' } },
            { name: 'key', value: { kind: 'key', distinct: 50, prefix: 'key ' } },
            { name: 'x', value: { kind: 'normal', mean: 20, deviation: 4, decimals: 1 } },
          ],
          interval: '10 ms',
          ...(count === undefined ? {} : { count }),
        },
        time: { field: 'at', watermark: { kind: 'ascending' } },
      },
    },
    counts: {
      type: 'window',
      config: {
        window: { kind: 'tumbling', size: '10 s' },
        keys: ['key'],
        aggregates: [
          { function: 'count', as: 'events' },
          { function: 'max', of: 'x', as: 'most' },
        ],
      },
    },
    out: { type: 'file-sink', config: { folder } },
  },
  edges: [
    { from: 'events', to: 'counts' },
    { from: 'counts:out', to: 'out' },
  ],
});

interface Started {
  readonly handle: RunHandle;
  readonly ended: Promise<{ summary: RunSummary; problems: readonly Problem[] }>;
}

async function start(document: GraphDocument, baseDir: string, options: RunOptions): Promise<Started> {
  const { promise, resolve } = Promise.withResolvers<{ summary: RunSummary; problems: readonly Problem[] }>();
  const handle = await startRun(
    { runId: 'test', document, baseDir, options },
    {
      layout: () => {},
      log: () => {},
      sample: () => {},
      view: () => {},
      checkpoint: () => {},
      ended: (summary, problems) => resolve({ summary, problems }),
    },
  );
  return { handle, ended: promise };
}

async function linesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '')
    .sort();
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-threads-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('one, two and three threads write the same rows, and count the same', () =>
  inFolder(async (folder) => {
    const results = [];
    for (const parallelism of [1, 2, 3]) {
      const own = join(folder, String(parallelism));
      const { handle, ended } = await start(counting(own, 100_000), folder, { parallelism });
      const { summary, problems } = await ended;
      assert.deepEqual([summary.outcome, problems], ['finished', []]);
      const { layout } = handle;
      const figures = handle.snapshot();
      assert.equal(
        nodeFigure(figures, layout.nodes.indexOf('counts'), 'recordsIn'),
        100_000,
        'shared figures too',
      );
      assert.equal(nodeFigure(figures, layout.nodes.indexOf('out'), 'committed'), 5000);
      const skew = summary.nodes.find((n) => n.node === 'counts')?.skew;
      if (parallelism === 1) assert.equal(skew, undefined);
      else assert.ok(skew !== undefined && skew >= 1 && skew < 2, 'fifty keys are shared out');
      const counted = [summary.recordsRead, ...summary.nodes.map(({ skew: _, ...rest }) => rest)];
      results.push({ counted, lines: await linesIn(own) });
    }
    assert.equal(results[0]?.lines.length, 5000);
    assert.deepEqual(results[1], results[0]);
    assert.deepEqual(results[2], results[0]);
  }));

test('a stop ends all threads at once, and what was read is written', () =>
  inFolder(async (folder) => {
    const { handle, ended } = await start(counting(folder), folder, { parallelism: 2 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await handle.stop();
    const { summary } = await ended;
    assert.equal(summary.outcome, 'stopped');
    const of = (node: string): RunSummary['nodes'][number] | undefined =>
      summary.nodes.find((n) => n.node === node);
    assert.ok((of('events')?.recordsOut ?? 0) > 1000);
    assert.equal(of('counts')?.recordsIn, of('events')?.recordsOut, 'nothing is lost between threads');
    assert.equal(of('out')?.recordsIn, of('counts')?.recordsOut);
    assert.equal((await linesIn(folder)).length, of('out')?.committed);
  }));

test('a node that fails on one thread ends the run on all, and is named', () =>
  inFolder(async (folder) => {
    const { ended } = await start(counting(folder), folder, {
      parallelism: 2,
      chaos: { faults: [{ kind: 'fail', node: 'counts', record: 5000 }] },
    });
    const { summary, problems } = await ended;
    assert.equal(summary.outcome, 'failed');
    assert.deepEqual(
      problems.map((p) => [p.code, p.path]),
      [['R-CHAOS', ['nodes', 'counts']]],
    );
  }));

test('a thread that dies is the end of all', async () => {
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    parentPort.on('message', () => {});
    if (workerData.parallel.worker === 1) setTimeout(() => process.exit(3), 20);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const workers = startWorkers(url, {} as WorkerRequest, 3);
  const exited = await new Promise<number>((resolve) => workers.on('exit', resolve));
  assert.equal(exited, 3);
  await workers.terminate();
});

test('what cannot be opened on any thread refuses the run', () =>
  inFolder(async (folder) => {
    const document = counting(folder, 10);
    const broken = {
      ...document,
      settings: { maxParallelism: 1 },
    };
    await assert.rejects(
      start(broken, folder, { parallelism: 2 }),
      (error) => error instanceof WeirError && error.problem.code === 'S-VALUE',
    );
  }));

test('the bound of state is one for all threads together', () =>
  inFolder(async (folder) => {
    const endless = counting(folder);
    const data = {
      kind: 'fields',
      count: 4_000_000,
      interval: '1 ms',
      fields: [
        { name: 'at', value: { kind: 'time' } },
        { name: 'key', value: { kind: 'sequence' } },
        { name: 'x', value: { kind: 'sequence' } },
      ],
    };
    const events = { ...endless.nodes['events'], config: { ...endless.nodes['events']?.config, data } };
    const window = { kind: 'tumbling', size: '100 d' };
    const counts = { ...endless.nodes['counts'], config: { ...endless.nodes['counts']?.config, window } };
    const document = {
      ...endless,
      settings: { stateMegabytesMax: 32 },
      nodes: { ...endless.nodes, events, counts } as GraphDocument['nodes'],
    };
    const { ended } = await start(document, folder, { parallelism: 2 });
    const { summary, problems } = await ended;
    assert.deepEqual(
      problems.map((p) => [p.code, p.path]),
      [['R-STATE', ['nodes', 'counts']]],
    );
    // Each of the two had hardly more than half of what was asked about.
    const megabytes = Number(problems[0]?.value?.replace(' MB', ''));
    assert.ok(megabytes >= 32 && megabytes < 64, problems[0]?.value);
    assert.equal(summary.outcome, 'failed');
  }));

test('a run of several threads that fails is started again, from its checkpoint: every row once', () =>
  inFolder(async (folder) => {
    const plain = join(folder, 'plain');
    const first = await start(counting(plain, 60_000), folder, {});
    await first.ended;
    const failing = join(folder, 'failing');
    const document: GraphDocument = {
      ...counting(failing, 60_000),
      settings: { restart: { strategy: 'fixed-delay', attempts: 3, delay: '10 ms' } },
    };
    const slow = { ...document.nodes['events']?.config, rate: 60_000 };
    const events = { type: 'generator', config: slow };
    const { ended } = await start({ ...document, nodes: { ...document.nodes, events } }, folder, {
      parallelism: 2,
      checkpoints: { folder: join(folder, 'state'), everyMs: 100 },
      chaos: { faults: [{ kind: 'fail', node: 'counts', record: 20_000 }] },
    });
    const { summary, problems } = await ended;
    assert.deepEqual([summary.outcome, problems], ['finished', []]);
    assert.deepEqual(await linesIn(failing), await linesIn(plain));
    assert.equal(summary.nodes.find((n) => n.node === 'counts')?.recordsIn, 60_000, 'counted over both');
  }));
