import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inferFile } from './infer.ts';
import { zFile } from './spec.ts';
import { FileBench } from './testing.ts';

describe('inferring a schema', () => {
  const bench = new FileBench();
  beforeEach(() => bench.setUp());
  afterEach(() => bench.tearDown());

  const infer = (path: string, format?: { kind: 'csv'; header: boolean }) =>
    inferFile({ path, ...(format === undefined ? {} : { format }) }, bench.dir);
  const inferText = async (
    name: string,
    text: string | Uint8Array,
    format?: { kind: 'csv'; header: boolean },
  ) => {
    await bench.write(name, text);
    return infer(name, format);
  };

  it('takes types and time formats from JSON', async () => {
    const records = [
      {
        b: true,
        i: 1,
        l: 5e9,
        d: 1,
        s: 'x',
        iso: '2001-01-01T00:00:00Z',
        day: '2001/01/01 10:15',
        ts: 1_517_966_773_840,
        at: 1_517_966_773,
        code: '007',
        never: null,
        mixed: 1,
        'odd-name': 1,
        list: [1],
        lines: [
          { sku: 'a', n: 2, at: '2001-01-01T00:00:00Z' },
          { sku: null, price: 1.5, 'odd-key': 1 },
        ],
        either: [1],
        both: [1, 'x'],
      },
      {
        b: false,
        i: -2,
        l: 1,
        d: 1.5,
        iso: '2001-01-01T00:00:00.123Z',
        day: '2001/12/31 23:59',
        ts: 1_517_966_773_841,
        at: 1_517_966_774,
        code: '1',
        mixed: 'a',
        either: 2,
        lines: [],
        seldom: 1,
      },
    ];
    const text = `${records.map((r) => JSON.stringify(r)).join('\n')}\n{broken\n`;
    const expected = {
      schema: [
        { name: 'b', type: 'BOOLEAN' },
        { name: 'i', type: 'INT' },
        { name: 'l', type: 'BIGINT' },
        { name: 'd', type: 'DOUBLE' },
        { name: 's', type: 'STRING' },
        { name: 'iso', type: 'TIMESTAMP' },
        { name: 'day', type: 'TIMESTAMP', format: 'yyyy/MM/dd HH:mm' },
        { name: 'ts', type: 'TIMESTAMP', format: 'epoch-ms' },
        { name: 'at', type: 'TIMESTAMP', format: 'epoch-s' },
        { name: 'code', type: 'STRING' },
        { name: 'never', type: 'STRING' },
        { name: 'mixed', type: 'STRING' },
        { name: 'odd-name', type: 'INT' },
        { name: 'list', type: 'ARRAY<INT>' },
        { name: 'lines', type: 'ARRAY<ROW<sku STRING, n INT, at TIMESTAMP, price DOUBLE>>' },
        { name: 'seldom', type: 'INT' },
      ],
    };
    assert.deepEqual(await inferText('a.ndjson', text), expected);
    assert.deepEqual(await inferText('b.ndjson.gz', gzipSync(text)), expected);
    assert.deepEqual(await inferText('c.json', JSON.stringify(records)), expected);
  });

  it('opens objects, and names fields so that they stay apart and valid', async () => {
    const { schema } = await inferText(
      'a.ndjson',
      '{"type":"a","p":{"type":1,"mag":2.5,"q":{"r":{"s":1}}},"9 lives":true,"a.b":{"c.d":1,"e":2},"__proto__":{"x":1}}\n',
    );
    assert.deepEqual(schema, [
      { name: 'type', type: 'STRING' },
      { name: 'p_type', type: 'INT', from: 'p.type' },
      { name: 'mag', type: 'DOUBLE', from: 'p.mag' },
      { name: '_9 lives', type: 'BOOLEAN', from: '9 lives' },
      { name: 'x', type: 'INT', from: '__proto__.x' },
    ]);
    assert.ok(zFile.safeParse({ path: 'a', schema }).success);
    const { rows } = await bench.readAll({ path: 'a.ndjson', ...(schema === undefined ? {} : { schema }) });
    assert.deepEqual(rows[0], { type: 'a', p_type: 1, mag: 2.5, '_9 lives': true, x: 1 });
  });

  it('takes columns and delimiter from CSV', async () => {
    const text = 'id;price;when;zip;empty\n1;2.5;2001-01-01 10:00;01234;\n2;3;2001-01-02 11:30;99999;\n';
    const { schema, format } = await inferText('a.csv', text);
    assert.deepEqual(format, { kind: 'csv', header: true, delimiter: ';' });
    assert.deepEqual(
      schema?.map(({ name, type }) => `${name} ${type}`),
      ['id INT', 'price DOUBLE', 'when TIMESTAMP', 'zip STRING', 'empty STRING'],
    );
    const { rows } = await bench.readAll({
      path: 'a.csv',
      ...(schema && { schema }),
      ...(format && { format }),
    });
    assert.deepEqual(rows[0], {
      id: 1,
      price: 2.5,
      when: Date.UTC(2001, 0, 1, 10),
      zip: '01234',
      empty: null,
    });
    const bare = await inferText('b.csv', '1,x\n2,y\n', { kind: 'csv', header: false });
    assert.deepEqual(bare, {
      schema: [
        { name: 'c1', type: 'INT' },
        { name: 'c2', type: 'STRING' },
      ],
    });
  });

  it('knows the data that Weir brings along', async () => {
    const flights = await infer('package:vega-datasets/data/flights-20k.json');
    assert.deepEqual(flights.schema, [
      { name: 'date', type: 'TIMESTAMP', format: 'yyyy/MM/dd HH:mm' },
      { name: 'delay', type: 'INT' },
      { name: 'distance', type: 'INT' },
      { name: 'origin', type: 'STRING' },
      { name: 'destination', type: 'STRING' },
    ]);
    const parquet = await infer('package:vega-datasets/data/flights-3m.parquet');
    assert.deepEqual(
      parquet.schema?.map(({ name, type }) => `${name} ${type}`),
      ['date TIMESTAMP', 'delay BIGINT', 'distance BIGINT', 'origin STRING', 'destination STRING'],
    );
    const quakes = await infer('package:vega-datasets/data/earthquakes.json');
    assert.deepEqual(quakes.format, { kind: 'json', records: 'features' });
    const field = (name: string) => quakes.schema?.find((f) => f.name === name);
    assert.deepEqual(field('updated'), {
      name: 'updated',
      type: 'TIMESTAMP',
      format: 'epoch-ms',
      from: 'properties.updated',
    });
    assert.deepEqual(field('mag'), { name: 'mag', type: 'DOUBLE', from: 'properties.mag' });
  });

  it('says what to do when there is nothing to see', async () => {
    for (const [name, text] of [
      ['a.ndjson', ''],
      ['b.json', '[]'],
      ['c.csv', ''],
      ['d.json', '{"a":1,\n"b":2}'],
    ] as const) {
      await assert.rejects(inferText(name, text), { name: 'WeirError' }, name);
    }
    await assert.rejects(inferFile({ path: '' }, bench.dir), { name: 'WeirError' });
    await assert.rejects(infer('none.ndjson'), (error: unknown) => {
      assert.equal((error as { problem: { code: string } }).problem.code, 'C-MISSING');
      return true;
    });
  });
});
