import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BatchBuilder } from '../batch/builder.ts';
import { BIGINT, BOOLEAN, type DataType, DOUBLE, field, INT, STRING, TIMESTAMP } from '../contract/types.ts';
import { type Value, valueKey } from '../contract/values.ts';
import { KeyTable } from './key-table.ts';

const near = fc.integer({ min: -20, max: 200 });
const KINDS: readonly (readonly [DataType, fc.Arbitrary<Value>])[] = [
  [INT, fc.oneof(near, fc.constantFrom(-(2 ** 31), 2 ** 31 - 1))],
  [BIGINT, fc.oneof(near, fc.maxSafeInteger(), fc.constantFrom(2n ** 60n, -(2n ** 60n)))],
  [
    TIMESTAMP,
    fc.oneof(
      near,
      near.map((n) => 1_000_000_000_000 + n * 10_000),
    ),
  ],
  [STRING, near.map(String)],
  [BOOLEAN, fc.boolean()],
  [DOUBLE, fc.oneof(near, fc.constantFrom(0.5, Number.NaN, Infinity, -0))],
];

for (const [type, values] of KINDS) {
  test(`keys of one ${type.kind}: batch by batch, after keys were let go, and after a restore`, () => {
    const batches = fc.array(
      fc.tuple(
        fc.array(fc.option(values, { nil: null }), { maxLength: 40 }),
        fc.constantFrom('compact', 'restore', 'go on'),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(batches, (steps) => {
        let table = new KeyTable([type]);
        let model = new Map<string, number>();
        for (const [rows, then] of steps) {
          const builder = new BatchBuilder([field('k', type)]);
          for (const value of rows) builder.push([value]);
          const batch = builder.take(0);
          const ids = table.resolve(batch.columns, batch);
          rows.forEach((value, i) => {
            const key = value === null ? 'null' : valueKey(value === 0 ? 0 : value);
            if (!model.has(key)) model.set(key, model.size);
            assert.equal(ids[i], model.get(key), `${key} in ${rows.length} rows`);
            assert.equal(table.hasNull(ids[i] as number), value === null);
          });
          assert.equal(table.size, model.size);
          if (then === 'compact') {
            const left = [...model].filter(([, id]) => id % 3 !== 1);
            table.compact(Int32Array.from(left, ([, id]) => id));
            model = new Map(left.map(([key], n) => [key, n]));
          } else if (then === 'restore') {
            const restored = new KeyTable([type]);
            restored.restore(structuredClone(table.snapshot()));
            table = restored;
          }
        }
      }),
      { numRuns: 200 },
    );
  });
}
