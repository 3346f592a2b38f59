/** The ledger against the files, where the process dies before any operation on files, its own log included. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openPositions } from '../../engine/checkpoints/position-log.ts';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import { fileSink } from '../../engine/connectors/file-sink/sink.ts';
import type { GraphDocument, Guarantee } from '../../engine/contract/document.ts';
import type { LedgerCounts } from '../../engine/contract/link.ts';
import { MemoryFiles } from '../../engine/files/memory.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import type { SinkRuntime } from '../../engine/runtime/contracts.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { MemoryLogDisk } from '../../engine/runtime/ledger/memory-disk.ts';
import { random } from '../../engine/runtime/random.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';

const COUNT = 60;
/** The last digit of records that a filter drops. */
const DROPPED = 3;
const STATE = '/state';

const documentOf = (guarantee: Guarantee): GraphDocument => ({
  weir: 1,
  settings: { guarantee, ledger: 'id' },
  nodes: {
    ids: {
      type: 'generator',
      config: {
        data: { kind: 'fields', count: COUNT, fields: [{ name: 'id', value: { kind: 'sequence' } }] },
        partitions: 3,
      },
    },
    // Of a record that is lost on the way to a filter nobody knows what the filter would have said.
    most: {
      type: 'filter',
      config: { condition: guarantee === 'at-most-once' ? 'id >= 0' : `id % 10 <> ${DROPPED}` },
    },
    out: { type: 'file-sink', config: { folder: '/out', name: 'ids', roll: { rows: 16 } } },
  },
  edges: [
    { from: 'ids', to: 'most' },
    { from: 'most', to: 'out' },
  ],
});

class Dead extends Error {}

/** What outlives a process: files, and the log. */
class World {
  readonly files = new MemoryFiles();
  readonly disk = new MemoryLogDisk();
  operations = 0;
  /** The process dies before this operation, and does nothing more. */
  diesAt = Infinity;

  constructor() {
    // How checkpoints are written is tested elsewhere: of their files, what makes one whole.
    const isAsked = (operation: string, path: string): boolean =>
      operation !== 'info' &&
      operation !== 'list' &&
      (operation === 'rename' || !path.startsWith(`${STATE}/chk`));
    const before = (operation: string, path: string): void => {
      if (isAsked(operation, path)) this.operations++;
      if (this.operations > this.diesAt) throw new Dead();
    };
    this.files.before = before;
    this.disk.before = before;
  }

  /**
   * @param fails after how many polls the run fails by itself
   * @param sliceMs 0: a checkpoint may come after each poll
   * @returns null: it died, or failed
   */
  async run(
    guarantee: Guarantee,
    positions: string,
    { fails, sliceMs }: { readonly fails: number; readonly sliceMs: number },
  ): Promise<LedgerCounts | null> {
    this.operations = 0;
    let polls = 0;
    const document = documentOf(guarantee);
    try {
      const store = await CheckpointStore.open(STATE, {
        keep: 3,
        warn: () => {},
        files: this.files,
        lock: async () => async () => {},
      });
      const run = new GraphRun(checkGraph(document), {
        runtimes: {
          ...RUNTIMES,
          sources: {
            ...RUNTIMES.sources,
            generator: {
              create: (context) => {
                const source = RUNTIMES.sources['generator']?.create(context);
                assert.ok(source !== undefined);
                const poll = source.poll.bind(source);
                source.poll = (rows) => {
                  if (++polls > fails) throw new Error('by itself');
                  return poll(rows);
                };
                return source;
              },
            },
          },
          sinks: {
            'file-sink': {
              create: (context: Parameters<typeof fileSink.create>[0]) =>
                fileSink.create({ ...context, files: this.files }),
            } as unknown as SinkRuntime<Readonly<Record<string, unknown>>>,
          },
        },
        clock: new VirtualClock(0),
        seed: 1,
        baseDir: '/',
        batchRows: 7,
        sliceMs,
        log: () => {},
        ledgerDisk: this.disk,
        checkpoints: {
          store,
          everyMs: 0,
          minPauseMs: 0,
          timeoutMs: 60_000,
          tolerableFailures: 0,
          restored: await store.latest(),
          goesOn: true,
          positions: openPositions(positions, guarantee, true),
        },
      });
      await run.open();
      const { outcome } = await run.run();
      if (outcome !== 'finished') return null;
      return run.summary(outcome).nodes.find((n) => n.node === 'out')?.ledger ?? null;
    } catch {
      // Before it was open.
      return null;
    }
  }

  /** What a reader finds. */
  counts(guarantee: Guarantee): LedgerCounts {
    const seen = new Map<number, number>();
    for (const name of this.files.names('/out')) {
      if (name.startsWith('.')) continue;
      for (const line of this.files.text(`/out/${name}`).split('\n')) {
        if (line === '') continue;
        const { id } = JSON.parse(line) as { id: number };
        seen.set(id, (seen.get(id) ?? 0) + 1);
      }
    }
    const rows = [...seen.values()].reduce((a, b) => a + b, 0);
    const ids = Array.from({ length: COUNT }, (_, id) => id);
    const expected = ids.filter((id) => guarantee === 'at-most-once' || id % 10 !== DROPPED).length;
    const delivered = seen.size;
    return { expected, delivered, duplicated: rows - delivered, lost: expected - delivered, inFlight: 0 };
  }
}

describe('a process dies before any operation on files', () => {
  for (const guarantee of ['exactly-once', 'at-least-once', 'at-most-once'] as const)
    test(`${guarantee}: the ledger says what the files hold`, async () => {
      const positions = await mkdtemp(join(tmpdir(), 'weir-ledger-'));
      const draw = random(5);
      let [deaths, duplicated, lost] = [0, 0, 0];
      /** Dies at these operations, run by run, and ends with one that lives. False: the first did not come so far. */
      const live = async (diesAt: readonly number[], fails: number, sliceMs: number): Promise<boolean> => {
        const world = new World();
        await rm(positions, { recursive: true, force: true });
        const died: boolean[] = [];
        let counts: LedgerCounts | null = null;
        for (const at of [...diesAt, Infinity]) {
          world.diesAt = at;
          counts = await world.run(guarantee, positions, {
            fails: at === Infinity ? Infinity : fails,
            sliceMs,
          });
          died.push(world.operations > at);
          if (counts !== null) break;
        }
        const files = world.counts(guarantee);
        assert.deepEqual(counts, files, `died at ${diesAt.join(', ')}, failing after ${fails} polls`);
        if (guarantee === 'exactly-once') assert.deepEqual([files.duplicated, files.lost], [0, 0]);
        if (guarantee === 'at-least-once') assert.equal(files.lost, 0);
        if (guarantee === 'at-most-once') assert.equal(files.duplicated, 0);
        duplicated += files.duplicated;
        lost += files.lost;
        deaths += died.filter((one) => one).length;
        return died[0] === true;
      };
      try {
        for (const [fails, sliceMs] of [
          [Infinity, 0],
          [5, 0],
          [5, 1000],
        ] as const)
          for (let at = 1; await live([at, Math.floor(draw.next() * 60) + 1], fails, sliceMs); at++);
        assert.ok(deaths > 100, `${deaths} deaths`);
        assert.equal(duplicated > 0, guarantee === 'at-least-once', `${duplicated} twice`);
        assert.equal(lost > 0, guarantee === 'at-most-once', `${lost} lost`);
      } finally {
        await rm(positions, { recursive: true, force: true });
      }
    });
});
