import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseChaos } from '../../contract/chaos.ts';
import type { GraphDocument } from '../../contract/document.ts';
import type { RunSummary } from '../../contract/link.ts';
import { checkGraph } from '../../plan/check.ts';
import { RUNTIMES } from '../../runtimes.ts';
import { type CapturedRow, capture } from '../captured.ts';
import { type Clock, SystemClock, VirtualClock } from '../clock.ts';
import { GraphRun } from '../graph-run.ts';
import { random } from '../random.ts';
import { Injection } from './injection.ts';
import { JumpingClock } from './jumping-clock.ts';
import { armKills, killTimes } from './kills.ts';
import { Tripwire } from './tripwire.ts';

function chaosOf(text: string) {
  const chaos = parseChaos(text);
  if (typeof chaos === 'string') throw new Error(chaos);
  return chaos;
}

/** Numbers in three partitions, 100 a second, through two fused operators into a table. */
const DOCUMENT: GraphDocument = {
  weir: 1,
  nodes: {
    ids: {
      type: 'generator',
      config: {
        data: {
          kind: 'fields',
          count: 300,
          fields: [
            { name: 'at', value: { kind: 'time' } },
            { name: 'id', value: { kind: 'sequence' } },
          ],
        },
        rate: 100,
        partitions: 3,
        time: { field: 'at', watermark: { kind: 'ascending' } },
      },
    },
    positive: { type: 'filter', config: { condition: 'id >= 0' } },
    twice: { type: 'map', config: { compute: [{ name: 'm', expression: 'id * 2' }] } },
    counts: {
      type: 'window',
      config: { window: { kind: 'tumbling', size: '1 s' }, aggregates: [{ function: 'count', as: 'n' }] },
    },
    windows: { type: 'table', config: {} },
    out: { type: 'table', config: {} },
  },
  edges: [
    { from: 'ids', to: 'positive' },
    { from: 'positive', to: 'twice' },
    { from: 'twice', to: 'out' },
    { from: 'twice', to: 'counts' },
    { from: 'counts:out', to: 'windows' },
  ],
};

interface Ran {
  readonly outcome: string;
  readonly code: string | undefined;
  readonly path: readonly (string | number)[];
  readonly struck: readonly number[];
  readonly rows: Readonly<Record<string, readonly CapturedRow[]>>;
  readonly summary: RunSummary;
  readonly elapsedMs: number;
}

async function run(
  text: string,
  {
    document = DOCUMENT,
    baseDir = '.',
    struck: before = [] as number[],
    batchRows = 16,
    attempt = 0,
    clock = new VirtualClock(0) as Clock,
  } = {},
): Promise<Ran> {
  const startedAt = clock.now();
  const struck: number[] = [];
  const request = { chaos: chaosOf(text), seed: 1, attempt, elapsedMs: 0, struck: before };
  const rows: Record<string, CapturedRow[]> = {};
  const table = RUNTIMES.sinks['table'];
  assert.ok(table !== undefined);
  const graphRun = new GraphRun(checkGraph(document), {
    runtimes: {
      ...RUNTIMES,
      sinks: {
        ...RUNTIMES.sinks,
        table: {
          create: (context) => {
            const kept: CapturedRow[] = [];
            rows[context.nodeId] = kept;
            return {
              open: async () => {},
              write: (batch) => void kept.push(...capture(batch, context.input)),
              finish: () => {},
              close: () => {},
              get committed() {
                return kept.length;
              },
            };
          },
        },
      },
    },
    clock,
    chaos: new Injection(request, clock, (fault) => struck.push(fault)),
    seed: 1,
    baseDir,
    batchRows,
    sliceMs: 0,
    log: () => {},
  });
  await graphRun.open();
  const { outcome, problems } = await graphRun.run();
  const [found] = problems;
  return {
    outcome,
    code: found?.code,
    path: found?.path ?? [],
    struck,
    rows,
    summary: graphRun.summary(outcome),
    elapsedMs: clock.now() - startedAt,
  };
}
const idsOf = (ran: Ran): number[] => (ran.rows['out'] ?? []).map((row) => Number(row['id']));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('injected failures', () => {
  test('a node fails at its record: those before it came through, and no more', async () => {
    for (const node of ['out', 'twice', 'positive']) {
      for (const record of [1, 2, 16, 17, 100]) {
        const ran = await run(`fail=${node}@${record}`);
        assert.deepEqual([ran.outcome, ran.code, ran.path], ['failed', 'R-CHAOS', ['nodes', node]]);
        assert.deepEqual(idsOf(ran), range(0, record - 1), `${node} at ${record}`);
        assert.deepEqual(ran.struck, [0]);
      }
    }
    const window = await run('fail=counts@150');
    assert.deepEqual(window.path, ['nodes', 'counts']);
    assert.equal(window.summary.nodes.find((n) => n.node === 'counts')?.recordsIn, 149);
    const source = await run('fail=ids@100', { batchRows: 1 });
    assert.deepEqual([source.path, idsOf(source)], [['nodes', 'ids'], range(0, 99)]);
  });

  test('it strikes once: not again in the attempts after', async () => {
    assert.equal((await run('fail=out@5', { struck: [0] })).outcome, 'finished');
    const second = await run('fail=out@5,fail=out@9', { struck: [0] });
    assert.deepEqual([idsOf(second).length, second.struck], [8, [1]]);
    assert.equal((await run('fail=out@301')).outcome, 'finished', 'there is no such record');
  });

  test('by chance: from the seed, elsewhere in the next attempt, and as often as the chance says', async () => {
    const through = async (text: string, attempt = 0): Promise<number> =>
      idsOf(await run(text, { attempt })).length;
    const first = await through('fail=out~0.02,seed=3');
    assert.equal(await through('fail=out~0.02,seed=3'), first);
    const others = await Promise.all([1, 2, 3, 4].map((attempt) => through('fail=out~0.02,seed=3', attempt)));
    assert.ok(new Set([first, ...others]).size > 2, String([first, ...others]));
    const draw = random(7);
    const chance = 0.01;
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      const wire = Tripwire.byChance('n', chance, draw, () => {});
      sum += wire.next(1_000_000) ?? 0;
    }
    assert.ok(Math.abs(sum / 20_000 - (1 / chance - 1)) < 3, String(sum / 20_000));
    assert.equal(Tripwire.byChance('n', 1, draw, () => {}).next(5), 0);
  });

  test('a stalled partition gives nothing, then all that it held back, in order; nothing is lost or late', async () => {
    const ran = await run('stall=ids:1@500ms+1s');
    assert.equal(ran.outcome, 'finished');
    const ids = idsOf(ran);
    assert.deepEqual(
      ids.toSorted((a, b) => a - b),
      range(0, 300),
    );
    const ofOne = ids.filter((id) => id % 3 === 1);
    assert.deepEqual(
      ofOne,
      ofOne.toSorted((a, b) => a - b),
    );
    const place = (id: number): number => ids.indexOf(id);
    assert.ok(place(52) > place(144), 'held back while the others went on');
    assert.ok(place(49) < place(51) && place(154) < place(165), 'not before, and not after');
    const windows = ran.rows['windows'] ?? [];
    assert.deepEqual(
      windows.map((row) => Number(row['n'])),
      [100, 100, 100],
    );
  });

  test('a stall of the only partition, or beyond the end, ends too', async () => {
    const one = structuredClone(DOCUMENT);
    (one.nodes['ids']?.config as { partitions: number }).partitions = 1;
    const only = await run('stall=ids:0@500ms+1s', { document: one });
    assert.deepEqual(idsOf(only), range(0, 300));
    const late = await run('stall=ids:2@500ms+1min');
    assert.deepEqual(
      idsOf(late).toSorted((a, b) => a - b),
      range(0, 300),
    );
    assert.ok(late.elapsedMs >= 60_500, `${late.elapsedMs} ms`);
    assert.ok(only.elapsedMs < 10_000);
  });

  test('a slow sink holds everything back, and loses nothing', async () => {
    const plain = await run('slow=windows:1');
    const slow = await run('slow=out:1s');
    assert.equal(idsOf(slow).length, 300);
    assert.ok(slow.elapsedMs > 3 * plain.elapsedMs, `${plain.elapsedMs} ms, then ${slow.elapsedMs} ms`);
  });

  test('bad records go to the errors port, the same whatever the batch size', async () => {
    const bad = async (batchRows: number): Promise<number[]> => {
      const ran = await run('bad=ids~0.1,seed=2', { batchRows });
      const source = ran.summary.nodes.find((n) => n.node === 'ids');
      assert.deepEqual([source?.recordsIn, source?.deadLetters], [300, 300 - idsOf(ran).length]);
      return idsOf(ran);
    };
    const ids = await bad(16);
    assert.ok(ids.length > 240 && ids.length < 290, `${ids.length} good ones`);
    assert.deepEqual(await bad(1), ids);
  });

  test('the clock jumps, forward and back', async () => {
    const inner = new VirtualClock(1000);
    const clock = new JumpingClock(inner, [
      { at: 2000, byMs: 3_600_000 },
      { at: 3000, byMs: -3_600_000 },
    ]);
    const called: number[] = [];
    clock.at(5000, () => called.push(inner.now()));
    clock.at(1500, () => called.push(inner.now()));
    const cancel = clock.at(2500, () => called.push(-1));
    cancel();
    inner.advanceTo(1999);
    assert.deepEqual([clock.now(), called], [1999, [1500]]);
    inner.advanceTo(2000);
    assert.deepEqual([clock.now(), called], [3_602_000, [1500, 2000]], 'what is due meanwhile is due now');
    clock.at(3_602_000 + 900, () => called.push(inner.now()));
    inner.advanceTo(3500);
    assert.deepEqual([clock.now(), called], [3500, [1500, 2000, 2900]]);
    // A rate goes by the run's clock: what was due in that hour is due at once.
    const jumped = await run('jump=1h@300ms', { clock: new SystemClock() });
    assert.deepEqual([idsOf(jumped).length, jumped.elapsedMs < 2000], [300, true]);
  });

  test('kills come between the times that are given, from the seed', () => {
    const times = range(0, 50).map((seed) => killTimes(chaosOf('kill@1s..3s'), seed)[0] ?? 0);
    assert.ok(times.every((ms) => ms >= 1000 && ms <= 3000) && new Set(times).size > 40);
    assert.deepEqual(killTimes(chaosOf('kill@1s..3s'), 4), killTimes(chaosOf('kill@1s..3s'), 4));
    assert.deepEqual(killTimes(chaosOf('kill@5s,kill@2s'), 1), [2000, 5000]);
    armKills([0], () => assert.fail('called off'))();
  });
});

describe('a full disk', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-full-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('ends the run with what it says', async () => {
    const document = structuredClone(DOCUMENT);
    document.nodes['out'] = { type: 'file-sink', config: { folder: 'out', name: 'ids' } };
    const ran = await run('full=out@1000', { document, baseDir: folder });
    assert.deepEqual([ran.outcome, ran.code], ['failed', 'C-ACCESS']);
    assert.equal((await run('full=out@100000', { document, baseDir: folder })).outcome, 'finished');
  });
});
