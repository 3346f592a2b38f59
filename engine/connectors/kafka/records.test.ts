import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { visibleRecords } from './committed-records.ts';
import { headersOf, packedBatches, type RecordSet, unpackBatch } from './record-batch.ts';
import { encodeBatch, fetched, type TestBatch } from './testing.ts';
import { VarintReader } from './varint.ts';

const textAt = (bytes: Buffer, from: number, until: number): string | null =>
  from < 0 ? null : bytes.toString('utf8', from, until);

const rowsOf = (set: RecordSet) =>
  Array.from({ length: set.count }, (_, k) => ({
    offset: set.offsets[k],
    timestamp: set.timestamps[k],
    key: textAt(set.bytes, set.keyFrom[k] as number, set.keyUntil[k] as number),
    value: textAt(set.bytes, set.valueFrom[k] as number, set.valueUntil[k] as number),
    headers: headersOf(set, k).map(([name, value]) => [name, value?.toString() ?? null]),
  }));

const offsetsOf = (sets: readonly RecordSet[]): number[] =>
  sets.flatMap((set) => [...set.offsets.subarray(0, set.count)]);

test('batches of any records are read as they were written, packed or not', () => {
  const record = fc.record({
    key: fc.option(fc.string({ unit: 'grapheme' })),
    value: fc.option(fc.string({ unit: 'grapheme', maxLength: 200 })),
    timestamp: fc.integer({ min: -(2 ** 45), max: 2 ** 45 }),
    headers: fc.array(fc.tuple(fc.string(), fc.option(fc.string())), { maxLength: 3 }),
    gap: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      fc.maxSafeInteger().map((n) => Math.abs(n) % 2 ** 50),
      fc.constantFrom(0 as const, 1 as const, 4 as const),
      (records, baseOffset, codec) => {
        const [packed] = packedBatches(encodeBatch({ baseOffset, records, codec }));
        assert.ok(packed !== undefined);
        let offset = baseOffset - 1;
        const expected = records.map(({ gap, ...rest }) => {
          offset += gap;
          return { ...rest, offset, headers: rest.headers.map(([n, v]) => [n, v]) };
        });
        assert.equal(packed.lastOffset, offset);
        assert.deepEqual(rowsOf(unpackBatch(packed, 0)).map(sorted), expected.map(sorted));
      },
    ),
  );
});

const sorted = <T extends object>(row: T) => Object.fromEntries(Object.entries(row).sort());

test('numbers of every size, as Protocol Buffers zig-zags them', () => {
  const bytes = Buffer.from('00010203fe01ff01feffffff0fffffffff0f80808080108180808010', 'hex');
  const reader = new VarintReader(bytes);
  const found = [];
  while (reader.at < bytes.length) found.push(reader.next());
  assert.deepEqual(found, [0, -1, 1, -2, 127, -128, 2147483647, -2147483648, 2147483648, -2147483649]);
});

test('a batch that the answer cuts is left for the next one', () => {
  const one = encodeBatch({ baseOffset: 0, records: [{ value: 'a' }] });
  const two = encodeBatch({ baseOffset: 1, records: [{ value: 'b' }] });
  assert.equal(packedBatches(Buffer.concat([one, two.subarray(0, two.length - 1)])).length, 1);
  assert.equal(packedBatches(Buffer.concat([one, two.subarray(0, 20)])).length, 1);
});

test('what is no batch is an error, not an endless loop', () => {
  const old = encodeBatch({ baseOffset: 0, records: [{ value: 'a' }] });
  old[16] = 1;
  assert.throws(() => packedBatches(old), /message format 1/);
  const short = encodeBatch({ baseOffset: 0, records: [{ value: 'a' }] });
  short.writeInt32BE(-12, 8);
  assert.throws(() => packedBatches(short), /shorter than its head/);
  const wild = encodeBatch({ baseOffset: 0, records: [{ value: 'a' }] });
  wild[61] = 120;
  const [packed] = packedBatches(wild);
  assert.throws(() => packed !== undefined && unpackBatch(packed, 0), /goes beyond its batch/);
});

test('records before the offset that was asked for are left out', () => {
  const answer = fetched([{ baseOffset: 10, records: [{ value: 'a' }, { value: 'b' }, { value: 'c' }] }]);
  const { sets, nextOffset } = visibleRecords(answer, 12);
  assert.deepEqual([offsetsOf(sets), nextOffset], [[12], 13]);
});

test('a topic that stamps records itself gives them the time of its batch', () => {
  const [packed] = packedBatches(
    encodeBatch({ baseOffset: 0, appendTime: 77, records: [{ value: 'a', timestamp: 5 }] }),
  );
  assert.ok(packed !== undefined);
  assert.equal(unpackBatch(packed, 0).timestamps[0], 77);
});

/** A transaction's batch. */
const tx = (producerId: bigint, baseOffset: number, ...values: string[]): TestBatch => ({
  baseOffset,
  producerId,
  isTransactional: true,
  records: values.map((value) => ({ value })),
});
const marker = (producerId: bigint, baseOffset: number, control: 0 | 1): TestBatch => ({
  baseOffset,
  producerId,
  isTransactional: true,
  control,
  records: [{ value: '' }],
});

test('aborted transactions of several producers that lie between each other, listed in any order', () => {
  const answer = fetched(
    [
      tx(1n, 0, 'aborted', 'aborted'),
      tx(2n, 2, 'aborted'),
      tx(3n, 3, 'kept'),
      { baseOffset: 4, records: [{ value: 'outside' }] },
      marker(1n, 5, 0),
      tx(1n, 6, 'kept now'),
      tx(2n, 7, 'aborted still'),
      marker(2n, 8, 0),
      marker(3n, 9, 1),
      marker(1n, 10, 1),
    ],
    [
      { producerId: 2n, firstOffset: 2 },
      { producerId: 1n, firstOffset: 0 },
    ],
  );
  const { sets, nextOffset } = visibleRecords(answer, 0);
  assert.deepEqual([offsetsOf(sets), nextOffset], [[3, 4, 6], 11]);
});

test('an aborted record whose key looks like a marker ends no transaction', () => {
  const answer = fetched(
    [
      { ...tx(1n, 0), records: [{ key: '\0\0\0\0', value: 'aborted' }, { value: 'aborted' }] },
      tx(1n, 2, 'aborted'),
      marker(1n, 3, 0),
    ],
    [{ producerId: 1n, firstOffset: 0 }],
  );
  assert.deepEqual(offsetsOf(visibleRecords(answer, 0).sets), []);
});

test('one producer aborts again and again', () => {
  const answer = fetched(
    [
      tx(1n, 0, 'a'),
      marker(1n, 1, 0),
      tx(1n, 2, 'kept'),
      marker(1n, 3, 1),
      tx(1n, 4, 'a'),
      marker(1n, 5, 0),
      tx(1n, 6, 'kept'),
      marker(1n, 7, 1),
    ],
    [
      { producerId: 1n, firstOffset: 4 },
      { producerId: 1n, firstOffset: 0 },
    ],
  );
  assert.deepEqual(offsetsOf(visibleRecords(answer, 0).sets), [2, 6]);
});

test('a read that begins within an aborted transaction leaves its rest out', () => {
  const answer = fetched(
    [tx(1n, 5, 'a', 'b'), marker(1n, 7, 0), tx(1n, 8, 'kept'), marker(1n, 9, 1)],
    [{ producerId: 1n, firstOffset: 2 }],
  );
  assert.deepEqual(offsetsOf(visibleRecords(answer, 6).sets), [8]);
});
