import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type SourceField, toFields } from '../../contract/settings.ts';
import { fnv1a } from './partition.ts';
import { drain, FileBench, type FileInput } from './testing.ts';

const FLIGHTS: FileInput = {
  path: 'package:vega-datasets/data/flights-20k.json',
  schema: [
    { name: 'date', type: 'TIMESTAMP', format: 'yyyy/MM/dd HH:mm' },
    { name: 'delay', type: 'INT' },
    { name: 'distance', type: 'INT' },
    { name: 'origin', type: 'STRING' },
    { name: 'destination', type: 'STRING' },
  ],
};
const IN_ORDER_OF_ARRIVAL = { by: 'TIMESTAMPADD(MINUTE, delay, date)' };

describe('real data that Weir brings along', () => {
  const bench = new FileBench();
  beforeEach(() => bench.setUp());
  afterEach(() => bench.tearDown());

  it('flights in the order of their arrival: 57 % come behind a later one', async () => {
    const { rows } = await bench.readAll({ ...FLIGHTS, order: IN_ORDER_OF_ARRIVAL });
    assert.equal(rows.length, 20_000);
    let newest = -Infinity;
    let arrival = -Infinity;
    const behind: number[] = [];
    for (const { date, delay } of rows) {
      const arrives = (date as number) + (delay as number) * 60_000;
      assert.ok(arrives >= arrival);
      arrival = arrives;
      if ((date as number) < newest) behind.push((newest - (date as number)) / 60_000);
      newest = Math.max(newest, date as number);
    }
    behind.sort((a, b) => a - b);
    assert.equal(Math.round((behind.length / rows.length) * 100), 57);
    assert.equal(behind.at(-1), 491);
    assert.equal(behind[Math.floor(behind.length / 2)], 15);
    const inFile = await bench.readAll(FLIGHTS);
    const text = (r: Record<string, unknown>): string => JSON.stringify(r);
    assert.deepEqual(rows.map(text).sort(), inFile.rows.map(text).sort());
    assert.deepEqual(inFile.rows[0], {
      date: Date.UTC(2001, 0, 1, 0, 47),
      delay: 66,
      distance: 1750,
      origin: 'DTW',
      destination: 'LAS',
    });
  });

  it('spreads them by the hash of a field, the same in every run', async () => {
    assert.equal(fnv1a('foobar'), 0xbf9cf968); // from the reference vectors of FNV-1a
    const partitions = { kind: 'field', field: 'origin', count: 4 } as const;
    const { rows, partitions: given } = await bench.readAll({ ...FLIGHTS, partitions });
    rows.forEach((row, i) => {
      assert.equal(given[i], fnv1a(row['origin'] as string) % 4);
    });
    assert.equal(new Set(given).size, 4);
  });

  it('refuses to sort more rows than it may', async () => {
    const source = await bench.opened({ ...FLIGHTS, order: { ...IN_ORDER_OF_ARRIVAL, rowsMax: 19_999 } });
    await assert.rejects(drain(source, toFields(FLIGHTS.schema ?? [])), (error: unknown) => {
      const { problem } = error as { problem: { code: string; expected: string } };
      assert.equal(problem.code, 'C-LIMIT');
      assert.match(problem.expected, /19999/);
      return true;
    });
  });

  it('the 3 million flights of a Parquet file: opens, and goes on from a row', {
    timeout: 60_000,
  }, async () => {
    const input: FileInput = {
      path: 'package:vega-datasets/data/flights-3m.parquet',
      schema: [
        { name: 'date', type: 'TIMESTAMP' },
        { name: 'delay', type: 'BIGINT' },
        { name: 'origin', type: 'STRING' },
        { name: 'no such column', type: 'INT' },
      ],
    };
    const fields = toFields(input.schema ?? []);
    const source = await bench.opened(input);
    await source.whenReady();
    const first = await drain(source, fields, 1000, ({ rows }) => rows.length >= 3000);
    assert.deepEqual(first.rows.slice(0, 2), [
      { date: Date.UTC(2001, 0, 1, 0, 1), delay: 33, origin: 'LAS', 'no such column': null },
      { date: Date.UTC(2001, 0, 1, 0, 1), delay: 19, origin: 'ATL', 'no such column': null },
    ]);
    assert.equal(source.lag().records, 3_000_000 - first.rows.length);
    assert.match(bench.logs.join(), /"no such column"/);
    const position = source.position();
    const more = await drain(source, fields, 500, ({ rows }) => rows.length >= 500);
    await source.close();
    const again = await bench.opened(input, undefined, position);
    const same = await drain(again, fields, 500, ({ rows }) => rows.length >= 500);
    assert.deepEqual(same.rows.slice(0, 500), more.rows.slice(0, 500));
    await again.close();
    const near = { 'flights-3m.parquet': { offset: 2_999_990, number: 2_999_990, memo: null, ended: false } };
    const end = await drain(await bench.opened(input, undefined, near), fields);
    assert.equal(end.rows.length, 10);
  });

  it('tells Parquet values that do not fit', async () => {
    const schema: SourceField[] = [{ name: 'origin', type: 'INT' }];
    const source = await bench.opened({ path: 'package:vega-datasets/data/flights-3m.parquet', schema });
    const { rows, letters } = await drain(source, toFields(schema), 100, (r) => r.letters.length > 0);
    assert.equal(rows.length, 0);
    assert.match(
      letters[0]?.problem.message ?? '',
      /flights-3m\.parquet, row 1: The field "origin" is "LAS"/,
    );
    assert.equal(letters[0]?.raw, '{"origin":"LAS"}');
  });

  it('earthquakes: values deep in GeoJSON', async () => {
    const { rows, letters } = await bench.readAll({
      path: 'package:vega-datasets/data/earthquakes.json',
      format: { kind: 'json', records: 'features' },
      schema: [
        { name: 'mag', type: 'DOUBLE', from: 'properties.mag' },
        { name: 'time', type: 'TIMESTAMP', from: 'properties.time', format: 'epoch-ms' },
        { name: 'updated', type: 'TIMESTAMP', from: 'properties.updated', format: 'epoch-ms' },
      ],
      order: { by: 'updated' },
    });
    assert.deepEqual([rows.length, letters.length], [1707, 0]);
    const first = rows.find((row) => row['time'] === 1517966773840);
    assert.deepEqual(first, { mag: 2, time: 1517966773840, updated: 1517966996303 });
    for (let i = 1; i < rows.length; i++) {
      assert.ok((rows[i]?.['updated'] as number) >= (rows[i - 1]?.['updated'] as number));
    }
  });
});
