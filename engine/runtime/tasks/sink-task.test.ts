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
