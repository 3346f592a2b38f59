/** Avro, against avsc, which other people wrote. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import avsc from 'avsc';
import fc from 'fast-check';
import type { Batch } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/builder.ts';
import { type SourceField, toFields } from '../../contract/settings.ts';
import type { Field } from '../../contract/types.ts';
import { toBigint, type Value } from '../../contract/values.ts';
import { decodeFields } from '../decode-fields.ts';
import { avroFields } from './infer.ts';
import { AvroRecords } from './records.ts';
import { avroSchemaOf } from './row-schema.ts';
import { AvroSchemaError, parseAvroSchema } from './schema.ts';
import { avroRows } from './writer.ts';

/** Longs as bigints, as they are beyond 2^53. */
const longs = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});
const batchOf = (fields: readonly Field[], row: readonly Value[]): Batch => {
  const builder = new BatchBuilder(fields);
  builder.push(row);
  return builder.take(0);
};
const writerOf = (schema: unknown) =>
  avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: longs } });

const recordsOf = (schema: unknown, fields: readonly SourceField[]): AvroRecords =>
  new AvroRecords(parseAvroSchema(JSON.stringify(schema)), decodeFields(fields));

/** A row of what avsc wrote; what is wrong with it as its message. */
function read(schema: unknown, value: unknown, fields: readonly SourceField[]): unknown {
  const bytes = writerOf(schema).toBuffer(value);
  const row = recordsOf(schema, fields).read(bytes, 0, bytes.length);
  return 'message' in row ? row.message : [...row];
}

const record = (fields: readonly unknown[], name = 'R') => ({ type: 'record', name, fields });

/** A type in Avro, its text here, values as avsc takes them, and as they are here. */
const LEAVES: readonly [unknown, string, fc.Arbitrary<unknown>, (value: never) => unknown][] = [
  ['boolean', 'BOOLEAN', fc.boolean(), (v) => v],
  ['int', 'INT', fc.integer(), (v) => v],
  [
    'long',
    'BIGINT',
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    (v: bigint) => (Number.isSafeInteger(Number(v)) ? Number(v) : v),
  ],
  ['double', 'DOUBLE', fc.double({ noNaN: true }), (v) => v],
  ['float', 'DOUBLE', fc.float({ noNaN: true }), (v) => v],
  ['string', 'STRING', fc.string({ unit: 'grapheme' }), (v) => v],
  ['bytes', 'BYTES', fc.uint8Array().map((b) => Buffer.from(b)), (v: Buffer) => Uint8Array.from(v)],
  [{ type: 'array', items: 'string' }, 'ARRAY<STRING>', fc.array(fc.string()), (v) => v],
  [['null', 'int'], 'INT', fc.option(fc.integer()), (v) => v],
  [{ type: 'map', values: 'long' }, '', fc.dictionary(fc.string(), fc.bigInt(0n, 9n)), (v) => v],
];

describe('Avro', () => {
  test('what avsc writes is read, whichever of the fields are asked for', () => {
    const any = fc.record({
      leaves: fc.array(fc.integer({ min: 0, max: LEAVES.length - 1 }), { minLength: 1, maxLength: 8 }),
      seed: fc.integer(),
      wanted: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    });
    fc.assert(
      fc.property(any, ({ leaves, seed, wanted }) => {
        const types = leaves.map((n) => LEAVES[n] as (typeof LEAVES)[number]);
        const schema = record(types.map(([type], n) => ({ name: `f${n}`, type })));
        const values = types.map(
          ([, , arbitrary], n) => fc.sample(arbitrary, { seed: seed + n, numRuns: 1 })[0],
        );
        const value = Object.fromEntries(values.map((v, n) => [`f${n}`, v]));
        const asked = types.flatMap(([, text, , own], n) =>
          text !== '' && wanted[n] === true
            ? [{ field: { name: `f${n}`, type: text, nullable: true }, expected: own(values[n] as never) }]
            : [],
        );
        assert.deepEqual(
          read(schema, value, asked.map(({ field }) => field).reverse()),
          asked.map(({ expected }) => expected).reverse(),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('logical types: times, decimals, UUIDs', () => {
    const time = (logicalType: string, type = 'long') => ({ type, logicalType });
    const schema = record([
      { name: 'ms', type: time('timestamp-millis') },
      { name: 'us', type: time('timestamp-micros') },
      { name: 'day', type: time('date', 'int') },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 } },
      {
        name: 'cost',
        type: { type: 'fixed', name: 'F', size: 4, logicalType: 'decimal', precision: 9, scale: 1 },
      },
      { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
      { name: 'plain', type: 'long' },
    ]);
    const value = {
      ms: 1_000_000_000_123,
      us: -1,
      day: -1,
      price: Buffer.from([0xff, 0x85]),
      cost: Buffer.from([0, 0, 4, 0xd2]),
      id: '7b2d0d9a-6f0c-4a53-9a50-9d0a4f0f3e11',
      plain: 1_000_000_000n,
    };
    const t = (name: string, type: string, more: Partial<SourceField> = {}) => ({
      name,
      type,
      nullable: false,
      ...more,
    });
    assert.deepEqual(
      read(schema, value, [
        t('ms', 'TIMESTAMP'),
        t('us', 'TIMESTAMP'),
        t('day', 'TIMESTAMP'),
        t('price', 'DECIMAL(10, 2)'),
        t('cost', 'DECIMAL(12, 3)'),
        t('id', 'STRING'),
        t('plain', 'TIMESTAMP', { format: 'epoch-s' }),
        t('asNumber', 'DOUBLE', { from: 'price' }),
      ]),
      [1_000_000_000_123, -1, -86_400_000, -123n, 123_400n, value.id, 1_000_000_000_000, -1.23],
    );
    assert.deepEqual(
      avroFields(parseAvroSchema(JSON.stringify(schema))).map(({ name, type }) => `${name} ${type}`),
      [
        'ms TIMESTAMP',
        'us TIMESTAMP',
        'day TIMESTAMP',
        'price DECIMAL(10, 2)',
        'cost DECIMAL(9, 1)',
        'id STRING',
        'plain BIGINT',
      ],
    );
  });

  test('records inside of records, in part, whole, and null; names in namespaces; types that hold themselves', () => {
    const schema = {
      ...record([
        {
          name: 'to',
          type: [
            'null',
            {
              ...record(
                [
                  { name: 'city', type: 'string' },
                  { name: 'zip', type: 'int' },
                ],
                'Address',
              ),
            },
          ],
        },
        { name: 'from', type: ['null', 'shop.Address'] },
        { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
        { name: 'next', type: ['null', 'R'] },
      ]),
      namespace: 'shop',
    };
    const branch = (name: string, value: unknown) => ({ [name]: value });
    const value = {
      to: branch('shop.Address', { city: 'Graz', zip: 8010 }),
      from: null,
      kind: 'B',
      next: branch('shop.R', { to: null, from: null, kind: 'A', next: null }),
    };
    const fields: SourceField[] = [
      { name: 'city', type: 'STRING', nullable: true, from: 'to.city' },
      { name: 'to', type: 'ROW<zip INT, street STRING>', nullable: true },
      { name: 'fromCity', type: 'STRING', nullable: true, from: 'from.city' },
      { name: 'kind', type: 'STRING', nullable: false },
      { name: 'nextKind', type: 'STRING', nullable: true, from: 'next.kind' },
      { name: 'missing', type: 'INT', nullable: true },
    ];
    const writer = avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: true });
    const bytes = writer.toBuffer(value);
    assert.deepEqual(recordsOf(schema, fields).read(bytes, 0, bytes.length), [
      'Graz',
      [8010, null],
      null,
      'B',
      'A',
      null,
    ]);
    assert.deepEqual(
      avroFields(parseAvroSchema(JSON.stringify(schema))).map(
        ({ name, type, nullable }) => `${name} ${type} ${nullable}`,
      ),
      ['to ROW<city STRING, zip INT> true', 'from ROW<city STRING, zip INT> true', 'kind STRING false'],
    );
  });

  test('what is written here, avsc and this reader read', () => {
    const types: readonly [string, fc.Arbitrary<Value>][] = [
      ['BOOLEAN', fc.boolean()],
      ['INT', fc.integer()],
      ['BIGINT', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(toBigint)],
      ['DOUBLE', fc.double({ noNaN: true })],
      ['STRING', fc.string({ unit: 'grapheme', maxLength: 2000 })],
      ['BYTES', fc.uint8Array()],
      ['TIMESTAMP', fc.integer({ min: -1e12, max: 1e12 })],
      ['DECIMAL(30, 4)', fc.bigInt({ min: -(10n ** 30n) + 1n, max: 10n ** 30n - 1n })],
      ['ARRAY<BIGINT>', fc.array(fc.option(fc.integer()))],
      [
        'ROW<a STRING, b ROW<c INT>>',
        fc.tuple(fc.option(fc.string()), fc.option(fc.tuple(fc.integer()))) as fc.Arbitrary<Value>,
      ],
    ];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: types.length - 1 }), fc.boolean(), fc.integer()), {
          minLength: 1,
          maxLength: 6,
        }),
        (chosen) => {
          const source = chosen.map(([n, nullable], i) => ({
            name: `f${i}`,
            type: types[n]?.[0] ?? '',
            nullable,
          }));
          const fields = toFields(source);
          const row = chosen.map(([n, nullable, seed]) => {
            const values = types[n]?.[1] as fc.Arbitrary<Value>;
            return (
              fc.sample(nullable ? fc.option(values, { freq: 3 }) : values, { seed, numRuns: 1 })[0] ?? null
            );
          });
          const schema = avroSchemaOf(fields, 'Row');
          const bytes = avroRows(fields, Buffer.from([9]))(batchOf(fields, row), 0);
          assert.equal(bytes[0], 9);
          const read = new AvroRecords(parseAvroSchema(JSON.stringify(schema)), decodeFields(source)).read(
            bytes,
            1,
            bytes.length,
          );
          assert.deepEqual([...(read as Value[])], row);
          // Throws where a byte is missing or too many.
          writerOf(schema).fromBuffer(bytes.subarray(1));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('what does not fit is told with its field', () => {
    const schema = record([
      { name: 'n', type: ['null', 'string'] },
      { name: 'big', type: 'long' },
    ]);
    const value = { n: null, big: 2n ** 40n };
    const ask = (name: string, type: string, nullable = false) =>
      read(schema, value, [{ name, type, nullable }]);
    assert.match(String(ask('n', 'STRING')), /"n" is null/);
    assert.match(String(ask('none', 'STRING')), /"none" is nothing/);
    assert.match(String(ask('big', 'INT')), /"big" is Avro long/);
    assert.match(String(read('string', 'x', [])), /The record is an Avro string/);
  });

  test('bytes that are broken are bad records, never a crash or a hang', () => {
    const schema = record([
      { name: 'a', type: { type: 'array', items: 'null' } },
      { name: 's', type: 'string' },
      { name: 'u', type: ['null', 'R'] },
      { name: 'm', type: { type: 'map', values: { type: 'array', items: 'double' } } },
    ]);
    const wanted: SourceField[] = [
      { name: 's', type: 'STRING', nullable: true },
      { name: 'm', type: 'ARRAY<DOUBLE>', nullable: true },
    ];
    const records = recordsOf(schema, wanted);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const row = records.read(Buffer.from(bytes), 0, bytes.length);
        assert.ok(Array.isArray(row) || 'code' in row);
      }),
      { numRuns: 3000 },
    );
    // Two thousand million nulls, in six bytes.
    const bomb = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 0]);
    assert.match(
      String((records.read(bomb, 0, bomb.length) as { message: string }).message),
      /more than 1000000 elements/,
    );
    const good = writerOf(record([{ name: 's', type: 'string' }])).toBuffer({ s: 'x' });
    const more = Buffer.concat([good, Buffer.from([1])]);
    const left = recordsOf(record([{ name: 's', type: 'string' }]), []).read(more, 0, more.length);
    assert.match((left as { message: string }).message, /1 bytes are left over/);
  });

  test('schemas that are none say why', () => {
    for (const [text, why] of [
      ['{', /not JSON/],
      ['{"type": "record", "fields": []}', /has no name/],
      ['{"type": "record", "name": "R"}', /has no fields/],
      ['"Elsewhere"', /no type "Elsewhere"/],
      ['{"type": "fixed", "name": "F", "size": -1}', /has no size/],
      ['7', /7 is no type/],
      ['{"type": "record", "name": "R", "fields": [null]}', /a field of R has no name/],
      [`${'['.repeat(50_000)}${']'.repeat(50_000)}`, /too deep/],
    ] as const)
      assert.throws(
        () => parseAvroSchema(text),
        (error) => error instanceof AvroSchemaError && why.test(error.message),
        text,
      );
  });
});
