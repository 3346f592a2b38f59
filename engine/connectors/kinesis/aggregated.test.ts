import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packAggregated, unpackAggregated } from './aggregated.ts';

test('what was packed together comes apart again', () => {
  const one = fc.record(
    {
      partitionKey: fc.string({ minLength: 1, unit: 'grapheme' }),
      data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 200 }), (records) => {
      assert.deepEqual(unpackAggregated(packAggregated(records)), records);
    }),
  );
});

test('a record that only looks packed is one of its own', () => {
  const packed = packAggregated([{ partitionKey: 'a', data: Buffer.from('x') }]);
  const flipped = Buffer.from(packed);
  flipped[6] = (flipped[6] ?? 0) ^ 1;
  assert.equal(unpackAggregated(flipped), null);
  assert.equal(unpackAggregated(packed.subarray(0, packed.length - 1)), null);
  assert.equal(unpackAggregated(Buffer.from([0xf3, 0x89, 0x9a, 0xc2])), null);
  assert.equal(unpackAggregated(Buffer.from('{"id": 1}')), null);
});

// By hand, after the format's page: key "k", one record with data "d".
test('bytes as the library writes them', () => {
  const message = '0a016b' + '1a05' + '0800' + '1a0164';
  const digest = 'f3899ac2';
  const whole = packAggregated([{ partitionKey: 'k', data: Buffer.from('d') }]).toString('hex');
  assert.equal(whole.slice(0, digest.length + message.length), digest + message);
});
