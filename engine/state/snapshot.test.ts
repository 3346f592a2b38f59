/** State that was copied, cloned and brought back is the state that was there: ids, values, NULLs, free places. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BatchBuilder } from '../batch/builder.ts';
import { BIGINT, BYTES, DOUBLE, type Field, field, STRING, TIMESTAMP } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import { KeyTable } from './key-table.ts';
import { RowStore } from './row-store.ts';
import { Timers } from './timers.ts';

const FIELDS: readonly Field[] = [
  field('s', STRING),
  field('n', BIGINT),
  field('x', DOUBLE),
  field('b', BYTES),
  field('d', { kind: 'DECIMAL', precision: 10, scale: 2 }),
  field('a', { kind: 'ARRAY', element: STRING }),
  field('t', TIMESTAMP),
];
const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const row: fc.Arbitrary<Value[]> = fc
  .tuple(
    nullable(fc.constantFrom('', 'a', 'ab', 'n', 'é')),
    nullable(fc.constantFrom<Value>(0, 1, -1, 2n ** 60n, -(2n ** 60n))),
    nullable(fc.constantFrom(0, -0, 0.5, Infinity)),
    nullable(fc.constantFrom(Uint8Array.of(), Uint8Array.of(1, 2))),
    nullable(fc.constantFrom(0n, 1230n, -5n)),
    nullable(fc.constantFrom<Value>([], ['a'], ['a,b'], ['a', 'b'], [null])),
    nullable(fc.constantFrom(0, -1, 5)),
  )
  .map((values) => [...values]);

function batchOf(rows: readonly Value[][]) {
  const builder = new BatchBuilder(FIELDS);
  for (const values of rows) builder.push(values);
  return builder.take(0);
}

test('a key table gives the same ids after it was restored, and equal keys to equal values only', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), fc.array(row, { maxLength: 20 }), (before, after) => {
      const types = FIELDS.map((f) => f.type);
      const table = new KeyTable(types);
      const first = batchOf(before);
      table.resolve(first.columns, first);
      const restored = new KeyTable(types);
      restored.restore(structuredClone(table.snapshot()));
      const all = batchOf([...before, ...after]);
      const ids = [...table.resolve(all.columns, all).subarray(0, all.count)];
      assert.deepEqual([...restored.resolve(all.columns, all).subarray(0, all.count)], ids);
      const text = (values: readonly Value[]): string =>
        JSON.stringify(values, (_, v) =>
          typeof v === 'bigint' ? `${v}n` : v instanceof Uint8Array ? [...v] : v === Infinity ? 'inf' : v,
        );
      const seen = new Map<number, string>();
      [...before, ...after].forEach((values, at) => {
        const id = ids[at] as number;
        assert.equal(seen.get(id) ?? text(values), text(values));
        seen.set(id, text(values));
        assert.deepEqual(
          text(FIELDS.map((_, c) => restored.value(id, c))),
          text(values.map((v) => (v === 0 ? 0 : v))),
        );
        assert.equal(restored.hasNull(id), values.includes(null));
      });
      assert.equal(new Set(seen.values()).size, seen.size);
    }),
  );
});

test('a row store has its rows under the same ids after it was restored, and gives freed ids out again', () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 80 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      (rows, gone) => {
        const store = new RowStore(FIELDS);
        const batch = batchOf(rows);
        const ids = rows.map((_, at) => store.add(batch, at));
        const removed = new Set(gone.map((n) => ids[n % ids.length] as number));
        for (const id of removed) store.remove(id);
        const restored = new RowStore(FIELDS);
        restored.restore(structuredClone(store.snapshot()));
        assert.equal(restored.size, rows.length - removed.size);
        rows.forEach((values, at) => {
          const id = ids[at] as number;
          if (removed.has(id)) return;
          values.forEach((value, c) => {
            assert.deepEqual(restored.value(id, c), value);
          });
        });
        assert.equal(restored.addValues(rows[0] ?? [], 7), store.addValues(rows[0] ?? [], 7));
        assert.equal(restored.capacity, store.capacity);
      },
    ),
  );
});

test('timers come out by time, also after they were restored', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(9))), (given) => {
      const timers = new Timers();
      for (const [time, id] of given) timers.add(time, id);
      const restored = new Timers();
      restored.restore(structuredClone(timers.snapshot()));
      const out: number[] = [];
      for (let id = restored.takeDue(0); id >= 0; id = restored.takeDue(0)) out.push(id);
      const due = given.filter(([time]) => time <= 0).toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
      assert.deepEqual(
        out,
        due.map(([, id]) => id),
      );
      assert.equal(restored.size, given.length - due.length);
    }),
  );
});
