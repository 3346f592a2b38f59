import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '../../batch/batch.ts';
import { EdgeStats, NodeStats } from '../../telemetry/stats.ts';
import { VirtualClock } from '../clock.ts';
import type { Sink } from '../contracts.ts';
import { SinkTask } from './sink-task.ts';

/** Shows what it gets at once, and counts from nothing with each run. */
class Showing implements Sink {
  committed = 0;
  async open(): Promise<void> {}
  write(batch: Batch): void {
    this.committed += batch.count;
  }
  finish(): void {}
  close(): void {}
}

/** As a file sink, which knows from its own state what it has made visible. */
class Recovering extends Showing {
  async recover(): Promise<void> {
    this.committed = 70;
  }
}

const rows = (count: number): Batch => ({ count, columns: [] }) as unknown as Batch;

async function resumed(sink: Sink): Promise<NodeStats> {
  const stats = new NodeStats('out');
  const task = new SinkTask(
    sink,
    () => sink,
    stats,
    new EdgeStats('in→out'),
    new VirtualClock(0),
    false,
    () => {},
  );
  stats.recordsIn = 100; // as its checkpoint says
  await sink.recover?.(null);
  task.refresh();
  task.batch(rows(5));
  task.refresh();
  return stats;
}

test('after a restart a sink without state of its own does not seem to hold back what it showed before', async () => {
  const { committed, lagRecords, recordsIn } = await resumed(new Showing());
  assert.deepEqual({ committed, lagRecords, recordsIn }, { committed: 105, lagRecords: 0, recordsIn: 105 });
});

test('one that counts on says itself what is visible', async () => {
  const { committed, lagRecords } = await resumed(new Recovering());
  assert.deepEqual({ committed, lagRecords }, { committed: 75, lagRecords: 30 });
});

/** Writes a batch when it is let through, and prepares what it has written. */
class Slow extends Showing {
  readonly #waiting: (() => void)[] = [];
  override async write(batch: Batch): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.committed += batch.count;
  }
  async prepare(): Promise<number> {
    return this.committed;
  }
  async letThrough(): Promise<void> {
    this.#waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function slowTask(): { sink: Slow; task: SinkTask; stats: NodeStats } {
  const sink = new Slow();
  const stats = new NodeStats('out');
  const edge = new EdgeStats('in→out');
  const task = new SinkTask(
    sink,
    () => sink,
    stats,
    edge,
    new VirtualClock(0),
    true,
    () => {},
  );
  return { sink, task, stats };
}

test('an unaligned barrier waits for the batch that is being written, and overtakes the others', async () => {
  const { sink, task } = slowTask();
  for (const count of [1, 2, 4]) task.batch(rows(count));
  // Of a checkpoint that was given up.
  void task.barrier(6, () => assert.fail('given up'));
  task.batch(rows(8));
  let reached = false;
  const barrier = task.barrier(7, () => {
    reached = true;
  });
  task.batch(rows(16));
  await sink.letThrough();
  assert.equal(reached, false, 'it stands in line');
  task.overtake(7);
  assert.equal(reached, false);
  await sink.letThrough();
  assert.equal(reached, true);
  const { prepared, overtaken } = await barrier;
  assert.equal(prepared, 3);
  assert.deepEqual(
    overtaken.map((batch) => batch.count),
    [4, 8],
  );
  for (let n = 0; n < 3; n++) await sink.letThrough();
  assert.equal(sink.committed, 31, 'they are written all the same, and in order');
});

test('rows that waited when the checkpoint was taken come first, and are counted once', async () => {
  const { sink, task, stats } = slowTask();
  stats.recordsIn = 100;
  task.restore([rows(3), rows(4)]);
  task.batch(rows(5));
  for (let n = 0; n < 3; n++) await sink.letThrough();
  task.refresh();
  assert.deepEqual([stats.recordsIn, stats.committed, stats.lagRecords], [105, 105, 0]);
});
