/** What a source is told that it need not keep: nothing that a kept checkpoint may ask for again. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import type { SourcePosition, SourceRuntime } from '../../engine/runtime/contracts.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import type { SourceData } from '../../engine/runtime/tasks/source-task.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';

type Config = Readonly<Record<string, unknown>>;
const KEEP = 3;
const ROWS = 8;

test('a source is told the position of the oldest checkpoint that is kept', async () => {
  const parsed = parseDocument(
    JSON.stringify({
      weir: 1,
      nodes: {
        ids: {
          type: 'generator',
          config: {
            data: { kind: 'fields', count: ROWS, fields: [{ name: 'n', value: { kind: 'sequence' } }] },
          },
        },
        out: { type: 'nothing', config: {} },
      },
      edges: [{ from: 'ids', to: 'out' }],
    }),
  );
  assert.ok(parsed.ok);
  const folder = await mkdtemp(join(tmpdir(), 'weir-rewind-'));
  const told: SourcePosition[] = [];
  let completed = 0;
  const generator = RUNTIMES.sources['generator'] as SourceRuntime<Config>;
  const telling: SourceRuntime<Config> = {
    ...generator,
    create: (context) => {
      const source = generator.create(context);
      const poll = source.poll.bind(source);
      let polled = 0;
      // A checkpoint after every row.
      return Object.assign(source, {
        poll: (rows: number) => {
          if (polled > completed) return null;
          polled++;
          return poll(rows);
        },
        committed: (at: SourcePosition) => void told.push(at),
      });
    },
  };
  /** By number, where the source was. */
  const positions = async (): Promise<Map<number, SourcePosition>> => {
    const store = await open();
    const found = new Map<number, SourcePosition>();
    for (const id of await store.completed()) {
      const part = (await store.read(id)).parts.get('ids');
      assert.ok(part !== undefined);
      found.set(id, (part.state as SourceData).position);
    }
    await store.close();
    return found;
  };
  const open = (): Promise<CheckpointStore> => CheckpointStore.open(folder, { keep: KEEP, warn: () => {} });
  const run = async (restored: boolean): Promise<number> => {
    const store = await open();
    completed = 0;
    const graph = new GraphRun(checkGraph(parsed.value), {
      runtimes: { ...RUNTIMES, sources: { ...RUNTIMES.sources, generator: telling } },
      clock: new VirtualClock(0),
      seed: 1,
      baseDir: '.',
      batchRows: 1,
      sliceMs: 0,
      log: () => {},
      checkpoints: {
        store,
        everyMs: 0,
        minPauseMs: 0,
        timeoutMs: 60_000,
        tolerableFailures: 0,
        restored: restored ? await store.latest() : null,
        report: ({ status }) => {
          if (status === 'complete') completed++;
        },
      },
    });
    await graph.open();
    assert.equal((await graph.run()).outcome, 'finished');
    return completed;
  };
  try {
    const first = await run(false);
    assert.ok(first >= ROWS, `${first} checkpoints`);
    assert.equal(told.length, first);
    const kept = await positions();
    const ids = [...kept.keys()];
    assert.equal(ids.length, KEEP);
    assert.deepEqual(told.at(-1), kept.get(ids.at(-1) as number));
    assert.notDeepEqual(told.at(-1), kept.get(ids[0] as number));
    // What the two older ones hold, the next run does not know: it tells nothing as long as one of them is there.
    told.length = 0;
    const second = await run(true);
    assert.equal(told.length, second - 1);
    assert.deepEqual(told[0] ?? kept.get(ids[0] as number), kept.get(ids[0] as number));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
