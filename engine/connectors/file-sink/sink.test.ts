import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { z } from 'zod';
import { BatchBuilder } from '../../batch/builder.ts';
import { DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../../batch/changes.ts';
import type { Value } from '../../batch/column.ts';
import { WeirError } from '../../contract/problems.ts';
import {
  appendOnly,
  BOOLEAN,
  DOUBLE,
  field,
  INT,
  STRING,
  TIMESTAMP,
  updating,
} from '../../contract/types.ts';
import { VirtualClock } from '../../runtime/clock.ts';
import type { Sink } from '../../runtime/contracts.ts';
import { fileSink } from './sink.ts';
import { fileSinkSpec, zFileSink } from './spec.ts';

const FIELDS = [
  field('n', INT),
  field('text', STRING),
  field('x', DOUBLE),
  field('ok', BOOLEAN),
  field('at', TIMESTAMP),
];

function batchOf(...rows: Value[][]) {
  const builder = new BatchBuilder(FIELDS);
  for (const row of rows) builder.push(row);
  return builder.take(0);
}
const numbered = (from: number, count: number) =>
  batchOf(...Array.from({ length: count }, (_, i): Value[] => [from + i, 'a', 0.5, true, 0]));

describe('file sink', () => {
  let baseDir = '';
  let clock = new VirtualClock();
  const open: Sink[] = [];

  beforeEach(async () => {
    baseDir = await mkdtemp(join(tmpdir(), 'weir-sink-'));
    clock = new VirtualClock();
  });
  afterEach(async () => {
    for (const sink of open.splice(0)) await sink.close();
    await rm(baseDir, { recursive: true, force: true });
  });

  function create(config: Partial<z.input<typeof zFileSink>>, input = appendOnly(FIELDS, false)): Sink {
    const sink = fileSink.create({
      nodeId: 'files',
      config: zFileSink.parse({ folder: 'out', ...config }),
      clock,
      seed: 1,
      baseDir,
      signal: new AbortController().signal,
      batchRows: 1024,
      input,
      log: () => {},
    });
    open.push(sink);
    return sink;
  }
  async function run(config: Partial<z.input<typeof zFileSink>>, ...batches: ReturnType<typeof batchOf>[]) {
    const sink = create(config);
    await sink.open();
    for (const batch of batches) await sink.write(batch);
    await sink.finish();
    return sink;
  }
  const read = (name: string): Promise<string> => readFile(join(baseDir, 'out', name), 'utf8');
  const names = async (): Promise<string[]> => (await readdir(join(baseDir, 'out'))).sort();

  it('writes NDJSON with ISO times, NULL, and numbers that JSON lacks as text', async () => {
    const sink = await run(
      {},
      batchOf(
        [1, 'a "b"\n', 1.5, true, Date.UTC(9999, 11, 31)],
        [null, null, null, null, null],
        [-7, '', Number.NaN, false, -1],
        [0, 'é', -Infinity, false, 0],
      ),
    );
    assert.equal(
      await read('out-0001.ndjson'),
      [
        '{"n":1,"text":"a \\"b\\"\\n","x":1.5,"ok":true,"at":"9999-12-31T00:00:00.000Z"}',
        '{"n":null,"text":null,"x":null,"ok":null,"at":null}',
        '{"n":-7,"text":"","x":"NaN","ok":false,"at":"1969-12-31T23:59:59.999Z"}',
        '{"n":0,"text":"é","x":"-Infinity","ok":false,"at":"1970-01-01T00:00:00.000Z"}',
        '',
      ].join('\n'),
    );
    assert.equal(sink.committed, 4);
  });

  it('writes CSV with a header, quotes where needed, and empty text apart from NULL', async () => {
    await run(
      { format: 'csv' },
      batchOf([1, 'a,"b"', 1, true, 0], [2, null, null, false, null], [3, '', 0, true, 0]),
    );
    assert.equal(
      await read('out-0001.csv'),
      'n,text,x,ok,at\n1,"a,""b""",1,true,1970-01-01T00:00:00.000Z\n2,,,false,\n3,"",0,true,1970-01-01T00:00:00.000Z\n',
    );
  });

  it('writes only the rows that a selection leaves', async () => {
    const batch = numbered(0, 4);
    await run({ format: 'csv' }, { ...batch, selection: Int32Array.of(1, 3, 0, 0), count: 2 });
    assert.deepEqual(
      (await read('out-0001.csv'))
        .split('\n')
        .slice(1, -1)
        .map((line) => line[0]),
      ['1', '3'],
    );
  });

  it('rolls by rows, exactly, whatever the batches, and numbers on in the next run', async () => {
    await run({ roll: { rows: 10 } }, numbered(0, 7), numbered(7, 16));
    assert.deepEqual(await names(), ['out-0001.ndjson', 'out-0002.ndjson', 'out-0003.ndjson']);
    const lines = (await Promise.all((await names()).map(read))).map((text) => text.trimEnd().split('\n'));
    assert.deepEqual(
      lines.map((l) => l.length),
      [10, 10, 3],
    );
    assert.deepEqual(
      lines.flat().map((line) => JSON.parse(line).n),
      Array.from({ length: 23 }, (_, i) => i),
    );
    await run({}, numbered(0, 1));
    assert.equal((await names()).at(-1), 'out-0004.ndjson');
  });

  it('rolls by bytes after the row that reaches the limit', async () => {
    await run({ roll: { bytes: 1024 } }, numbered(0, 100));
    const sizes = (await Promise.all((await names()).map(read))).map((text) => text.length);
    assert.ok(sizes.length > 2);
    for (const size of sizes.slice(0, -1)) assert.ok(size >= 1024 && size < 1024 + 80, String(size));
  });

  it('rolls by time from the first row on, also while nothing comes', async () => {
    const sink = create({ roll: { after: '5 s' } });
    await sink.open();
    await sink.write(numbered(0, 2));
    clock.advanceTo(4999);
    await sink.write(numbered(2, 1));
    assert.equal(sink.committed, 0);
    clock.advanceTo(5000);
    await sink.write(numbered(3, 1));
    assert.equal(sink.committed, 3);
    await sink.finish();
    assert.equal(sink.committed, 4);
    assert.equal((await names()).length, 2);
  });

  it('shows nothing under a final name before it is whole, and leaves nothing behind after a failure', async () => {
    const sink = create({});
    await sink.open();
    await sink.write(numbered(0, 5000));
    const during = await names();
    assert.equal(during.length, 1);
    assert.match(during[0] ?? '', /^\.out-0001\.ndjson\.[0-9a-f]{8}\.part$/);
    assert.equal(sink.committed, 0);
    await sink.close();
    assert.deepEqual(await names(), []);
  });

  it('never replaces a file that came in the meantime', async () => {
    const sink = create({});
    await sink.open();
    await sink.write(numbered(0, 1));
    await writeFile(join(baseDir, 'out', 'out-0001.ndjson'), 'mine');
    await sink.finish();
    assert.equal(await read('out-0001.ndjson'), 'mine');
    assert.match(await read('out-0002.ndjson'), /"n":0/);
  });

  it('replaces from 0001 on where that is asked for', async () => {
    await run({}, numbered(1, 1));
    await run({ overwrite: true }, numbered(2, 1));
    assert.deepEqual(await names(), ['out-0001.ndjson']);
    assert.match(await read('out-0001.ndjson'), /"n":2/);
  });

  it('makes no file of no rows', async () => {
    await run({});
    assert.deepEqual(await names(), []);
  });

  it('says what to do when the folder cannot be used', async () => {
    await writeFile(join(baseDir, 'out'), 'a file stands here');
    await assert.rejects(create({}).open(), (error: unknown) => {
      assert.ok(error instanceof WeirError);
      assert.equal(error.problem.code, 'C-ACCESS');
      assert.deepEqual(error.problem.path, ['nodes', 'files', 'config', 'folder']);
      return true;
    });
  });

  it('passes a failure of the disk on to every later call', async () => {
    const sink = create({});
    await sink.open();
    await rm(join(baseDir, 'out'), { recursive: true });
    await assert.rejects(async () => sink.write(numbered(0, 1)), { name: 'WeirError' });
    await assert.rejects(async () => sink.finish(), { name: 'WeirError' });
    assert.equal(sink.committed, 0);
  });

  it('has examples that are valid', () => {
    for (const example of fileSinkSpec.examples) assert.ok(zFileSink.safeParse(example.config).success);
  });

  describe('changes of an updating stream', () => {
    const fields = [field('k', STRING, false), field('n', INT)];
    const input = updating(fields, false, ['k']);
    const changed = () => {
      const builder = new BatchBuilder(fields);
      const rows: [string, number][] = [
        ['a', 1],
        ['a', 1],
        ['a', 2],
        ['a', 2],
      ];
      for (const row of rows) builder.push(row);
      return { ...builder.take(0), changes: Uint8Array.of(INSERT, UPDATE_BEFORE, UPDATE_AFTER, DELETE) };
    };
    const written = async (config: Partial<z.input<typeof zFileSink>>, file: string) => {
      const sink = create(config, input);
      await sink.open();
      await sink.write(changed());
      await sink.finish();
      assert.equal(sink.committed, 4);
      return (await read(file)).trimEnd().split('\n');
    };

    it('as a field op', async () => {
      assert.deepEqual(await written({ changes: 'op' }, 'out-0001.ndjson'), [
        '{"op":"+I","k":"a","n":1}',
        '{"op":"-U","k":"a","n":1}',
        '{"op":"+U","k":"a","n":2}',
        '{"op":"-D","k":"a","n":2}',
      ]);
      assert.deepEqual(await written({ changes: 'op', format: 'csv' }, 'out-0001.csv'), [
        'op,k,n',
        '+I,a,1',
        '-U,a,1',
        '+U,a,2',
        '-D,a,2',
      ]);
    });

    it('as upserts and deletes, and as Debezium JSON', async () => {
      assert.deepEqual(await written({ changes: 'upsert' }, 'out-0001.ndjson'), [
        '{"op":"upsert","k":"a","n":1}',
        '{"op":"upsert","k":"a","n":2}',
        '{"op":"delete","k":"a","n":2}',
      ]);
      assert.deepEqual(await written({ name: 'dbz', changes: 'debezium' }, 'dbz-0001.ndjson'), [
        '{"before":null,"after":{"k":"a","n":1},"op":"c"}',
        '{"before":{"k":"a","n":1},"after":null,"op":"d"}',
        '{"before":null,"after":{"k":"a","n":2},"op":"c"}',
        '{"before":{"k":"a","n":2},"after":null,"op":"d"}',
      ]);
    });

    it('is refused where the format or the stream cannot carry it', () => {
      const codes = (config: Partial<z.input<typeof zFileSink>>, schema = input) => {
        const found: string[] = [];
        fileSinkSpec.schemas({
          config: zFileSink.parse({ folder: 'out', ...config }),
          inputs: { in: [schema] },
          report: (p) => found.push(`${p.code} ${p.path.join('.')}`),
        });
        return found;
      };
      assert.deepEqual(codes({ changes: 'debezium', format: 'csv' }), ['S-VALUE changes']);
      assert.deepEqual(codes({ changes: 'upsert' }, updating(fields, false)), ['S-VALUE changes']);
      assert.deepEqual(codes({ changes: 'op' }, updating([...fields, field('op', INT)], false)), [
        'S-VALUE changes',
      ]);
      assert.deepEqual(codes({ changes: 'op' }), []);
    });
  });
});
