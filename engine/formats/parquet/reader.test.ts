/**
 * `types.parquet` was written by pyarrow 26 (`store_decimal_as_integer`): three rows of
 * id int64, money decimal(10, 2), large decimal(38, 10), raw binary, digest binary(2), tags list<string>,
 * place struct<city string, at timestamp(ms), cost decimal(4, 1)>, points list<struct<x int64, y double>>.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parquetSchema, type SchemaTree } from 'hyparquet';
import type { Value } from '../../batch/column.ts';
import type { SourceField } from '../../contract/settings.ts';
import type { BadRecord } from '../codec.ts';
import { decodeFields } from '../decode-fields.ts';
import { openParquet, ParquetReader } from './reader.ts';
import { parquetTypeName } from './values.ts';

const FILE = fileURLToPath(new URL('types.parquet', import.meta.url));

async function read(
  schema: readonly SourceField[],
): Promise<{ rows: Value[][]; bad: BadRecord[]; missing: readonly string[] }> {
  const rows: Value[][] = [];
  const bad: BadRecord[] = [];
  const reader = await ParquetReader.open(FILE, decodeFields(schema));
  const receiver = {
    row: (values: readonly Value[]) => void rows.push([...values]),
    bad: (record: BadRecord) => void bad.push(record),
  };
  await reader.read(FILE, 0, receiver, async () => true);
  return { rows, bad, missing: reader.missing };
}

async function inferred(): Promise<SourceField[]> {
  const { metadata } = await openParquet(FILE);
  return parquetSchema(metadata).children.map((node: SchemaTree) => ({
    name: node.element.name,
    type: parquetTypeName(node) ?? '',
  }));
}

test('types as the file has them', async () => {
  assert.deepEqual(
    (await inferred()).map((f) => `${f.name} ${f.type}`),
    [
      'id BIGINT',
      'money DECIMAL(10, 2)',
      'large DECIMAL(38, 10)',
      'raw STRING',
      'digest BYTES',
      'tags ARRAY<STRING>',
      'place ROW<city STRING, at TIMESTAMP, cost DECIMAL(4, 1)>',
      'points ARRAY<ROW<x BIGINT, y DOUBLE>>',
    ],
  );
});

test('values of every type, exactly', async () => {
  const schema = (await inferred()).map((f) => (f.name === 'raw' ? { ...f, type: 'BYTES' } : f));
  const { rows, bad } = await read(schema);
  assert.deepEqual(bad, []);
  assert.deepEqual(rows, [
    [
      1,
      1050n,
      12345678901234567890123456780123456789n,
      Uint8Array.of(0, 255),
      Uint8Array.of(1, 2),
      ['a', null],
      ['x', Date.UTC(2001, 1, 3, 4, 5, 6), 15n],
      [
        [1, 2.5],
        [null, null],
      ],
    ],
    [2n ** 53n + 1n, null, 0n, Uint8Array.of(), Uint8Array.of(65, 66), [], [null, null, null], null],
    [-(2n ** 63n), -1n, null, null, Uint8Array.of(254, 255), null, null, []],
  ]);
});

test('as other types, from inside of rows, and what does not fit', async () => {
  const { rows, missing } = await read([
    { name: 'money', type: 'DOUBLE' },
    { name: 'cents', type: 'DECIMAL(12, 3)', from: 'money' },
    { name: 'city', type: 'STRING', from: 'place.city' },
    { name: 'none', type: 'STRING', from: 'place.street' },
    { name: 'not', type: 'STRING', from: 'tags.list' },
  ]);
  assert.deepEqual(rows, [
    [10.5, 10500n, 'x', null, null],
    [null, null, null, null, null],
    [-0.01, -10n, null, null, null],
  ]);
  assert.deepEqual(missing, ['place.street', 'tags.list']);
  const { bad } = await read([
    { name: 'id', type: 'INT' },
    { name: 'tags', type: 'ARRAY<INT>' },
    { name: 'money', type: 'DECIMAL(3, 2)' },
  ]);
  assert.deepEqual(
    bad.map((b) => b.field),
    ['tags', 'id', 'id'],
  );
});
