import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rowsOf } from '../../batch/batch.ts';
import { WeirError } from '../../contract/problems.ts';
import { type SourceField, toFields } from '../../contract/settings.ts';
import { VirtualClock } from '../../runtime/clock.ts';
import type { Source, SourcePosition } from '../../runtime/contracts.ts';
import { FileBench, type FileInput } from './testing.ts';

const SCHEMA: SourceField[] = [
  { name: 't', type: 'TIMESTAMP', format: 'epoch-ms' },
  { name: 'id', type: 'INT' },
];

/** What came, in order: rows with their partition, bad records, ends of partitions. */
interface Seen {
  readonly rows: string[];
  readonly letters: string[];
  /** Each with the number of rows before it. */
  readonly ended: string[];
}
const nothing = (): Seen => ({ rows: [], letters: [], ended: [] });
const sizes = ({ rows, letters, ended }: Seen) => [rows.length, letters.length, ended.length] as const;
const behind = (whole: Seen, [rows, letters, ended]: readonly [number, number, number]): Seen => ({
  rows: whole.rows.slice(rows),
  letters: whole.letters.slice(letters),
  ended: whole.ended.slice(ended),
});

describe('a file source goes on from any position as if nothing had happened', { timeout: 120_000 }, () => {
  const bench = new FileBench();
  beforeEach(() => bench.setUp());
  afterEach(() => bench.tearDown());

  /** One poll that gave something; false at the end. */
  async function step(source: Source, clock: VirtualClock, maxRows: number, seen: Seen, input: FileInput) {
    while (!source.ended) {
      const output = source.poll(maxRows);
      const ended = source.endedPartitions?.() ?? [];
      for (const at of ended) seen.ended.push(`${source.partitions[at]} after ${seen.rows.length}`);
      if (output === null) {
        const ready = source.whenReady();
        const soon = await Promise.race([ready.then(() => true), new Promise((go) => setTimeout(go, 5))]);
        // Reading goes on in real time; only then the clock jumps to what is waited for.
        if (soon !== true && Number.isFinite(clock.nextTimer)) clock.advanceTo(clock.nextTimer);
        continue;
      }
      for (const { problem, raw } of output.deadLetters) seen.letters.push(`${problem.message} ${raw}`);
      const { batch, partitions } = output;
      if (batch === null) return true;
      const rows = rowsOf(batch, toFields(input.schema ?? []));
      rows.forEach((row, i) => {
        const text = JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
        seen.rows.push(`${partitions?.[i] ?? 0} ${text}`);
      });
      return true;
    }
    return false;
  }

  const copy = (position: SourcePosition): SourcePosition => JSON.parse(JSON.stringify(position));

  async function check(input: FileInput, maxRows: number): Promise<Seen> {
    const whole = nothing();
    const clock = new VirtualClock(0);
    const source = await bench.opened(input, clock);
    const cuts = [{ position: copy(source.position()), sizes: sizes(whole) }];
    while (await step(source, clock, maxRows, whole, input))
      cuts.push({ position: copy(source.position()), sizes: sizes(whole) });
    cuts.push({ position: copy(source.position()), sizes: sizes(whole) });
    await source.close();
    for (const cut of cuts) {
      const seen: Seen = { ...nothing(), rows: whole.rows.slice(0, cut.sizes[0]) };
      const ownClock = new VirtualClock(0);
      const again = await bench.opened(input, ownClock, cut.position);
      while (await step(again, ownClock, maxRows + 1, seen, input));
      await again.close();
      const what = `${JSON.stringify(input)} after ${cut.sizes.join(', ')}: ${JSON.stringify(cut.position)}`;
      const rest = behind(whole, cut.sizes);
      assert.deepEqual({ ...seen, rows: seen.rows.slice(cut.sizes[0]) }, rest, what);
    }
    return whole;
  }

  const row = (id: number): object => ({ t: ((id * 7919) % 100) * 1000, id });
  const objects = (from: number, count: number): object[] =>
    Array.from({ length: count }, (_, i) => (i % 9 === 4 ? { t: 0, id: `bad ${from + i}` } : row(from + i)));
  const ndjson = (from: number, count: number): string =>
    objects(from, count)
      .map((o) => `${JSON.stringify(o)}\n`)
      .join('');
  const csv = (from: number, count: number): string =>
    `id,t\n${objects(from, count)
      .map((o) => Object.values(o).reverse().join(','))
      .join('\r\n')}`;

  const FORMATS: readonly (readonly [string, (from: number, count: number) => string | Uint8Array])[] = [
    ['ndjson', ndjson],
    ['json', (from, count) => JSON.stringify(objects(from, count), null, 1)],
    ['csv', csv],
    ['ndjson.gz', (from, count) => gzipSync(ndjson(from, count))],
    ['json.gz', (from, count) => gzipSync(JSON.stringify(objects(from, count)))],
    ['csv.gz', (from, count) => gzipSync(csv(from, count))],
    // The last record is cut off: a bad one at the end, told once.
    ['json', (from, count) => JSON.stringify(objects(from, count)).slice(0, -9)],
    ['ndjson', (from, count) => ndjson(from, count).slice(0, -9)],
  ];

  for (const [extension, make] of FORMATS) {
    it(`one after the other: ${extension}`, async () => {
      for (let f = 0; f < 3; f++) await bench.write(`in/${f}.${extension}`, make(f * 100, f === 1 ? 0 : 40));
      const whole = await check({ path: 'in', schema: SCHEMA }, 7);
      assert.ok(whole.rows.length > 60 && whole.letters.length > 6);
    });
  }

  it('Parquet, values that do not fit among its rows', async () => {
    const file = fileURLToPath(new URL('../../formats/parquet/types.parquet', import.meta.url));
    await bench.write('in/a.csv', csv(0, 5));
    for (const name of ['b.parquet', 'c.parquet']) await copyFile(file, join(bench.dir, 'in', name));
    const good = await check({ path: 'in', schema: [{ name: 'id', type: 'BIGINT' }] }, 1);
    assert.equal(good.rows.length, 4 + 2 * 3);
    const bad = await check({ path: 'in', schema: [{ name: 'id', type: 'INT' }] }, 1);
    assert.equal(bad.rows.length + bad.letters.length, 5 + 2 * 3);
  });

  const SIDE_BY_SIDE: FileInput = { path: 'in', schema: SCHEMA, partitions: { kind: 'file' } };

  it('side by side: the turn goes on where it was, and a partition ends at the same row', async () => {
    for (const [f, count] of [2100, 10, 0, 1300].entries())
      await bench.write(
        `in/${f}.ndjson${f === 3 ? '.gz' : ''}`,
        f === 3 ? gzipSync(ndjson(0, count)) : ndjson(f * 10_000, count),
      );
    const whole = await check(SIDE_BY_SIDE, 301);
    assert.equal(whole.rows.length + whole.letters.length, 3410);
    assert.deepEqual(
      whole.ended.map((text) => text.slice(0, 8)),
      ['1.ndjson', '2.ndjson', '0.ndjson'],
    );
    assert.ok(whole.ended.length >= 3);
  });

  it('in a replay by time, where records out of order wait for the ones before', async () => {
    for (let f = 0; f < 3; f++) {
      const lines = objects(f * 1000, 30 + 10 * f).map((o, i) => {
        const t = (10 + i - (i % 5 === 2 ? 3 + f : 0)) * 1000;
        return `${JSON.stringify({ ...o, t })}\n`;
      });
      await bench.write(`in/${f}.ndjson`, lines.join(''));
    }
    const time = { field: 't', watermark: { kind: 'ascending' } } as const;
    const whole = await check({ ...SIDE_BY_SIDE, time, replay: { kind: 'time', speed: 100 } }, 4);
    assert.ok(whole.rows.length > 90);
    assert.ok(whole.ended.length >= 2);
  });

  it('in the order of an arrival time, with partitions by a field', async () => {
    for (let f = 0; f < 2; f++) await bench.write(`in/${f}.csv.gz`, gzipSync(csv(f * 1000, 60)));
    const partitions = { kind: 'field', field: 'id', count: 3 } as const;
    const whole = await check({ path: 'in', schema: SCHEMA, order: { by: 't' }, partitions }, 8);
    assert.ok(whole.rows.length > 100);
    assert.ok(new Set(whole.rows.map((text) => text[0])).size === 3);
  });

  it('refuses a packed file or a table that is shorter than what was read of it', async () => {
    const end = { offset: 1e6, number: 1, memo: null, ended: false };
    await bench.write('a.ndjson.gz', gzipSync(ndjson(0, 10)));
    const file = fileURLToPath(new URL('../../formats/parquet/types.parquet', import.meta.url));
    await copyFile(file, join(bench.dir, 'b.parquet'));
    for (const path of ['a.ndjson.gz', 'b.parquet']) {
      const source = await bench.opened({ path, schema: SCHEMA }, new VirtualClock(0), { [path]: end });
      await assert.rejects(source.whenReady(), (error) => {
        assert.ok(error instanceof WeirError);
        assert.match(error.problem.message, /shorter than what was already read/);
        return true;
      });
    }
  });
});
