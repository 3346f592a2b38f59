/** Savepoints by hand: taken while a run goes on, or as its last act; named, kept, and gone on from. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import type { CheckpointReport } from '../../engine/contract/checkpoints.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { type ProblemCode, WeirError } from '../../engine/contract/problems.ts';
import { startRun } from '../../engine/runtime/run.ts';
import type { RunHandle } from '../../engine/runtime/run-api.ts';

const DOCUMENT = {
  weir: 1,
  nodes: {
    ids: {
      type: 'generator',
      config: {
        data: { kind: 'fields', fields: [{ name: 'n', value: { kind: 'sequence' } }] },
        rate: 2000,
      },
    },
    total: {
      type: 'group-aggregate',
      config: { keys: [], aggregates: [{ function: 'count', as: 'rows' }] },
    },
    out: { type: 'nothing', config: {} },
  },
  edges: [
    { from: 'ids', to: 'total' },
    { from: 'total:out', to: 'out' },
  ],
};

const refused = (code: ProblemCode, work: () => Promise<unknown>): Promise<void> =>
  assert.rejects(work, (error) => error instanceof WeirError && error.problem.code === code);

describe('savepoints', () => {
  let base = '';
  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'weir-savepoints-'));
  });
  after(() => rm(base, { recursive: true, force: true }));

  const start = async (
    folder: string | null,
    restore?: 'latest',
  ): Promise<{ handle: RunHandle; reports: CheckpointReport[] }> => {
    const parsed = parseDocument(JSON.stringify(DOCUMENT));
    assert.ok(parsed.ok, JSON.stringify(parsed));
    const reports: CheckpointReport[] = [];
    const checkpoints = { folder: join(base, folder ?? ''), everyMs: 3_600_000, ...(restore && { restore }) };
    const handle = await startRun(
      {
        runId: 'savepoints',
        document: parsed.value,
        baseDir: base,
        options: folder === null ? {} : { checkpoints },
      },
      {
        layout() {},
        sample() {},
        view() {},
        log() {},
        ended() {},
        checkpoint: (report) => void reports.push(report),
      },
    );
    return { handle, reports };
  };
  const manifests = async (folder: string) => {
    const store = await CheckpointStore.open(join(base, folder), { keep: 1, warn: assert.fail });
    const listed = await store.list();
    await store.close();
    return listed;
  };

  test('taken by hand it stays, whatever comes after, and every step of it is told', async () => {
    const { handle, reports } = await start('hand');
    await handle.savepoint('before lunch');
    await refused('K-NAME', () => handle.savepoint('before lunch'));
    await refused('K-NAME', () => handle.savepoint('../escaped'));
    await handle.savepoint('after lunch');
    await handle.stop();
    const own = reports.filter((r) => r.name === 'before lunch');
    assert.deepEqual(new Set(own.map((r) => r.status)), new Set(['running', 'complete']));
    const last = own.at(-1);
    assert.ok(last !== undefined && last.bytes !== null && last.bytes > 0);
    assert.deepEqual(last.nodes.map((n) => n.node).sort(), ['ids', 'out', 'total']);
    assert.ok(last.nodes.every((n) => n.bytes !== null && n.alignedMs !== null));
    assert.ok(own[0]?.nodes.some((n) => n.node === 'out' && n.alignedMs === null));
    const kept = await manifests('hand');
    assert.deepEqual(
      kept.map((m) => m.name),
      [null, 'after lunch', 'before lunch'],
    );
  });

  test('stopped with a savepoint, the run goes on from exactly there', async () => {
    const first = await start('stop');
    await refused('K-NAME', () => first.handle.stop('no/slashes'));
    await first.handle.stop('moved house');
    const before = await first.handle.ended;
    assert.equal(before.outcome, 'stopped');
    assert.deepEqual(
      (await manifests('stop')).map((m) => m.name),
      ['moved house'],
    );
    const second = await start('stop', 'latest');
    assert.deepEqual(
      second.reports.map((r) => [r.status, r.name]),
      [['restored', 'moved house']],
    );
    await second.handle.stop();
    const { recordsRead } = await second.handle.ended;
    assert.ok(recordsRead >= before.recordsRead, `${recordsRead} after ${before.recordsRead}`);
  });

  test('a run without checkpoints, and one that has ended, say so', async () => {
    const { handle } = await start(null);
    await refused('K-NONE', () => handle.savepoint('nowhere'));
    await handle.stop();
    await refused('K-NONE', () => handle.savepoint('too late'));
  });
});
