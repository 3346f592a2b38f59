/** The three guarantees: a run dies on the way, goes on, and what its sinks made visible is lost, there twice, or right. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { openPositions } from '../../engine/checkpoints/position-log.ts';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import type { GraphDocument, Guarantee } from '../../engine/contract/document.ts';
import type { LedgerCounts } from '../../engine/contract/link.ts';
import type { Files } from '../../engine/files/files.ts';
import { MemoryFiles } from '../../engine/files/memory.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { capture } from '../../engine/runtime/captured.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { RUNTIMES, type Runtimes } from '../../engine/runtimes.ts';
import { Crash, dying } from './restored-run.ts';

const COUNT = 300;
const BATCH = 7;

/** By id, how often it stands in the texts of files. */
function countIds(texts: readonly string[]): number[] {
  const counts = Array.from({ length: COUNT }, () => 0);
  for (const line of texts.flatMap((text) => text.split('\n')).filter((l) => l !== ''))
    counts[JSON.parse(line).id as number]! += 1;
  return counts;
}

const IDS = {
  type: 'generator',
  config: {
    data: {
      kind: 'fields',
      count: COUNT,
      fields: [
        { name: 'at', value: { kind: 'time' } },
        { name: 'id', value: { kind: 'sequence' } },
      ],
    },
    time: { field: 'at', watermark: { kind: 'ascending' } },
  },
};

describe('guarantees', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-guarantees-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** @param dies by run, the poll at which it dies */
  async function run(
    document: GraphDocument,
    dies: readonly number[],
    everyMs: number,
    sinks = RUNTIMES.sinks,
    overtake: { readonly files: Files; readonly afterMs: number; restored(rows: number): void } | null = null,
  ): Promise<LedgerCounts | undefined> {
    const mode = document.settings?.guarantee ?? 'exactly-once';
    for (let attempt = 0; ; attempt++) {
      const store = await CheckpointStore.open(join(folder, 'state'), {
        keep: 3,
        warn: () => {},
        ...(overtake === null ? {} : { files: overtake.files }),
      });
      const restored = await store.latest();
      overtake?.restored(restored?.parts.get('out')?.overtaken ?? 0);
      let polls = 0;
      const beat = (): void => {
        // Checkpoints take their time too: the source must not be through before the first.
        if (overtake !== null) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
        if (++polls > (dies[attempt] ?? Infinity)) throw new Crash();
      };
      const runtimes: Runtimes = { ...RUNTIMES, sinks, sources: dying(beat) };
      const graphRun = new GraphRun(checkGraph(document), {
        runtimes,
        clock: new VirtualClock(0),
        seed: 1,
        baseDir: folder,
        batchRows: BATCH,
        sliceMs: 0,
        log: () => {},
        checkpoints: {
          store,
          everyMs,
          minPauseMs: 0,
          timeoutMs: 60_000,
          tolerableFailures: 0,
          overtakeAfterMs: overtake?.afterMs ?? null,
          restored,
          positions: openPositions(store.folder, mode, attempt > 0),
          goesOn: attempt > 0,
        },
      });
      await graphRun.open();
      const { outcome, problems } = await graphRun.run();
      if (outcome === 'finished')
        return graphRun.summary(outcome).nodes.find((n) => n.node === 'out')?.ledger;
      assert.ok(polls > (dies[attempt] ?? Infinity), JSON.stringify(problems));
    }
  }

  const toFile = (guarantee: Guarantee): GraphDocument => ({
    weir: 1,
    settings: { guarantee, ledger: 'id' },
    nodes: {
      ids: IDS,
      out: { type: 'file-sink', config: { folder: 'out', name: 'ids', roll: { rows: 50 } } },
    },
    edges: [{ from: 'ids', to: 'out' }],
  });

  /** By id, how often readers see it. */
  async function seen(): Promise<number[]> {
    const names = (await readdir(join(folder, 'out'))).filter((name) => !name.startsWith('.'));
    return countIds(await Promise.all(names.map((name) => readFile(join(folder, 'out', name), 'utf8'))));
  }
  const seenIn = (files: MemoryFiles): number[] => {
    const out = join(folder, 'out');
    const names = files.names(out).filter((name) => !name.startsWith('.'));
    return countIds(names.map((name) => files.text(join(out, name))));
  };
  const countsOf = (counts: readonly number[], expected = COUNT): LedgerCounts => {
    const delivered = counts.filter((count) => count > 0).length;
    const duplicated = counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
    return { expected, delivered, duplicated, lost: expected - delivered, inFlight: 0 };
  };
  const everywhere = (count: number): number[] => Array.from({ length: COUNT }, () => count);
  const given = (before: number, after: number, polls: number): number[] =>
    Array.from({ length: COUNT }, (_, id) => (id < polls * BATCH ? before : after));

  test('without a checkpoint before the death, what was given is lost, there twice, or there once', async () => {
    for (const [guarantee, expected] of [
      ['exactly-once', everywhere(1)],
      ['at-least-once', given(2, 1, 9)],
      ['at-most-once', given(0, 1, 9)],
    ] as const) {
      const ledger = await run(toFile(guarantee), [9], 1e9);
      assert.deepEqual(await seen(), expected, guarantee);
      assert.deepEqual(ledger, countsOf(expected), guarantee);
      await rm(join(folder, 'out'), { recursive: true });
      await rm(join(folder, 'state'), { recursive: true });
    }
  });

  for (const guarantee of ['exactly-once', 'at-least-once', 'at-most-once'] as const) {
    test(`${guarantee} with checkpoints all the time, dying anywhere, again and again`, async () => {
      let harmed = 0;
      const deaths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(deaths, async (dies) => {
          await rm(join(folder, 'out'), { recursive: true, force: true });
          await rm(join(folder, 'state'), { recursive: true, force: true });
          const ledger = await run(toFile(guarantee), dies, 0);
          const counts = await seen();
          assert.deepEqual(ledger, countsOf(counts), 'the ledger says what the files hold');
          if (guarantee !== 'at-most-once') assert.ok(Math.min(...counts) >= 1, 'nothing is lost');
          if (guarantee !== 'at-least-once') assert.ok(Math.max(...counts) <= 1, 'nothing is there twice');
          if (counts.some((count) => count !== 1)) harmed++;
        }),
        { numRuns: 15, seed: 5 },
      );
      assert.equal(
        harmed > 0,
        guarantee !== 'exactly-once',
        'the weaker ones do harm, and the strong one none',
      );
    });
  }

  test('exactly-once with barriers that overtake what waits for a slow sink, dying anywhere', async () => {
    const file = RUNTIMES.sinks['file-sink'];
    assert.ok(file !== undefined);
    // In memory: a checkpoint has to be complete before the rows that it overtook are through, however slow this machine's disk is.
    let files = new MemoryFiles();
    // So slow that the queue in front of it is never empty for long.
    const slow: Runtimes['sinks'] = {
      ...RUNTIMES.sinks,
      'file-sink': {
        create: (context) => {
          const inner = file.create({ ...context, files });
          let isClosed = false;
          const own: Partial<typeof inner> = {
            write: async (batch) => {
              await new Promise((resolve) => setTimeout(resolve, 4));
              if (!isClosed) await inner.write(batch);
            },
            close: () => {
              isClosed = true;
              return inner.close();
            },
          };
          return new Proxy(inner, {
            get: (of, key) => {
              const value: unknown = Reflect.get(key in own ? own : of, key);
              return typeof value === 'function' && !(key in own) ? value.bind(of) : value;
            },
          });
        },
      },
    };
    let fromOvertaken = 0;
    const restored = (rows: number): void => {
      if (rows > 0) fromOvertaken++;
    };
    for (const afterMs of [0, 3]) {
      for (const dies of [[30], [12, 25], [5, 20, 30], [40, 2, 2, 41]]) {
        files = new MemoryFiles();
        const overtake = { files, afterMs, restored };
        const ledger = await run(toFile('exactly-once'), dies, 0, slow, overtake);
        assert.deepEqual(seenIn(files), everywhere(1), `dying at ${dies.join(', ')}`);
        assert.deepEqual(ledger, countsOf(everywhere(1)));
        // What a run shows at its end its last checkpoint must not hold as rows that wait.
        await run(toFile('exactly-once'), [], 0, slow, overtake);
        assert.deepEqual(seenIn(files), everywhere(1), 'gone on from the end');
      }
    }
    assert.ok(fromOvertaken > 0, 'some run went on from rows that a barrier had overtaken');
  });

  for (const [name, middle, kept] of [
    ['a filter', { type: 'filter', config: { condition: 'id % 3 > 0' } }, (id: number) => id % 3 > 0],
    ['a sort', { type: 'sort', config: {} }, () => true],
  ] as const) {
    test(`the ledger behind ${name}: what is not meant to come is not lost`, async () => {
      for (const guarantee of ['exactly-once', 'at-least-once', 'at-most-once'] as const) {
        for (const dies of [[], [9], [4, 7, 11]]) {
          await rm(join(folder, 'out'), { recursive: true, force: true });
          await rm(join(folder, 'state'), { recursive: true, force: true });
          const plain = toFile(guarantee);
          const edges = [
            { from: 'ids', to: 'middle' },
            { from: 'middle', to: 'out' },
          ];
          const ledger = await run({ ...plain, nodes: { ...plain.nodes, middle }, edges }, dies, 0);
          const counts = await seen();
          const expected = counts.filter((_, id) => kept(id)).length;
          assert.ok(counts.every((count, id) => kept(id) || count === 0));
          assert.deepEqual(ledger, countsOf(counts, expected), `${guarantee}, dying at ${dies.join(', ')}`);
        }
      }
    });
  }

  test('at-most-once: a window that was shown at once is not shown again', async () => {
    const document: GraphDocument = {
      weir: 1,
      settings: { guarantee: 'at-most-once' },
      nodes: {
        ids: IDS,
        counts: {
          type: 'window',
          config: {
            window: { kind: 'tumbling', size: '10 ms' },
            aggregates: [{ function: 'count', as: 'n' }],
          },
        },
        shown: { type: 'table', config: {} },
      },
      edges: [
        { from: 'ids', to: 'counts' },
        { from: 'counts', to: 'shown' },
      ],
    };
    for (const dies of [[9], [4, 5], [3, 8, 2]]) {
      await rm(join(folder, 'state'), { recursive: true, force: true });
      const rows: Record<string, unknown>[] = [];
      const table = RUNTIMES.sinks['table'];
      assert.ok(table !== undefined);
      const sinks: Runtimes['sinks'] = {
        ...RUNTIMES.sinks,
        table: {
          create: (context) => {
            const inner = table.create(context);
            const write = (batch: Parameters<typeof inner.write>[0]): void => {
              rows.push(...capture(batch, context.input));
            };
            return Object.assign(Object.create(inner) as typeof inner, { write });
          },
        },
      };
      await run(document, dies, 0, sinks);
      const starts = rows.map((row) => row['window_start']);
      assert.equal(new Set(starts).size, starts.length, `dying at ${dies.join(', ')}`);
      const total = rows.reduce((sum, row) => sum + Number(row['n']), 0);
      assert.ok(total < COUNT && total > COUNT / 2, `${total} records in windows`);
    }
  });
});
