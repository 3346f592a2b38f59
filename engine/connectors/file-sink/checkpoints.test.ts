import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { WeirError } from '../../contract/problems.ts';
import { appendOnly, field, INT } from '../../contract/types.ts';
import type { MemoryFiles } from '../../files/memory.ts';
import { VirtualClock } from '../../runtime/clock.ts';
import type { JsonData } from '../../runtime/contracts.ts';
import { random } from '../../runtime/random.ts';
import { fileSink } from './sink.ts';
import { zFileSink } from './spec.ts';
import { Bench, batchOf, type Fault, FOLDER, type Plan } from './testing.ts';

const PLAN: Plan = { config: { roll: { rows: 5 } }, batches: [2, 7, 1, 4, 3, 6, 2, 1], every: 2 };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const total = (plan: Plan): number => plan.batches.reduce((sum, n) => sum + n, 0);

async function survives(
  plan: Plan,
  faults: readonly Fault[],
  set: (bench: Bench) => void = () => {},
): Promise<Bench> {
  const bench = new Bench(plan, faults[0]?.at);
  set(bench);
  const what = JSON.stringify({ plan, faults });
  await bench.run(faults).catch((error: unknown) => {
    throw new Error(`${what}: ${String(error)}`, { cause: error });
  });
  assert.deepEqual(bench.visible(), numbers(total(plan)), what);
  return bench;
}

const PLANS: readonly (readonly [string, Plan, boolean])[] = [
  ['by rows', PLAN, true],
  ['by rows, without hard links', PLAN, false],
  ['CSV', { ...PLAN, config: { format: 'csv', roll: { rows: 4 } } }, true],
  ['never: one part over all checkpoints', { ...PLAN, config: { roll: {} } }, true],
  ['from 0001 again', { ...PLAN, config: { overwrite: true, roll: { rows: 3 } } }, true],
];

describe('file sink in a run with checkpoints', { timeout: 120_000 }, () => {
  for (const [name, plan, links] of PLANS) {
    it(`killed, cut from power or out of room at any operation, gives every row once (rolls ${name})`, async () => {
      const prepare = (bench: Bench): void => {
        bench.files.links = links;
      };
      const whole = new Bench(plan);
      prepare(whole);
      const operations = await whole.run([]);
      assert.deepEqual(whole.visible(), numbers(total(plan)));
      assert.ok(operations > 20, String(operations));
      for (let at = 1; at <= operations; at++)
        for (const how of ['kill', 'power', 'full'] as const) await survives(plan, [{ at, how }], prepare);
    });
  }

  it('so it does when it dies again while it recovers', async () => {
    const { next } = random(7);
    for (let i = 0; i < 600; i++) {
      const faults = Array.from({ length: 1 + Math.floor(next() * 4) }, (): Fault => {
        const how = (['kill', 'power', 'full'] as const)[Math.floor(next() * 3)] ?? 'kill';
        return { at: 1 + Math.floor(next() * 60), how };
      });
      await survives({ ...PLAN, every: 1 + (i % 3) }, faults);
    }
  });

  it('leaves nothing behind: no part, and no file of another', async () => {
    const put = (bench: Bench): void => bench.files.put(`${FOLDER}/out-0003.ndjson`, 'mine\n');
    const bench = new Bench(PLAN);
    put(bench);
    await bench.run([{ at: 30, how: 'kill' }]);
    assert.deepEqual(
      bench.files.names(FOLDER).filter((file) => file.startsWith('.')),
      [],
    );
    assert.equal(bench.files.text(`${FOLDER}/out-0003.ndjson`), 'mine\n');
    assert.deepEqual(bench.visible(), numbers(total(PLAN)));
  });

  it('syncs every part and every name before a checkpoint holds it, and every final name before the next', async () => {
    const bench = new Bench({ ...PLAN, config: { roll: { rows: 1000 } } });
    const log: string[] = [];
    const sink = bench.sink();
    bench.files.before = (operation) => void log.push(operation);
    const since = (): string =>
      log
        .splice(0)
        .filter((o) => !['info', 'list'].includes(o))
        .join(' ');
    await sink.open();
    await sink.write(batchOf(0, 3));
    assert.equal(since(), 'makeFolder create');
    let prepared = (await sink.prepare?.(1)) as JsonData;
    assert.equal(since(), 'write sync syncFolder');
    await sink.commit?.(prepared);
    await sink.write(batchOf(3, 1));
    await sink.prepare?.(2);
    assert.equal(since(), 'write sync');
    prepared = (await sink.prepare?.(3)) as JsonData;
    assert.equal(since(), '', 'nothing came: nothing to sync');
    await sink.write(batchOf(4, 996));
    assert.equal(since(), 'write sync close');
    prepared = (await sink.prepare?.(4)) as JsonData;
    await sink.commit?.(prepared);
    assert.equal(since(), 'link syncFolder remove');
    await sink.close();
  });

  for (const forgotten of ['sync', 'syncFolder'] as const) {
    it(`would lose rows to a power cut without ${forgotten}: the test sees what it is for`, async () => {
      let lost = 0;
      for (let at = 1; at <= 80; at++) {
        const bench = new Bench(PLAN, at);
        forget(bench.files, forgotten);
        await bench.run([{ at, how: 'power' }]).catch(() => lost++);
        if (bench.visible().length < total(PLAN)) lost++;
      }
      assert.ok(lost > 0);
    });
  }

  it('keeps one part open over checkpoints, and goes on in it', async () => {
    const bench = new Bench(PLAN);
    const first = bench.sink({ roll: { rows: 100 } });
    await first.open();
    await first.write(batchOf(0, 10));
    const prepared = (await first.prepare?.(1)) as JsonData;
    await first.commit?.(prepared);
    await first.write(batchOf(10, 90));
    await first.write(batchOf(100, 5));
    await first.prepare?.(2); // never complete
    assert.equal(bench.files.names(FOLDER).length, 2);
    assert.equal(first.committed, 0);
    await first.close();

    const second = bench.sink({ roll: { rows: 100 } });
    await second.open();
    await second.recover?.(prepared);
    assert.equal(bench.files.names(FOLDER).length, 1, 'the part begun after the checkpoint is gone');
    await second.write(batchOf(10, 90));
    const next = (await second.prepare?.(3)) as JsonData;
    assert.deepEqual([second.committed, bench.visible()], [0, []]);
    await second.commit?.(next);
    await second.commit?.(next);
    assert.deepEqual([second.committed, bench.visible()], [100, numbers(100)]);
    await second.close();

    const third = bench.sink({ roll: { rows: 100 } });
    await third.open();
    await third.recover?.(next);
    assert.equal(third.committed, 100);
    await third.close();
  });

  it('gives a part of other settings a file of its own', async () => {
    const bench = new Bench(PLAN);
    const first = bench.sink();
    await first.open();
    await first.write(batchOf(0, 3));
    const prepared = (await first.prepare?.(1)) as JsonData;
    await first.close();
    const second = bench.sink({ format: 'csv', folder: 'out' });
    await second.open();
    await second.recover?.(prepared);
    await second.write(batchOf(3, 1));
    const last = (await second.prepare?.(2)) as JsonData;
    await second.commit?.(last);
    await second.finish();
    assert.deepEqual(bench.files.names(FOLDER), ['out-0001.ndjson', 'out-0002.csv']);
    assert.equal(bench.files.text(`${FOLDER}/out-0001.ndjson`), '{"n":0}\n{"n":1}\n{"n":2}\n');
    assert.equal(bench.files.text(`${FOLDER}/out-0002.csv`), 'n\n3\n');
    await second.close();
  });

  it('says so where a part of the checkpoint is gone or cut, or was made visible later', async () => {
    const bench = new Bench(PLAN);
    const first = bench.sink();
    await first.open();
    await first.write(batchOf(0, 3));
    const old = (await first.prepare?.(1)) as JsonData & { open: { part: string } };
    const path = `${FOLDER}/${old.open.part}`;
    const recover = async (): Promise<void> => {
      const sink = bench.sink();
      await sink.open();
      try {
        await sink.recover?.(old);
      } finally {
        await sink.close();
      }
    };
    const fails = (code: string) => (error: unknown) => {
      assert.ok(error instanceof WeirError, String(error));
      assert.equal(error.problem.code, code);
      assert.deepEqual(error.problem.path, ['nodes', 'files', 'config', 'folder']);
      return true;
    };
    const text = bench.files.text(path);
    bench.files.put(path, text.slice(0, 10));
    await assert.rejects(recover(), fails('C-FORMAT'));
    await bench.files.remove(path);
    await assert.rejects(recover(), fails('C-MISSING'));
    bench.files.put(`${FOLDER}/out-0001.ndjson`, `${text}{"n":3}\n`);
    await recover();
    assert.match(bench.logs.join(), /out-0001\.ndjson was made visible after this checkpoint/);
    await assert.rejects(bench.sink().recover?.({ token: 7 }) ?? Promise.resolve(), { name: 'WeirError' });
  });

  it('does the same on the disk', async () => {
    const baseDir = await mkdtemp(join(tmpdir(), 'weir-sink-'));
    try {
      const create = () =>
        fileSink.create({
          nodeId: 'files',
          config: zFileSink.parse({ folder: 'out', roll: { rows: 4 } }),
          clock: new VirtualClock(0),
          seed: 1,
          baseDir,
          signal: new AbortController().signal,
          batchRows: 1024,
          input: appendOnly([field('n', INT)], false),
          checkpointed: true,
          log: () => {},
        });
      const first = create();
      await first.open();
      await first.write(batchOf(0, 6));
      const prepared = (await first.prepare?.(1)) as JsonData;
      await first.write(batchOf(6, 9));
      await first.close();
      const second = create();
      await second.open();
      await second.recover?.(prepared);
      await second.write(batchOf(6, 3));
      await second.commit?.((await second.prepare?.(2)) as JsonData);
      await second.finish();
      await second.close();
      const names = (await readdir(join(baseDir, 'out'))).sort();
      assert.deepEqual(names, ['out-0001.ndjson', 'out-0002.ndjson', 'out-0003.ndjson']);
      const texts = await Promise.all(names.map((name) => readFile(join(baseDir, 'out', name), 'utf8')));
      const rows = texts.join('').trimEnd().split('\n');
      assert.deepEqual(
        rows.map((line) => JSON.parse(line).n),
        numbers(9),
      );
    } finally {
      await rm(baseDir, { recursive: true, force: true });
    }
  });
});

/** Says that it synced, and did not. */
function forget(files: MemoryFiles, what: 'sync' | 'syncFolder'): void {
  if (what === 'syncFolder') {
    files.syncFolder = () => Promise.resolve();
    return;
  }
  const open = files.open.bind(files);
  files.open = async (path, how) => ({ ...(await open(path, how)), sync: () => Promise.resolve() });
}
