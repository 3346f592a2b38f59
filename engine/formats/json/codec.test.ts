import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WeirError } from '../../contract/problems.ts';
import type { SourceField } from '../../contract/settings.ts';
import { decodeText } from '../testing.ts';

const SCHEMA: SourceField[] = [{ name: 'a', type: 'INT' }];
const array = (records?: string) =>
  ({ kind: 'json', ...(records === undefined ? {} : { records }) }) as const;

describe('JSON array', () => {
  it('reads the elements in any parts, from any place', () => {
    const text = ' [ {"a":1}, {"a":2,"s":"],[{\\"}"} ,\n{"a":3,"deep":[[{"x":"}"}]]}]  ';
    const whole = decodeText(array(), SCHEMA, text);
    assert.deepEqual(whole.rows, [[1], [2], [3]]);
    for (let partBytes = 1; partBytes < text.length; partBytes++) {
      assert.deepEqual(decodeText(array(), SCHEMA, text, { partBytes }), whole);
    }
    whole.places.forEach((from, i) => {
      assert.deepEqual(decodeText(array(), SCHEMA, text, { from }).rows, whole.rows.slice(i + 1));
    });
  });

  it('finds the array that a path leads to, and no other', () => {
    const text = JSON.stringify({
      features: 'no',
      meta: { features: [{ a: -1 }], 'k"ey': [1, { data: [{ a: -2 }] }] },
      data: { x: [{ a: -3 }], data: { features: [] }, features: [{ a: 1 }, { a: 2 }] },
    });
    for (const partBytes of [1, 3, 1000]) {
      assert.deepEqual(decodeText(array('data.features'), SCHEMA, text, { partBytes }).rows, [[1], [2]]);
    }
  });

  it('finds what JSON.parse finds', () => {
    const records = fc.array(fc.oneof(fc.object({ maxDepth: 2 }), fc.record({ a: fc.integer() })));
    const property = fc.property(
      records,
      fc.object(),
      fc.integer({ min: 1, max: 9 }),
      (list, other, partBytes) => {
        const text = JSON.stringify({ ...other, first: { 'b[': other }, at: { records: list } }, null, 1);
        // Keys that repeat or are left out by JSON.stringify would make another document.
        fc.pre(!('first' in other) && !('at' in other));
        const { rows, bad } = decodeText(
          array('at.records'),
          [{ name: 'a', type: 'INT', nullable: false }],
          text,
          {
            partBytes,
          },
        );
        const fits = (JSON.parse(text).at.records as { a?: unknown }[]).flatMap((r) => {
          const own = Object.hasOwn(r, 'a') ? r.a : undefined;
          return Number.isInteger(own) && Math.abs(own as number) <= 2 ** 31 - 1 ? [[own]] : [];
        });
        assert.deepEqual(
          rows.filter(([a]) => Math.abs(a as number) <= 2 ** 31 - 1),
          fits.map(([a]) => [(a as number) + 0]),
        );
        assert.equal(rows.length + bad.length, list.length);
      },
    );
    fc.assert(property, { numRuns: 200, seed: 1 });
  });

  it('tells broken elements one by one', () => {
    const { rows, bad } = decodeText(array(), SCHEMA, '[{"a":1},{"a":},7,{"a":"x"},{"a":5}]');
    assert.deepEqual(rows, [[1], [5]]);
    assert.deepEqual(
      bad.map((b) => b.number),
      [2, 3, 4],
    );
  });

  it('tells an array that was cut off', () => {
    const { rows, bad } = decodeText(array(), SCHEMA, '[{"a":1},{"a":2},{"a');
    assert.deepEqual(rows, [[1], [2]]);
    assert.deepEqual(
      bad.map((b) => [b.code, b.raw]),
      [['C-FORMAT', '{"a']],
    );
  });

  it('skips an element above the limit without keeping it', () => {
    const { rows, bad } = decodeText(array(), SCHEMA, `[{"a":1},{"x":"${'y'.repeat(5000)}"},{"a":2}]`, {
      recordBytes: 1000,
      partBytes: 64,
    });
    assert.deepEqual(rows, [[1], [2]]);
    assert.equal(bad[0]?.code, 'C-LIMIT');
  });

  for (const [what, records, text] of [
    ['an object', undefined, '{"features":[{"a":1}]}'],
    ['another path', 'items', '{"features":[{"a":1}]}'],
    ['an object at the path', 'features', '{"features":{"a":[]}}'],
    ['an array where a path is said', 'features', '[{"features":[]}]'],
    ['a number', undefined, '42'],
    ['nothing', undefined, ''],
  ] as const) {
    it(`says where to look when the file is ${what}`, () => {
      assert.throws(
        () => decodeText(array(records), SCHEMA, text),
        (error: unknown) => {
          assert.ok(error instanceof WeirError);
          assert.equal(error.problem.code, 'C-FORMAT');
          assert.match(error.problem.next ?? '', /Records at/);
          return true;
        },
      );
    });
  }
});
