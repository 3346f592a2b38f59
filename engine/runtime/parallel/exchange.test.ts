/** Both ends of an edge between workers: order, idleness, barriers, and room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Batch, position, rowAt } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/builder.ts';
import { type Field, INT } from '../../contract/types.ts';
import { checkGraph } from '../../plan/check.ts';
import { RUNTIMES } from '../../runtimes.ts';
import { SystemClock } from '../clock.ts';
import type { Sink } from '../contracts.ts';
import { GraphRun } from '../graph-run.ts';
import { SINK_QUEUE_ROWS } from '../tasks/sink-task.ts';
import { partsInThread, runTogether } from './in-thread.ts';
import { CHANNEL_ROWS_MAX, Inlet } from './inlet.ts';
import { Outlet } from './outlet.ts';

const FIELDS: readonly Field[] = [{ name: 'n', type: INT, nullable: false }];

/** Rows that are called as the watermarks that they are judged by. */
function marked(marks: readonly number[]): Batch {
  const builder = new BatchBuilder(FIELDS);
  for (const mark of marks) builder.push([mark]);
  return { ...builder.take(0), times: Float64Array.from(marks), watermarks: Float64Array.from(marks) };
}

function inletOf(options: { ordered?: boolean; blocked?: () => boolean } = {}) {
  const seen: unknown[] = [];
  const aligned: number[] = [];
  const taken: number[] = [];
  const inlet = new Inlet({
    from: [0, 1],
    ordered: options.ordered ?? true,
    blocked: options.blocked ?? (() => false),
    taken: (_worker, rows) => taken.push(rows),
    aligned: (id) => aligned.push(id),
    to: {
      batch: (batch) => {
        for (let k = 0; k < batch.count; k++) seen.push(rowAt(batch, FIELDS, position(batch, k))['n']);
      },
      watermark: (time) => seen.push(`w${time}`),
      idle: (idle) => seen.push(idle ? 'idle' : 'active'),
      end: () => seen.push('end'),
    },
  });
  const rows = (worker: number, ...marks: number[]): void =>
    inlet.offer(worker, { kind: 'batch', batch: marked(marks), bytes: 8 });
  const take = (): unknown[] => seen.splice(0);
  return { inlet, rows, take, aligned, taken };
}

test('rows wait until no other worker can give one that comes before them', () => {
  const { inlet, rows, take, taken } = inletOf();
  rows(0, 1, 5, 9);
  assert.deepEqual(take(), [], 'nothing is known of the other');
  rows(1, 4, 6);
  assert.deepEqual(take(), [1, 4, 5, 6], 'but the last: worker 1 may give 7');
  inlet.offer(0, { kind: 'watermark', time: 10 });
  inlet.offer(1, { kind: 'watermark', time: 10 });
  assert.deepEqual(take(), [9, 'w10']);
  assert.deepEqual(taken, [2, 3]);
});

test('who is idle or has ended is not waited for', () => {
  const { inlet, rows, take } = inletOf();
  rows(0, 3);
  inlet.offer(1, { kind: 'idle', idle: true });
  assert.deepEqual(take(), [3]);
  inlet.offer(0, { kind: 'watermark', time: 5 });
  inlet.offer(0, { kind: 'idle', idle: true });
  assert.deepEqual(take(), ['w5', 'idle']);
  inlet.offer(1, { kind: 'idle', idle: false });
  rows(1, 6);
  inlet.offer(0, { kind: 'end' });
  inlet.offer(1, { kind: 'end' });
  assert.deepEqual(take(), ['active', 6, 'end']);
});

test('a channel whose barrier has come is held until the other has its own', () => {
  const { inlet, rows, take, aligned } = inletOf({ ordered: false });
  rows(0, 1);
  inlet.offer(0, { kind: 'barrier', id: 7 });
  rows(0, 100);
  rows(1, 2);
  assert.deepEqual([take(), aligned], [[1, 2], []]);
  inlet.offer(1, { kind: 'barrier', id: 7 });
  assert.deepEqual([take(), aligned], [[], [7]], 'the state of the node is taken now');
  inlet.release();
  assert.deepEqual([take(), aligned], [[100], [7]]);
});

test('rows before a barrier do not wait for rows behind it', () => {
  const { inlet, rows, take, aligned } = inletOf();
  rows(0, 8);
  inlet.offer(0, { kind: 'barrier', id: 1 });
  assert.deepEqual(take(), []);
  inlet.offer(1, { kind: 'barrier', id: 1 });
  assert.deepEqual([take(), aligned], [[8], [1]]);
});

test('where there is no room below nothing is taken, and the sender learns of room only by what is taken', () => {
  let isFull = true;
  const { inlet, rows, take, taken } = inletOf({ ordered: false, blocked: () => isFull });
  rows(1, 1, 2);
  assert.deepEqual([take(), taken, inlet.full(1)], [[], [], false]);
  const many = Array.from({ length: CHANNEL_ROWS_MAX }, (_, n) => n);
  inlet.offer(1, { kind: 'batch', batch: marked(many), bytes: 8 });
  assert.equal(inlet.full(1), true);
  isFull = false;
  inlet.drain();
  assert.equal(take().length, CHANNEL_ROWS_MAX + 2);
  assert.deepEqual([taken, inlet.full(1)], [[2, CHANNEL_ROWS_MAX], false]);

  let sent = 0;
  const outlet = new Outlet({
    edge: 0,
    worker: 0,
    to: [1],
    local: null,
    keys: null,
    workers: 2,
    slices: 8,
    localFull: () => false,
    send: () => sent++,
  });
  outlet.batch(marked(many));
  assert.deepEqual([sent, outlet.full], [1, true]);
  const bytes = CHANNEL_ROWS_MAX * 16;
  outlet.taken(1, CHANNEL_ROWS_MAX, bytes);
  assert.equal(outlet.full, false);
});

test('a slow sink holds back the sources of all workers', async () => {
  const COUNT = 600_000;
  const document = {
    weir: 1 as const,
    nodes: {
      ids: {
        type: 'generator',
        config: {
          data: { kind: 'fields', count: COUNT, fields: [{ name: 'id', value: { kind: 'sequence' } }] },
        },
      },
      each: {
        type: 'window',
        config: {
          window: { kind: 'count', size: 1 },
          keys: ['id'],
          aggregates: [{ function: 'count', as: 'n' }],
        },
      },
      out: { type: 'nothing', config: {} },
    },
    edges: [
      { from: 'ids', to: 'each' },
      { from: 'each:out', to: 'out' },
    ],
  };
  const graph = checkGraph(document);
  assert.deepEqual(
    graph.problems.filter((p) => p.severity === 'error'),
    [],
  );
  let written = 0;
  let lead = 0;
  const sink: Sink = {
    open: async () => {},
    write: async (batch) => {
      await new Promise((resolve) => setImmediate(resolve));
      written += batch.count;
      const read = runs.reduce((sum, run) => sum + run.summary('finished').recordsRead, 0);
      lead = Math.max(lead, read - written);
    },
    finish: () => {},
    close: () => {},
    committed: 0,
  };
  const runtimes = { ...RUNTIMES, sinks: { ...RUNTIMES.sinks, nothing: { create: () => sink } } };
  const parts = partsInThread(graph, runtimes, 2);
  const runs = parts.map(
    (part) =>
      new GraphRun(graph, {
        runtimes,
        clock: new SystemClock(),
        seed: 1,
        baseDir: '.',
        batchRows: 1024,
        part,
        log: () => {},
      }),
  );
  for (const run of runs) await run.open();
  const { outcome, problems } = await runTogether(runs);
  for (const part of parts) part.close();
  assert.deepEqual([outcome, problems, written], ['finished', [], COUNT]);
  // One channel to the other worker, one back, this worker's own, and the sink's queue; each with a batch more.
  const bound = SINK_QUEUE_ROWS + 3 * CHANNEL_ROWS_MAX + 20 * 1024;
  assert.ok(lead > SINK_QUEUE_ROWS / 2 && lead <= bound, `${lead} rows on their way, of at most ${bound}`);
});
