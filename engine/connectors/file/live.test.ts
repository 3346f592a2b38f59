import assert from 'node:assert/strict';
import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type SourceField, toFields } from '../../contract/settings.ts';
import { VirtualClock } from '../../runtime/clock.ts';
import type { Source } from '../../runtime/contracts.ts';
import { drain, FileBench, type FileInput } from './testing.ts';

const SCHEMA: SourceField[] = [
  { name: 't', type: 'TIMESTAMP', format: 'epoch-ms' },
  { name: 'id', type: 'INT' },
];
const FIELDS = toFields(SCHEMA);
const line = (t: number | null, id: number): string => `${JSON.stringify({ t, id })}\n`;
const TIME = { field: 't', watermark: { kind: 'ascending' } } as const;

describe('replay by time', { timeout: 30_000 }, () => {
  const bench = new FileBench();
  beforeEach(() => bench.setUp());
  afterEach(() => bench.tearDown());

  /** Every poll with something, as `time of the clock: ids`. */
  async function timeline(source: Source, clock: VirtualClock): Promise<string[]> {
    const seen: string[] = [];
    while (!source.ended) {
      const output = source.poll(1000);
      if (output !== null) {
        const values = output.batch?.columns[1]?.values ?? [];
        seen.push(`${clock.now()}: ${[...values].join(' ')}`);
        continue;
      }
      const ready = source.whenReady();
      // Reading goes on in real time; only then the clock jumps to what is waited for.
      const soon = await Promise.race([ready.then(() => true), new Promise((go) => setTimeout(go, 20))]);
      // On a busy machine it may not have read yet what it will wait for.
      if (soon !== true && clock.nextTimer < Infinity) clock.advanceTo(clock.nextTimer);
      await ready;
    }
    return seen;
  }

  it('gives each record at its distance from the first, divided by the speed; late ones with the one before', async () => {
    await bench.write(
      'a.ndjson',
      [
        [10_000, 1],
        [12_000, 2],
        [11_000, 3],
        [null, 4],
        [30_000, 5],
        [30_000, 6],
      ]
        .map(([t, id]) => line(t as number | null, id as number))
        .join(''),
    );
    const clock = new VirtualClock(500);
    const input: FileInput = {
      path: 'a.ndjson',
      schema: SCHEMA,
      time: TIME,
      replay: { kind: 'time', speed: 10 },
    };
    const source = await bench.opened(input, clock);
    assert.deepEqual(await timeline(source, clock), ['500: 1', '700: 2 3 4', '2500: 5 6']);
  });

  it('goes on at its pace, also where the next record is a late one', async () => {
    const records: readonly (readonly [number, number])[] = [
      [12_000, 1],
      [3000, 2],
      [13_000, 3],
    ];
    await bench.write('a.ndjson', records.map(([t, id]) => line(t, id)).join(''));
    const replay = { kind: 'time', speed: 1 } as const;
    const input: FileInput = { path: 'a.ndjson', schema: SCHEMA, time: TIME, replay };
    const first = await bench.opened(input, new VirtualClock(0));
    await first.whenReady();
    assert.equal(first.poll(1)?.batch?.count, 1);
    const clock = new VirtualClock(500);
    const second = await bench.opened(input, clock, JSON.parse(JSON.stringify(first.position())));
    assert.deepEqual(await timeline(second, clock), ['500: 2', '1500: 3']);
  });

  it('goes by the arrival order where there is one, and tells how far it is behind', async () => {
    await bench.write('a.ndjson', line(3000, 1) + line(1000, 2) + line(2000, 3));
    const clock = new VirtualClock(0);
    const input: FileInput = {
      path: 'a.ndjson',
      schema: SCHEMA,
      order: { by: 't' },
      replay: { kind: 'time', speed: 1 },
    };
    const source = await bench.opened(input, clock);
    await source.whenReady();
    assert.equal(source.poll(10)?.batch?.count, 1);
    assert.equal(source.poll(10), null);
    assert.deepEqual(source.lag(), { records: 0, ms: 0 });
    clock.advanceTo(2500);
    assert.deepEqual(source.lag(), { records: 2, ms: 1500 });
    assert.deepEqual(await timeline(source, clock), ['2500: 3 1']);
    assert.deepEqual(source.lag(), { records: 0, ms: 0 });
  });

  it('merges files by time', async () => {
    await bench.write('in/a.ndjson', line(0, 1) + line(2000, 3) + line(4000, 5));
    await bench.write('in/b.ndjson', line(1000, 2) + line(3000, 4) + line(9000, 6));
    const clock = new VirtualClock(0);
    const input: FileInput = {
      path: 'in',
      schema: SCHEMA,
      time: TIME,
      partitions: { kind: 'file' },
      replay: { kind: 'time', speed: 1 },
    };
    const source = await bench.opened(input, clock);
    assert.deepEqual(source.partitions, ['a.ndjson', 'b.ndjson']);
    assert.deepEqual(await timeline(source, clock), [
      '0: 1',
      '1000: 2',
      '2000: 3',
      '3000: 4',
      '4000: 5',
      '9000: 6',
    ]);
  });
});

describe('files side by side', () => {
  const bench = new FileBench();
  beforeEach(() => bench.setUp());
  afterEach(() => bench.tearDown());

  it('take turns, the same at every batch size', async () => {
    for (const [f, count] of [3000, 100, 1500].entries()) {
      const text = Array.from({ length: count }, (_, i) => line(0, f * 10_000 + i)).join('');
      await bench.write(`in/${f}.ndjson`, text);
    }
    const input: FileInput = { path: 'in', schema: SCHEMA, partitions: { kind: 'file' } };
    const whole = await bench.readAll(input, 1024);
    assert.equal(whole.rows.length, 4600);
    assert.deepEqual(
      whole.partitions,
      whole.rows.map((row) => Math.floor((row['id'] as number) / 10_000)),
    );
    assert.equal(whole.partitions.indexOf(1), 1024);
    assert.equal(whole.partitions.indexOf(2), 1124);
    for (const maxRows of [1, 7, 5000]) {
      const { rows } = await bench.readAll(input, maxRows);
      assert.deepEqual(rows, whole.rows, `batches of ${maxRows}`);
    }
  });
});

describe('files that end early', () => {
  const bench = new FileBench();
  beforeEach(() => bench.setUp());
  afterEach(() => bench.tearDown());

  it('are told as ended partitions, at the same row whatever the batches', async () => {
    for (const [f, count] of [10, 3000, 1500].entries()) {
      await bench.write(`in/${f}.ndjson`, line(0, f).repeat(count));
    }
    const input: FileInput = { path: 'in', schema: SCHEMA, partitions: { kind: 'file' } };
    for (const maxRows of [7, 1024]) {
      const source = await bench.opened(input);
      let rows = 0;
      const told: [rows: number, partition: number][] = [];
      while (!source.ended) {
        const output = source.poll(maxRows);
        for (const partition of source.endedPartitions?.() ?? []) told.push([rows, partition]);
        rows += output?.batch?.count ?? 0;
        if (output === null) await source.whenReady();
      }
      // After 10 rows; and after 10, 1024 and 1024 of the two others, 1024 and 476.
      assert.deepEqual(
        told.slice(0, 2),
        [
          [10, 0],
          [3558, 2],
        ],
        `batches of ${maxRows}`,
      );
      assert.equal(rows, 4510);
    }
  });
});

describe('a followed file', { timeout: 30_000 }, () => {
  const bench = new FileBench();
  beforeEach(() => bench.setUp());
  afterEach(() => bench.tearDown());
  const input: FileInput = { path: 'log.ndjson', schema: SCHEMA, follow: true };

  /** Ids until there are `count`. */
  async function next(source: Source, count: number): Promise<unknown[]> {
    const { rows } = await drain(source, FIELDS, 100, (reading) => reading.rows.length >= count);
    return rows.map((row) => row['id']);
  }

  it('gives what is appended, a line only when it is whole, and never ends', async () => {
    const path = await bench.write('log.ndjson', line(0, 1) + line(0, 2));
    const source = await bench.opened(input);
    assert.deepEqual(await next(source, 2), [1, 2]);
    await appendFile(path, '{"id":');
    await appendFile(path, '3}\n{"id":4');
    assert.deepEqual(await next(source, 1), [3]);
    assert.equal(source.ended, false);
    assert.equal(source.poll(10), null);
    const position = JSON.parse(JSON.stringify(source.position()));
    await source.close();
    await appendFile(path, `}\n${line(0, 5)}`);
    assert.deepEqual(await next(await bench.opened(input, undefined, position), 2), [4, 5]);
  });

  it('goes on with the new file after a rotation, and finishes the old one first', async () => {
    const path = await bench.write('log.ndjson', line(0, 1));
    const source = await bench.opened(input);
    assert.deepEqual(await next(source, 1), [1]);
    await rename(path, `${path}.1`);
    await appendFile(`${path}.1`, line(0, 2));
    await writeFile(path, line(0, 3));
    assert.deepEqual(await next(source, 2), [2, 3]);
    await appendFile(path, line(0, 4));
    assert.deepEqual(await next(source, 1), [4]);
  });

  it('goes on after a restart with the rest of the file that lost its name meanwhile, then with the new one', async () => {
    const path = await bench.write('log.ndjson', line(0, 1) + line(0, 2));
    const source = await bench.opened(input);
    assert.deepEqual(await next(source, 1), [1, 2]);
    const position = JSON.parse(JSON.stringify(source.position()));
    await source.close();
    await appendFile(path, line(0, 3));
    await rename(path, `${path}.1`);
    await writeFile(path, line(0, 4) + line(0, 5) + line(0, 6));
    const second = await bench.opened(input, undefined, position);
    assert.deepEqual(await next(second, 4), [3, 4, 5, 6]);
    const later = JSON.parse(JSON.stringify(second.position()));
    await second.close();
    await appendFile(path, line(0, 7));
    assert.deepEqual(await next(await bench.opened(input, undefined, later), 1), [7]);
  });

  it('says what it lost where the file is gone after a restart', async () => {
    const path = await bench.write('log.ndjson', line(0, 1));
    const source = await bench.opened(input);
    assert.deepEqual(await next(source, 1), [1]);
    const position = JSON.parse(JSON.stringify(source.position()));
    await source.close();
    // Under another name in another folder: its inode stays taken.
    await bench.write('old/x', '');
    await rename(path, `${bench.dir}/old/x`);
    await writeFile(path, line(0, 2) + line(0, 3));
    assert.deepEqual(await next(await bench.opened(input, undefined, position), 2), [2, 3]);
    assert.match(bench.logs.join(), /replaced since: what it still had is lost/);
  });

  it('reads a file that was cut from its start, and says so', async () => {
    const path = await bench.write('log.ndjson', line(0, 1) + line(0, 2));
    const source = await bench.opened(input);
    await next(source, 2);
    await truncate(path, 0);
    await new Promise((go) => setTimeout(go, 400));
    await appendFile(path, line(0, 9));
    assert.deepEqual(await next(source, 1), [9]);
    assert.match(bench.logs.join(), /read from its start/);
  });

  it('comes with the new files of its folder, but not with those that only got another name', async () => {
    const path = await bench.write('logs/a.ndjson', line(0, 1));
    const source = await bench.opened({ ...input, path: 'logs' });
    assert.deepEqual(await next(source, 1), [1]);
    await rename(path, `${path}.1.ndjson`);
    await bench.write('logs/b.ndjson', line(0, 2));
    assert.deepEqual(await next(source, 1), [2]);
    await appendFile(`${path}.1.ndjson`, line(0, 3));
    await bench.write('logs/a.ndjson', line(0, 4));
    assert.deepEqual(await next(source, 2), [3, 4]);
    assert.deepEqual(Object.keys(source.position()).sort(), ['a.ndjson', 'b.ndjson']);
    assert.match(bench.logs.join(), /b\.ndjson is new/);
  });

  it('cannot be packed', async () => {
    await bench.write('log.ndjson', Buffer.from([0x1f, 0x8b, 8, 0]));
    const source = await bench.opened(input);
    await assert.rejects(next(source, 1), { name: 'WeirError' });
  });
});
