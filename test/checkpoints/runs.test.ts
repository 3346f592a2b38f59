/** Whole runs and the folder of their checkpoints: which checkpoint fits, who holds the folder, how often a failed run is started. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunSummary } from '../../engine/contract/link.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { type ProblemCode, WeirError } from '../../engine/contract/problems.ts';
import { startRun } from '../../engine/runtime/run.ts';
import type { RunHandle } from '../../engine/runtime/run-api.ts';

interface Extra {
  readonly condition?: string;
  readonly without?: boolean;
  readonly endless?: boolean;
  readonly settings?: object;
  readonly look?: object;
}

function documentOf({
  condition = 'n >= 0',
  without = false,
  endless = false,
  settings,
  look,
}: Extra): object {
  const nodes = {
    ids: {
      type: 'generator',
      config: {
        data: {
          kind: 'fields',
          ...(endless ? {} : { count: 100 }),
          fields: [{ name: 'n', value: { kind: 'sequence' } }],
        },
        rate: endless ? 100 : 1_000_000,
      },
    },
    some: { type: 'filter', config: { condition } },
    total: {
      type: 'group-aggregate',
      config: { keys: [], aggregates: [{ function: 'sum', of: 'n', as: 'sum' }] },
    },
    out: { type: 'nothing', config: {} },
  };
  const { total: _, ...rest } = nodes;
  return {
    weir: 1,
    ...look,
    ...(settings === undefined ? {} : { settings }),
    nodes: without ? rest : nodes,
    edges: [
      { from: 'ids', to: 'some' },
      ...(without
        ? [{ from: 'some:out', to: 'out' }]
        : [
            { from: 'some:out', to: 'total' },
            { from: 'total:out', to: 'out' },
          ]),
    ],
  };
}

describe('runs and their checkpoints', () => {
  let base = '';
  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'weir-runs-'));
  });
  after(() => rm(base, { recursive: true, force: true }));

  interface Ran {
    readonly summary: RunSummary;
    readonly logs: readonly string[];
    readonly codes: readonly ProblemCode[];
  }
  const start = async (
    folder: string,
    extra: Extra,
    restore?: 'latest' | number,
  ): Promise<{ handle: RunHandle; ended: Promise<Ran> }> => {
    const parsed = parseDocument(JSON.stringify(documentOf(extra)));
    assert.ok(parsed.ok, JSON.stringify(parsed));
    const logs: string[] = [];
    let codes: ProblemCode[] = [];
    const checkpoints = {
      folder: join(base, folder),
      everyMs: 20,
      ...(restore === undefined ? {} : { restore }),
    };
    const handle = await startRun(
      { runId: folder, document: parsed.value, baseDir: base, options: { checkpoints } },
      {
        layout: () => {},
        sample: () => {},
        view: () => {},
        checkpoint: () => {},
        log: (_at, _level, _node, text) => void logs.push(text),
        ended: (_summary, problems) => {
          codes = problems.map((p) => p.code);
        },
      },
    );
    return { handle, ended: handle.ended.then((summary) => ({ summary, logs, codes })) };
  };
  const run = async (...args: Parameters<typeof start>): Promise<Ran> => (await start(...args)).ended;
  const refused = (code: ProblemCode, says: RegExp, work: () => Promise<unknown>): Promise<void> =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof WeirError, String(error));
      assert.equal(error.problem.code, code);
      assert.match(error.problem.message, says);
      return true;
    });

  test('of another graph: what has no state may change, K-STATE says what has; what only looks different is the same', async () => {
    assert.equal((await run('graph', {})).summary.outcome, 'finished');
    await refused('K-STATE', /^total cannot take over the state .*: it is not in the graph\.$/, () =>
      run('graph', { without: true }, 'latest'),
    );
    const edited = await run('graph', { condition: 'n > 5' }, 'latest');
    assert.equal(edited.summary.nodes.find((n) => n.node === 'total')?.recordsIn, 100);
    const look = { name: 'renamed', layout: { nodes: { ids: { x: 5, y: 7 } } } };
    const again = await run('graph', { look }, 'latest');
    assert.equal(again.summary.outcome, 'finished');
    // It had come to its end: nothing is read again.
    assert.equal(again.summary.nodes.find((n) => n.node === 'total')?.recordsIn, 100);
  });

  test('where nothing is to go on from: K-BROKEN', async () => {
    await refused('K-BROKEN', /no whole checkpoint/, () => run('empty', {}, 'latest'));
    await refused('K-BROKEN', /manifest is missing/, () => run('empty', {}, 7));
    assert.deepEqual(await readdir(join(base, 'empty')), []);
  });

  test('one run a folder, also within a process; it is free when the run has ended', async () => {
    const first = await start('one', { endless: true });
    await refused('K-LOCKED', /Another run uses/, () => run('one', { endless: true }));
    await first.handle.stop();
    assert.equal((await first.ended).summary.outcome, 'stopped');
    const second = await start('one', { endless: true }, 'latest');
    await second.handle.stop();
    await second.ended;
    assert.ok(!(await readdir(join(base, 'one'))).includes('lock'));
  });

  test('a run that fails is started as often as it says, each time from its own last checkpoint', async () => {
    // Checkpoints of a run before: not of this one.
    await run('again', {});
    const settings = {
      onBadRecord: 'fail',
      restart: { strategy: 'fixed-delay', attempts: 2, delay: '10 ms' },
    };
    const { summary, logs, codes } = await run('again', { condition: '1 / (n - 50) < 2', settings });
    assert.equal(summary.outcome, 'failed');
    assert.deepEqual(codes, ['R-RECORD']);
    assert.deepEqual(
      logs.flatMap((text) => /started again in 10 ms \((\d of \d)\)/.exec(text)?.[1] ?? []),
      ['1 of 2', '2 of 2'],
    );
    assert.ok(!logs.some((text) => text.includes('goes on from checkpoint 1.')), logs.join('\n'));
    assert.ok(!(await readdir(join(base, 'again'))).includes('lock'));
  });
});
