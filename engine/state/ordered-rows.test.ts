import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BatchBuilder } from '../batch/builder.ts';
import { DOUBLE, field, STRING } from '../contract/types.ts';
import { OrderedRows } from './ordered-rows.ts';
import { type OrderTerm, RowOrder } from './row-order.ts';
import { RowStore } from './row-store.ts';

const FIELDS = [field('x', DOUBLE), field('s', STRING)];
const TERMS: readonly OrderTerm[] = [
  { column: 0, type: DOUBLE, descending: true, nullsFirst: false },
  { column: 1, type: STRING, descending: false, nullsFirst: true },
];

type Made = readonly [number | null, string | null];

const RANDOM = fc.array(
  fc.tuple(
    fc.tuple(
      fc.option(fc.constantFrom(0, 1, 2, 3, Number.NaN, Infinity)),
      fc.option(fc.constantFrom('a', 'b', '\u{10000}', '\uffff')),
    ),
    fc.option(fc.nat()),
  ),
  { maxLength: 60 },
);

/** The order written out: descending numbers, NaN above all, NULL last; then strings by code point, NULL first. */
function before(a: Made, b: Made): number {
  const number = (x: number | null): number =>
    x === null ? 4 : Number.isNaN(x) ? 0 : x === Infinity ? 1 : 2;
  const [x, s] = a;
  const [y, t] = b;
  if (number(x) !== number(y)) return number(x) - number(y);
  if (number(x) === 2 && x !== y) return Number(y) - Number(x);
  const points = (text: string | null): number => (text === null ? -1 : (text.codePointAt(0) ?? 0));
  return points(s) - points(t);
}

test('rows stand by their terms and by arrival, whatever was removed between', () => {
  fc.assert(
    fc.property(RANDOM, (steps) => {
      const rows = new RowStore(FIELDS);
      const order = new RowOrder(TERMS, rows);
      const list = new OrderedRows();
      let wanted: { made: Made; id: number }[] = [];
      for (const [made, remove] of steps) {
        const builder = new BatchBuilder(FIELDS);
        builder.push([...made]);
        const batch = builder.take(0);
        order.attach(batch);
        const at = list.upperBound(order, 0);
        const id = rows.add(batch, 0);
        order.added(id, 0);
        list.insert(at, id);
        wanted = [...wanted, { made, id }].sort((a, b) => before(a.made, b.made));
        if (remove !== null) {
          const gone = wanted[remove % wanted.length]?.id ?? 0;
          assert.equal(list.removeAt(list.indexOf(order, gone)), gone);
          rows.remove(gone);
          wanted = wanted.filter((w) => w.id !== gone);
        }
        const ids = new Int32Array(list.length);
        assert.equal(list.read(0, list.length, ids), list.length);
        assert.deepEqual(
          [...ids],
          wanted.map((w) => w.id),
        );
      }
    }),
  );
});

test('many blocks: positions hold over inserts anywhere, removals and reads across them', () => {
  const list = new OrderedRows();
  let wanted: number[] = [];
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed % below;
  };
  for (let id = 0; id < 30_000; id++) {
    const at = id % 3 === 0 ? wanted.length : random(wanted.length + 1);
    list.insert(at, id);
    wanted.splice(at, 0, id);
  }
  for (let n = 0; n < 7500; n++) {
    const at = random(wanted.length);
    assert.equal(list.removeAt(at), wanted.splice(at, 1)[0]);
  }
  const some = new Int32Array(9000);
  assert.equal(list.read(700, 9700, some), 9000);
  assert.deepEqual([...some], wanted.slice(700, 9700));
  list.removeFirst(9000, some);
  assert.deepEqual([...some], wanted.slice(0, 9000));
  wanted = wanted.slice(9000);
  assert.deepEqual([list.length, list.at(0), list.last], [13_500, wanted[0], wanted[13_499]]);
  const all = new Int32Array(13_500);
  list.removeFirst(13_500, all);
  assert.deepEqual([...all], wanted);
  assert.equal(list.length, 0);
  list.insert(0, 5);
  assert.equal(list.at(0), 5);
});
