import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WeirError } from '../../contract/problems.ts';
import { type SourceField, toFields } from '../../contract/settings.ts';
import type { SourcePosition } from '../../runtime/contracts.ts';
import { drain, FileBench, type FileInput } from './testing.ts';

const ID: SourceField[] = [{ name: 'id', type: 'INT', nullable: false }];
const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `{"id":${from + i}}\n`).join('');
const ids = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => row['id']);
const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

const fails =
  (code: string, setting = 'path') =>
  (error: unknown) => {
    assert.ok(error instanceof WeirError, String(error));
    assert.equal(error.problem.code, code);
    assert.deepEqual(error.problem.path, ['nodes', 'flights', 'config', setting]);
    assert.ok((error.problem.next ?? '').length > 0);
    return true;
  };

describe('file source', { timeout: 120_000 }, () => {
  const bench = new FileBench();
  beforeEach(() => bench.setUp());
  afterEach(() => bench.tearDown());

  it('reads a folder in the order of the names, packed files too, and no hidden ones', async () => {
    await bench.write('in/b.ndjson.gz', gzipSync(lines(100, 3000)));
    await bench.write('in/a.ndjson', lines(0, 100));
    await bench.write('in/c.json', JSON.stringify(numbers(3100, 5).map((id) => ({ id }))));
    await bench.write('in/d.csv', `id\n${numbers(3105, 5).join('\n')}`);
    await bench.write('in/.out-0001.ndjson.12345678.part', lines(-5, 5));
    for (const maxRows of [1, 7, 1024]) {
      const { rows, batches } = await bench.readAll({ path: 'in', schema: ID }, maxRows);
      assert.deepEqual(ids(rows), numbers(0, 3110));
      assert.ok(Math.max(...batches) <= maxRows);
    }
  });

  it('reads what a glob matches', async () => {
    for (const name of ['x/1.ndjson', 'x/y/2.ndjson', 'x/y/3.txt']) await bench.write(name, lines(1, 2));
    const { rows } = await bench.readAll({ path: 'x/**/*.ndjson', schema: ID });
    assert.equal(rows.length, 4);
  });

  it('tells packed data by its first bytes, whatever the name', async () => {
    await bench.write('data', gzipSync(lines(0, 3)));
    const { rows } = await bench.readAll({ path: 'data', schema: ID });
    assert.deepEqual(ids(rows), [0, 1, 2]);
  });

  it('says what is missing, and what to do', async () => {
    await bench.write('empty/.hidden', '');
    for (const path of ['nowhere.ndjson', 'nowhere/*.csv', 'empty', 'package:vega-datasets/data/none.json']) {
      await assert.rejects(
        bench.opened({ path, schema: ID }).then((s) => s.whenReady()),
        fails('C-MISSING'),
        path,
      );
    }
    for (const path of ['/dev/null', 'package:zod/package.json', 'package:../../etc/passwd']) {
      await assert.rejects(bench.opened({ path, schema: ID }), fails('C-ACCESS'), path);
    }
    await assert.rejects(
      bench.opened({ path: 'package:vega-datasets/../zod/package.json', schema: ID }),
      fails('C-MISSING'),
    );
  });

  it('says when a file is not what the settings say', async () => {
    await bench.write('a.parquet', 'not parquet at all');
    await bench.write('cut.ndjson.gz', gzipSync(lines(0, 10_000)).subarray(0, 2000));
    await bench.write('what', 'hello');
    const all = async (path: string): Promise<unknown> => bench.readAll({ path, schema: ID });
    await assert.rejects(all('a.parquet'), fails('C-FORMAT'));
    await assert.rejects(all('cut.ndjson.gz'), fails('C-FORMAT'));
    await assert.rejects(all('what'), fails('C-FORMAT', 'format'));
  });

  it('reads a line of 200 MB as one bad record, without holding it', { timeout: 60_000 }, async () => {
    const path = join(bench.dir, 'long.ndjson');
    const out = createWriteStream(path);
    out.write(lines(0, 3));
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 200; i++) if (!out.write(megabyte)) await once(out, 'drain');
    out.end(`\n${lines(3, 2)}`);
    await finished(out);
    const source = await bench.opened({ path, schema: ID });
    const before = process.memoryUsage();
    let most = 0;
    const watch = setInterval(() => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      most = Math.max(most, heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers);
    }, 5);
    try {
      const { rows, letters } = await drain(source, toFields(ID));
      assert.deepEqual(ids(rows), [0, 1, 2, 3, 4]);
      assert.equal(letters.length, 1);
      assert.equal(letters[0]?.problem.code, 'C-LIMIT');
      assert.match(letters[0]?.problem.message ?? '', /long\.ndjson, line 4: .*209715200 bytes/);
      assert.equal(letters[0]?.raw.length, 2000);
      assert.ok(most < 120 * 1024 * 1024, `${most} bytes more`);
    } finally {
      clearInterval(watch);
    }
  });

  it('tells bad records in their place among the good ones, at any batch size', async () => {
    const text = numbers(0, 500)
      .map((i) => (i % 10 === 3 ? `{"id":"bad ${i}"}` : `{"id":${i}}`))
      .join('\n');
    await bench.write('mixed.ndjson', text);
    for (const maxRows of [1, 7, 1024]) {
      const { rows, letters } = await bench.readAll({ path: 'mixed.ndjson', schema: ID }, maxRows);
      assert.equal(rows.length, 450);
      assert.deepEqual(
        letters.map((l) => l.raw),
        numbers(0, 50).map((i) => `{"id":"bad ${i * 10 + 3}"}`),
      );
      assert.deepEqual(letters[0]?.problem.path, ['id']);
      assert.match(letters[0]?.problem.message ?? '', /^mixed\.ndjson, line 4: /);
    }
  });

  it('counts a field that half of the records lack as NULL or as bad, as the schema says', async () => {
    await bench.write(
      'half.ndjson',
      numbers(0, 10)
        .map((i) => (i % 2 === 0 ? `{"id":${i}}\n` : '{}\n'))
        .join(''),
    );
    const nullable = await bench.readAll({ path: 'half.ndjson', schema: [{ name: 'id', type: 'INT' }] });
    assert.deepEqual(ids(nullable.rows), [0, null, 2, null, 4, null, 6, null, 8, null]);
    const strict = await bench.readAll({ path: 'half.ndjson', schema: ID });
    assert.deepEqual([strict.rows.length, strict.letters.length], [5, 5]);
  });

  it('keeps times as they are, and warns where seconds are read as milliseconds', async () => {
    const seconds = numbers(0, 20)
      .map((i) => `{"t":${1_700_000_000 + i}}\n`)
      .join('');
    const schema: SourceField[] = [{ name: 't', type: 'TIMESTAMP', format: 'epoch-ms' }];
    await bench.write('seconds.ndjson', seconds);
    const { rows } = await bench.readAll({ path: 'seconds.ndjson', schema });
    assert.equal(rows[0]?.['t'], 1_700_000_000);
    assert.equal(bench.logs.length, 1);
    assert.match(bench.logs[0] ?? '', /epoch-s/);
    bench.logs.length = 0;
    const right = await bench.readAll({
      path: 'seconds.ndjson',
      schema: [{ name: 't', type: 'TIMESTAMP', format: 'epoch-s' }],
    });
    assert.equal(right.rows[0]?.['t'], 1_700_000_000_000);
    await bench.write('old.ndjson', '{"t":-1}\n{"t":253370764800000}\n');
    const old = await bench.readAll({ path: 'old.ndjson', schema });
    assert.deepEqual(
      old.rows.map((row) => row['t']),
      [-1, Date.UTC(9999, 0, 1)],
    );
    assert.deepEqual(bench.logs, []);
  });

  describe('positions', () => {
    const cases: [string, FileInput][] = [
      ['one file after the other', { path: 'in', schema: ID }],
      ['files side by side', { path: 'in', schema: ID, partitions: { kind: 'file' } }],
      [
        'arrival order',
        {
          path: 'in',
          schema: [...ID, { name: 't', type: 'TIMESTAMP', format: 'epoch-ms' }],
          order: { by: 't' },
        },
      ],
    ];
    for (const [what, input] of cases) {
      it(`goes on anywhere without losing or doubling: ${what}`, async () => {
        const record = (id: number): string =>
          id % 13 === 5 ? `{"id":"bad${id}"}` : `{"id":${id},"t":${(id * 7919) % 1000}}`;
        const ndjson = (from: number, n: number): string =>
          numbers(from, n)
            .map((i) => `${record(i)}\n`)
            .join('');
        await bench.write('in/a.ndjson', ndjson(0, 40));
        await bench.write('in/b.ndjson.gz', gzipSync(ndjson(40, 40)));
        await bench.write('in/c.json', `[${numbers(80, 40).map(record).join(',')}]`);
        await bench.write(
          'in/d.csv',
          `t,id\n${numbers(120, 40)
            .map((i) => (i % 13 === 5 ? 'ragged' : `${i},${i}`))
            .join('\n')}`,
        );
        const fields = toFields(input.schema ?? []);
        const whole = await drain(await bench.opened(input), fields, 7);
        assert.equal(whole.rows.length + whole.letters.length, 160);
        for (const stopAt of [0, 1, 5, 39, 41, 85, 125, 140]) {
          const first = await bench.opened(input);
          const before = await drain(first, fields, 3, ({ rows }) => rows.length >= stopAt);
          // As a checkpoint stores it.
          const position = JSON.parse(JSON.stringify(first.position())) as SourcePosition;
          const after = await drain(await bench.opened(input, undefined, position), fields, 3);
          const key = (row: Record<string, unknown>): number => row['id'] as number;
          const sorted = (rows: Record<string, unknown>[]): number[] => rows.map(key).sort((a, b) => a - b);
          assert.deepEqual(
            sorted([...before.rows, ...after.rows]),
            sorted(whole.rows),
            `stopped at ${stopAt}`,
          );
          const raws = (letters: { raw: string }[]): string[] => letters.map((l) => l.raw).sort();
          assert.deepEqual(raws([...before.letters, ...after.letters]), raws(whole.letters));
          if (input.partitions === undefined) {
            assert.deepEqual([...before.rows, ...after.rows].map(key), whole.rows.map(key));
          }
        }
      });
    }

    it('refuses a position of something else', async () => {
      await bench.write('a.ndjson', lines(0, 1));
      await assert.rejects(bench.opened({ path: 'a.ndjson', schema: ID }, undefined, { x: 3 }), {
        name: 'WeirError',
      });
    });
  });

  it('stops at once in the middle, and holds no more than a few batches before', async () => {
    await bench.write('many.ndjson', lines(0, 200_000));
    const source = await bench.opened({ path: 'many.ndjson', schema: ID });
    await source.whenReady();
    await new Promise((go) => setTimeout(go, 50));
    assert.ok(Number.isNaN(source.lag().records));
    let ready = 0;
    for (let output = source.poll(1024); output !== null; output = source.poll(1024))
      ready += output.batch?.count ?? 0;
    assert.ok(ready > 0 && ready < 20_000, String(ready));
    const started = performance.now();
    await source.close();
    assert.ok(performance.now() - started < 100);
  });
});
