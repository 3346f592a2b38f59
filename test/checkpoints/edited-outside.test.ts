/** Edits of a graph and what lies outside of its operators: files of sinks, journals and positions of sources, restarts of the run that goes on. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { RunSummary } from '../../engine/contract/link.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { type Problem, WeirError } from '../../engine/contract/problems.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { GraphRun } from '../../engine/runtime/graph-run.ts';
import { startRun } from '../../engine/runtime/run.ts';
import type { RunHandle } from '../../engine/runtime/run-api.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { Crash, dying } from './restored-run.ts';

const COUNT = 200;

interface Sink {
  readonly folder: string;
  readonly format?: string;
}

const ids = (more: object = {}) => ({
  type: 'generator',
  config: {
    data: {
      kind: 'fields',
      count: COUNT,
      interval: '1 ms',
      fields: [{ name: 'n', value: { kind: 'sequence' } }],
    },
    ...more,
  },
});

function documentOf(nodes: object, edges: readonly string[], settings: object = {}): GraphDocument {
  const parsed = parseDocument(
    JSON.stringify({
      weir: 1,
      settings,
      nodes,
      edges: edges.map((edge) => ({ from: edge.split(' ')[0], to: edge.split(' ')[1] })),
    }),
  );
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

const written = (sinks: Readonly<Record<string, Sink>>): GraphDocument =>
  documentOf(
    {
      ids: ids(),
      ...Object.fromEntries(Object.entries(sinks).map(([id, config]) => [id, { type: 'file-sink', config }])),
    },
    Object.keys(sinks).map((id) => `ids ${id}`),
  );

describe('an edited graph and the world outside', () => {
  let base = '';
  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'weir-edited-outside-'));
  });
  after(() => rm(base, { recursive: true, force: true }));

  /** Dies with rows that a checkpoint has prepared and nobody sees. */
  async function crashed(name: string, document: GraphDocument): Promise<void> {
    const store = await CheckpointStore.open(join(base, name), { keep: 3, warn: assert.fail });
    let polls = 0;
    let completed = 0;
    let enough = Infinity;
    // Gives nothing more until a checkpoint holds all that it gave.
    const beat = (): boolean => {
      if (completed >= enough) throw new Crash();
      if (++polls === 20) enough = completed + 2;
      return polls <= 20;
    };
    const run = new GraphRun(checkGraph(document), {
      runtimes: { ...RUNTIMES, sources: dying(beat) },
      clock: new VirtualClock(0),
      seed: 1,
      baseDir: base,
      batchRows: 3,
      sliceMs: 0,
      log: () => {},
      checkpoints: {
        store,
        everyMs: 0,
        minPauseMs: 0,
        timeoutMs: 60_000,
        tolerableFailures: 0,
        restored: null,
        report: ({ status }) => {
          if (status === 'complete') completed++;
        },
      },
    });
    await run.open();
    assert.equal((await run.run()).outcome, 'failed');
  }

  interface Started {
    readonly handle: RunHandle;
    readonly logs: string[];
    readonly problems: Problem[];
  }
  async function start(
    name: string,
    document: GraphDocument,
    more: { restore?: string | number; drop?: string[] } = {},
  ): Promise<Started> {
    const logs: string[] = [];
    const problems: Problem[] = [];
    const handle = await startRun(
      {
        runId: name,
        document,
        baseDir: base,
        options: { checkpoints: { folder: join(base, name), everyMs: 20, ...more } },
      },
      {
        layout() {},
        sample() {},
        view() {},
        evidence() {},
        checkpoint() {},
        log: (_at, level, node, text) => void logs.push(`${level} ${node ?? ''}: ${text}`),
        ended: (_summary, found) => void problems.push(...found),
      },
    );
    return { handle, logs, problems };
  }
  const goOn = async (...args: Parameters<typeof start>): Promise<Started & { summary: RunSummary }> => {
    const started = await start(...args);
    return { ...started, summary: await started.handle.ended };
  };
  const numbersIn = async (folder: string): Promise<number[]> => {
    const names = (await readdir(join(base, folder)).catch(() => [])).sort();
    const texts = await Promise.all(
      names.map(async (name) => {
        assert.ok(!name.startsWith('.'), `${name} is left behind`);
        return readFile(join(base, folder, name), 'utf8');
      }),
    );
    return texts.flatMap((text) => [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits)));
  };
  const all = Array.from({ length: COUNT }, (_, n) => n);

  test('a file sink with another folder and format: the open file becomes visible where it was, all else where it is now', async () => {
    await crashed('moved', written({ out: { folder: 'moved-a' } }));
    const { summary } = await goOn('moved', written({ out: { folder: 'moved-b', format: 'csv' } }), {
      restore: 'latest',
    });
    assert.equal(summary.outcome, 'finished');
    const [old, now] = [await numbersIn('moved-a'), await numbersIn('moved-b')];
    assert.ok(old.length > 0 && now.length > 0);
    assert.deepEqual([...old, ...now], all);
  });

  test('a file sink that is gone: asked for, and what it had prepared becomes visible when it is given up', async () => {
    await crashed('gone', written({ out: { folder: 'gone-a' } }));
    const edited = written({ other: { folder: 'gone-b' } });
    await assert.rejects(goOn('gone', edited, { restore: 'latest' }), (error) => {
      assert.ok(error instanceof WeirError);
      assert.match(
        error.problem.message,
        /^out cannot take over what was prepared .*: it is not in the graph\.$/,
      );
      assert.match(
        error.problem.next ?? '',
        /--drop-state out: rows that it had not shown become visible first/,
      );
      return true;
    });
    assert.ok((await readdir(join(base, 'gone-a'))).every((name) => name.startsWith('.')));
    const { summary, logs } = await goOn('gone', edited, { restore: 'latest', drop: ['out'] });
    assert.equal(summary.outcome, 'finished');
    const [old, now] = [await numbersIn('gone-a'), await numbersIn('gone-b')];
    assert.ok(old.length > 0);
    assert.deepEqual([...old, ...now], all);
    assert.ok(
      logs.some((text) =>
        text.includes(`out: as it was at the checkpoint, it has shown all that it had: ${old.length} rows`),
      ),
      logs.join('\n'),
    );
    assert.ok(
      logs.some((text) => text === 'info other: is new, and begins without state'),
      logs.join('\n'),
    );
  });

  test('a ledger goes on with its sinks, and expects of one that is new what comes from then on', async () => {
    const graph = (sinks: readonly string[]): GraphDocument =>
      documentOf(
        {
          ids: ids({ rate: 2000 }),
          ...Object.fromEntries(
            sinks.map((id) => [id, { type: 'file-sink', config: { folder: `ledger-${id}` } }]),
          ),
        },
        sinks.map((id) => `ids ${id}`),
        { ledger: 'n' },
      );
    const first = await start('ledger', graph(['out']));
    await until(() => (first.handle.snapshot()[3] ?? 0) >= 20 || undefined);
    await first.handle.stop('cut');
    const { recordsRead: cut } = await first.handle.ended;
    assert.ok(cut < COUNT);
    const { summary } = await goOn('ledger', graph(['out', 'second']), { restore: 'cut' });
    const counts = (expected: number) => ({
      expected,
      delivered: expected,
      duplicated: 0,
      lost: 0,
      inFlight: 0,
    });
    const ledgers = summary.nodes.flatMap(({ node, ledger }) =>
      ledger === undefined ? [] : [[node, ledger]],
    );
    assert.deepEqual(Object.fromEntries(ledgers), { out: counts(COUNT), second: counts(COUNT - cut) });
    assert.deepEqual(await numbersIn('ledger-second'), all.slice(cut));
  });

  test('at-most-once: the noted position of a source that is given up is forgotten', async () => {
    const settings = { guarantee: 'at-most-once' };
    const document = documentOf({ ids: ids(), out: { type: 'table', config: {} } }, ['ids out'], settings);
    const first = await goOn('noted', document);
    assert.equal(first.summary.recordsRead, COUNT);
    const same = await goOn('noted', document, { restore: 'latest' });
    assert.equal(same.summary.nodes.find((n) => n.node === 'out')?.recordsIn, COUNT);
    const { summary } = await goOn('noted', document, { restore: 'latest', drop: ['ids'] });
    assert.equal(summary.recordsRead, COUNT);
    assert.equal(summary.nodes.find((n) => n.node === 'out')?.recordsIn, 2 * COUNT);
  });

  test('HTTP: a wider schema keeps the events that wait in the journal; gone, it is said where they stay', async () => {
    const schema = [{ name: 'n', type: 'INT' }];
    const http = (more: object[]) => ({
      type: 'http',
      config: { port: 0, path: '/events', schema: [...schema, ...more] },
    });
    const total = {
      type: 'group-aggregate',
      config: { aggregates: [{ function: 'sum', of: 'n', as: 's' }] },
    };
    const graph = (more: object[]): GraphDocument =>
      documentOf({ events: http(more), total, out: { type: 'table', config: {} } }, [
        'events total',
        'total:out out',
      ]);
    const post = async ({ logs }: Started, rows: object[]): Promise<void> => {
      const url = await until(() => /POST (\S+)/.exec(logs.join('\n'))?.[1]);
      const answer = await fetch(url, {
        method: 'POST',
        body: JSON.stringify(rows),
        headers: { 'content-type': 'application/json' },
      });
      assert.equal(answer.status, 202, await answer.text());
    };
    const first = await start('http', graph([]));
    await post(first, [{ n: 1 }, { n: 20 }]);
    await first.handle.stop('early');

    const second = await start('http', graph([{ name: 'more', type: 'STRING' }]), { restore: 'early' });
    await post(second, [{ n: 300, more: 'x' }]);
    await until(() => (second.handle.snapshot()[3] ?? 0) >= 3 || undefined);
    await second.handle.stop('late');
    assert.equal((await second.handle.ended).nodes.find((n) => n.node === 'total')?.recordsIn, 3);
    assert.match(second.logs.join('\n'), /info events: goes on with its state .* schema was/);

    const without = documentOf({ events: ids(), total, out: { type: 'table', config: {} } }, [
      'events total',
      'total:out out',
    ]);
    const gone = await assert.rejects(start('http', without, { restore: 'late' }), { name: 'WeirError' });
    assert.equal(gone, undefined);
    const third = await goOn('http', without, { restore: 'late', drop: ['events', 'total'] });
    assert.match(third.logs.join('\n'), /warning events: .* is given up/);
    assert.match(third.logs.join('\n'), /http\/sources\/events/);
  });

  test('what is given up is given up once: a restart goes on from the run’s own checkpoints', async () => {
    const condition = (text: string) => ({ type: 'filter', config: { condition: text } });
    const graph = (text: string, keys: string[]): GraphDocument =>
      documentOf(
        {
          ids: ids({ rate: 2000 }),
          some: condition(text),
          total: { type: 'group-aggregate', config: { keys, aggregates: [{ function: 'count', as: 'c' }] } },
          out: { type: 'table', config: {} },
        },
        ['ids some', 'some:out total', 'total:out out'],
        { onBadRecord: 'fail', restart: { strategy: 'fixed-delay', attempts: 2, delay: '10 ms' } },
      );
    const first = await start('once', graph('n >= 0', []));
    await until(() => (first.handle.snapshot()[3] ?? 0) >= 20 || undefined);
    await first.handle.stop('cut');
    const { problems, logs } = await goOn('once', graph('1 / (n - 190) < 2', ['n']), {
      restore: 'cut',
      drop: ['total'],
    });
    assert.deepEqual(
      problems.map((p) => p.code),
      ['R-RECORD'],
    );
    assert.equal(logs.filter((text) => text.includes('is given up')).length, 1, logs.join('\n'));
    assert.equal(logs.filter((text) => text.includes('is started again')).length, 2);
  });
});

async function until<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come');
}
