import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { type Row, rowsOf } from '../../batch/batch.ts';
import { toFields } from '../../contract/settings.ts';
import { MemoryFiles } from '../../files/memory.ts';
import { SystemClock } from '../../runtime/clock.ts';
import type { Source, SourcePosition } from '../../runtime/contracts.ts';
import { httpSchema } from './plan.ts';
import { httpSource } from './source.ts';
import { httpSpec } from './spec.ts';

const FOLDER = '/state/journal';

interface Answer {
  readonly status: number;
  readonly accepted: number;
}

interface Running {
  readonly source: Source;
  readonly logs: string[];
  readonly stop: AbortController;
  post(...ids: number[]): Promise<Answer>;
  postAll(ids: readonly number[]): Promise<Answer>;
  /** Until `count` came or nothing comes; in polls of at most `maxRows`. */
  take(count: number, maxRows?: number): Promise<Row[]>;
}

describe('HTTP source in a run with checkpoints', { timeout: 30_000 }, () => {
  const open: Running[] = [];
  afterEach(async () => {
    for (const { source } of open.splice(0)) await source.close();
  });

  async function start(
    files: MemoryFiles,
    restored: SourcePosition | null = null,
    settings: object = {},
  ): Promise<Running> {
    const schema = [{ name: 'id', type: 'INT', nullable: false }];
    const config = httpSpec.config.parse({ port: 0, schema, ...settings });
    const logs: string[] = [];
    const stop = new AbortController();
    const fields = toFields(httpSchema(config));
    const source = httpSource.create({
      nodeId: 'events',
      config,
      clock: new SystemClock(),
      seed: 1,
      baseDir: '.',
      signal: stop.signal,
      batchRows: 1024,
      files,
      stateDir: '/state',
      log: (_, text) => logs.push(text),
      fields,
    });
    const url = (): string => /http:\S+/.exec(logs.join(' '))?.[0] ?? '';
    const running: Running = {
      source,
      logs,
      stop,
      post: (...ids) => running.postAll(ids),
      async postAll(ids) {
        const body = JSON.stringify(ids.map((id) => ({ id })));
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(url(), { method: 'POST', body, headers });
        return { status: response.status, ...((await response.json()) as { accepted: number }) };
      },
      async take(count, maxRows = 2) {
        const rows: Row[] = [];
        while (rows.length < count) {
          const output = source.poll(Math.min(maxRows, count - rows.length));
          if (output?.batch != null) rows.push(...rowsOf(output.batch, fields));
          else if (source.ended) throw new Error(`ended after ${rows.length} rows`);
          else await source.whenReady();
        }
        return rows;
      },
    };
    open.push(running);
    await source.open(restored);
    return running;
  }

  const ids = (rows: readonly Row[]): unknown[] => rows.map((row) => row['id']);
  const numbers = (from: number, until: number): number[] =>
    Array.from({ length: until - from }, (_, i) => from + i);
  const copy = (position: SourcePosition): SourcePosition => JSON.parse(JSON.stringify(position));

  it('a 202 means kept: after the power went, all of it comes again, at its place and with its arrival', async () => {
    const files = new MemoryFiles();
    const settings = { arrival: 'received' };
    const first = await start(files, null, settings);
    assert.equal((await first.post(0, 1, 2)).status, 202);
    assert.equal((await first.post(3)).accepted, 1);
    const rows = await first.take(4);
    await first.post(4, 5);
    files.cutPower(() => 0);
    const second = await start(files, null, settings);
    const again = await second.take(6);
    assert.deepEqual(ids(again), numbers(0, 6));
    assert.deepEqual(again.slice(0, 4), rows);
    assert.equal((await second.post(6)).status, 202);
    assert.deepEqual(ids(await second.take(1)), [6]);
  });

  it('goes on exactly from any position, also in the middle of a request', async () => {
    const files = new MemoryFiles();
    const whole = await start(files);
    await Promise.all([0, 3, 6, 9, 12].map((id) => whole.post(id, id + 1, id + 2)));
    const all = ids(await whole.take(15));
    assert.deepEqual([...all].sort(), numbers(0, 15).sort());
    for (let cut = 0; cut <= 15; cut++) {
      const first = await start(files);
      assert.deepEqual(ids(await first.take(cut)), all.slice(0, cut));
      const position = copy(first.source.position());
      await first.source.close();
      const second = await start(files, position);
      // Once more without a row given: the position is the same.
      assert.deepEqual(copy(second.source.position()), position);
      assert.deepEqual(ids(await second.take(15 - cut)), all.slice(cut), `cut at ${cut}`);
      await second.source.close();
    }
  });

  it('answers no request with 202 before its sync', async () => {
    const files = new MemoryFiles();
    const { post, take } = await start(files);
    await post(0);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const quick = files.syncHeld;
    files.syncHeld = () => held;
    let answered = 0;
    const asked = numbers(1, 41).map(async (id) => {
      assert.equal((await post(id)).status, 202);
      answered++;
    });
    await new Promise((go) => setTimeout(go, 200));
    assert.equal(answered, 0);
    files.syncHeld = quick;
    release();
    await Promise.all(asked);
    assert.deepEqual(ids(await take(41)).sort(), numbers(0, 41).sort());
  });

  it('refuses with 503 while the disk is full, keeps nothing of it, and goes on when there is room', async () => {
    const files = new MemoryFiles();
    const { post, take } = await start(files);
    await post(0);
    files.torn = (bytes) => bytes - 1;
    files.before = (operation) => {
      if (operation === 'write') throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    };
    assert.deepEqual([(await post(1)).status, (await post(2)).accepted], [503, 0]);
    files.before = () => {};
    assert.equal((await post(3)).status, 202);
    assert.deepEqual(ids(await take(2)), [0, 3]);
    const again = await start(files);
    assert.deepEqual(ids(await again.take(2)), [0, 3]);
  });

  it('fails when nobody knows what reached the disk', async () => {
    const files = new MemoryFiles();
    const { post, take, source } = await start(files);
    files.before = (operation) => {
      if (operation === 'sync') throw new Error('EIO');
    };
    assert.equal((await post(1)).status, 503);
    await assert.rejects(take(1), { name: 'WeirError', message: /EIO/ });
    files.before = () => {};
    await assert.rejects(source.whenReady(), { name: 'WeirError' });
  });

  it('takes new events only when the old ones are read', async () => {
    const files = new MemoryFiles();
    const first = await start(files, null, { bufferRows: 20_000 });
    for (let from = 0; from < 12_000; from += 3000) await first.postAll(numbers(from, from + 3000));
    await first.source.close();
    const second = await start(files);
    await second.source.whenReady();
    assert.equal((await second.post(-1)).status, 429);
    assert.deepEqual(ids(await second.take(12_000, 1000)), numbers(0, 12_000));
    assert.equal((await second.post(-1)).status, 202);
    assert.deepEqual(ids(await second.take(1)), [-1]);
  });

  it('removes what a complete checkpoint needs no more, and nothing else', async () => {
    const files = new MemoryFiles();
    const running = await start(files, null, { bodyMax: 16_000_000, bufferRows: 1_000_000 });
    const many = numbers(0, 150_000); // about 2 MB
    for (let i = 0; i < 4; i++) {
      await running.postAll(many);
      await running.take(many.length, 10_000);
    }
    const position = copy(running.source.position());
    await running.post(7);
    assert.ok(files.names(FOLDER).length >= 2);
    await running.source.committed?.(position);
    assert.equal(files.names(FOLDER).length, 1);
    await running.source.close();
    const again = await start(files, position);
    assert.deepEqual(ids(await again.take(1)), [7]);
  });

  it('leaves what was not processed in the journal when the run is stopped', async () => {
    const files = new MemoryFiles();
    const first = await start(files);
    await first.post(1);
    await first.post(2);
    assert.deepEqual(ids(await first.take(1)), [1]);
    const position = copy(first.source.position());
    first.stop.abort();
    await first.source.close();
    assert.doesNotMatch(first.logs.join(), /not processed/);
    const second = await start(files, position);
    assert.deepEqual(ids(await second.take(1)), [2]);
  });

  it('says so where kept events no longer fit the schema, or the position is none', async () => {
    const files = new MemoryFiles();
    const first = await start(files);
    await first.post(1);
    await first.source.close();
    const other = await start(files, null, { schema: [{ name: 'other', type: 'INT', nullable: false }] });
    await assert.rejects(other.source.whenReady(), { name: 'WeirError', message: /do not fit the schema/ });
    await assert.rejects(start(files, { given: 3 }), { name: 'WeirError' });
  });
});
