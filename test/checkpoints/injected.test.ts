/** Failures that are injected into real runs: threads that fail and are started again, and processes that are killed. The ledger against the files. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parseChaos } from '../../engine/contract/chaos.ts';
import type { GraphDocument, Guarantee } from '../../engine/contract/document.ts';
import type { LedgerCounts, RunSummary } from '../../engine/contract/link.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { startRun } from '../../engine/runtime/run.ts';

const CLI = join(import.meta.dirname, '..', '..', 'engine', 'cli.ts');
const COUNT = 6000;

const documentOf = (guarantee: Guarantee, attempts = 9): GraphDocument => ({
  weir: 1,
  settings: {
    guarantee,
    ledger: 'id',
    checkpoints: { every: '50 ms' },
    restart: { strategy: 'fixed-delay', attempts, delay: '10 ms' },
  },
  nodes: {
    ids: {
      type: 'generator',
      config: {
        data: { kind: 'fields', count: COUNT, fields: [{ name: 'id', value: { kind: 'sequence' } }] },
        rate: 6000,
        partitions: 3,
      },
    },
    twice: { type: 'map', config: { compute: [{ name: 'm', expression: 'id * 2' }] } },
    out: { type: 'file-sink', config: { folder: 'out', name: 'ids', roll: { rows: 500 } } },
  },
  edges: [
    { from: 'ids', to: 'twice' },
    { from: 'twice', to: 'out' },
  ],
});

describe('injected failures in a run with checkpoints', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-injected-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function inFiles(): Promise<LedgerCounts> {
    const counts = new Map<number, number>();
    for (const file of globSync('out/ids-*', { cwd: folder })) {
      for (const line of (await readFile(join(folder, file), 'utf8')).split('\n')) {
        if (line === '') continue;
        const id = Number(JSON.parse(line).id);
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
    const rows = [...counts.values()].reduce((a, b) => a + b, 0);
    const delivered = counts.size;
    return { expected: COUNT, delivered, duplicated: rows - delivered, lost: COUNT - delivered, inFlight: 0 };
  }
  const ledgerOf = (summary: RunSummary): LedgerCounts | undefined =>
    summary.nodes.find((n) => n.node === 'out')?.ledger;

  async function run(document: GraphDocument, text: string) {
    const chaos = parseChaos(text);
    assert.ok(typeof chaos !== 'string', String(chaos));
    let problems: readonly Problem[] = [];
    const log: string[] = [];
    const handle = await startRun(
      {
        runId: 'r',
        document: { ...document, settings: { ...document.settings, chaos } },
        baseDir: folder,
        options: {},
      },
      {
        layout: () => {},
        log: (_at, level, _node, line) => log.push(`${level} ${line}`),
        sample: () => {},
        view: () => {},
        checkpoint: () => {},
        ended: (_summary, found) => {
          problems = found;
        },
      },
    );
    const summary = await handle.ended;
    return { summary, problems, restarts: log.filter((line) => line.includes('is started again')).length };
  }

  for (const [guarantee, text, restarts] of [
    ['exactly-once', 'fail=out@1500,fail=twice@3000,fail=ids@1000', 3],
    ['exactly-once', 'ack=out@3,ack=out:20ms', 1],
    ['exactly-once', 'stall=ids:1@100+400ms,fail=twice@2000,slow=out:1ms', 1],
    ['at-least-once', 'fail=out@1500,fail=twice@3000', 2],
    ['at-most-once', 'fail=out@1500,fail=twice@3000', 2],
  ] as const) {
    test(`${guarantee}: ${text}`, async () => {
      const { summary, restarts: seen } = await run(documentOf(guarantee), text);
      assert.equal(summary.outcome, 'finished');
      assert.equal(seen, restarts, 'restarts');
      const files = await inFiles();
      assert.deepEqual(ledgerOf(summary), files);
      assert.equal(files.duplicated > 0, guarantee === 'at-least-once', `${files.duplicated} twice`);
      assert.equal(files.lost > 0, guarantee === 'at-most-once', `${files.lost} lost`);
    });
  }

  test('with no attempt left the run ends with what was injected, and leaves no folder behind', async () => {
    // Of its own: other runs on this machine have theirs.
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = folder;
    try {
      const text = 'fail=out@900,fail=out@1000';
      const { summary, problems, restarts } = await run(documentOf('exactly-once', 1), text);
      assert.deepEqual([summary.outcome, problems[0]?.code, restarts], ['failed', 'R-CHAOS', 1]);
      assert.deepEqual(globSync('weir-run-*', { cwd: folder }), []);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
  });

  test('a failure at a node that is not there is refused', async () => {
    await assert.rejects(run(documentOf('exactly-once'), 'slow=ids:1s'), /happens to a sink/);
  });

  for (const guarantee of ['exactly-once', 'at-least-once', 'at-most-once'] as const) {
    test(`${guarantee}: the process is killed twice, and the ledger goes on`, async () => {
      await writeFile(join(folder, 'ids.weir'), JSON.stringify(documentOf(guarantee)));
      const weir = async (
        ...args: string[]
      ): Promise<{ signal: unknown; code: unknown; out: string; err: string }> => {
        const child = spawn(
          process.execPath,
          [CLI, 'run', 'ids.weir', '--json', '--checkpoints', 'state', ...args],
          {
            cwd: folder,
            stdio: ['ignore', 'pipe', 'pipe'],
          },
        );
        let out = '';
        let err = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          out += text;
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          err += text;
        });
        const [code, signal] = await once(child, 'close');
        return { signal, code, out, err };
      };
      const killed = [
        await weir('--chaos', 'kill@400..550,seed=3'),
        await weir('--restore', 'latest', '--chaos', 'kill@150..300,seed=4'),
      ];
      assert.deepEqual(
        killed.map((k) => k.signal),
        ['SIGKILL', 'SIGKILL'],
        killed.map((k) => k.err).join('\n'),
      );
      const { code, out, err } = await weir('--restore', 'latest');
      assert.equal(code, 0, err);
      const summary = JSON.parse(out.trim().split('\n').at(-1) ?? '') as RunSummary;
      const [files, ledger] = [await inFiles(), ledgerOf(summary)];
      assert.equal(files.lost > 0, guarantee === 'at-most-once', `${files.lost} lost`);
      if (guarantee !== 'at-least-once') assert.equal(files.duplicated, 0);
      assert.deepEqual(ledger, files);
    });
  }
});
