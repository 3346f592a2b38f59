import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Value } from '../../batch/column.ts';
import type { Problem } from '../../contract/problems.ts';
import { BIGINT, type Field, field, INT, parseType, STRING, updating } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { drive } from '../../testing/drive.ts';
import { type ExpectedRow, verifyOperator } from '../../testing/verify.ts';
import { flattenRuntime } from './operator.ts';
import { flattenSpec } from './spec.ts';

const runtime = flattenRuntime as unknown as StatefulRuntime<Readonly<Record<string, unknown>>>;
const type = (text: string) => parseType(text) ?? STRING;
const FIELDS = [field('id', STRING), field('xs', type('ARRAY<BIGINT>')), field('n', INT)];
const ITEMS = [field('id', STRING), field('items', type('ARRAY<ROW<sku STRING, price DECIMAL(5, 2)>>'))];
const base = { spec: flattenSpec, runtime, order: 'exact' as const };

test('one record an element, in order, with time and the other fields; empty and NULL give nothing', () => {
  verifyOperator({
    ...base,
    config: { array: 'xs', as: 'x', position: 'at' },
    inputs: FIELDS,
    steps: [
      { time: 5, row: { id: 'a', xs: [3, null, 2n ** 60n], n: 1 } },
      { time: 3, row: { id: 'b', xs: [], n: 2 } },
      { time: 7, row: { id: 'c', xs: null, n: null } },
      { time: 8, row: { id: null, xs: [4], n: null } },
    ],
    expected: [
      { row: { id: 'a', n: 1, x: 3, at: 1 }, time: 5 },
      { row: { id: 'a', n: 1, x: null, at: 2 }, time: 5 },
      { row: { id: 'a', n: 1, x: 2n ** 60n, at: 3 }, time: 5 },
      { row: { id: null, n: null, x: 4, at: 1 }, time: 8 },
    ],
  });
});

test('keep: an empty or NULL array goes on once, with NULL', () => {
  verifyOperator({
    ...base,
    config: { array: 'xs', position: 'at', empty: 'keep', keepArray: true },
    inputs: FIELDS,
    steps: [
      { time: 1, row: { id: 'a', xs: [7], n: 1 } },
      { time: 2, row: { id: 'b', xs: [], n: 2 } },
      { time: 3, row: { id: 'c', xs: null, n: 3 } },
    ],
    expected: [
      { row: { id: 'a', xs: [7], n: 1, element: 7, at: 1 } },
      { row: { id: 'b', xs: [], n: 2, element: null, at: null } },
      { row: { id: 'c', xs: null, n: 3, element: null, at: null } },
    ],
  });
});

test('elements that are rows give their fields; changes go along', () => {
  const result = verifyOperator({
    ...base,
    config: { array: 'items', position: 'line' },
    inputs: { in: updating(ITEMS, true, ['id']) },
    steps: [
      {
        time: 1,
        row: {
          id: 'o1',
          items: [
            ['x', 250n],
            ['y', null],
          ],
        },
      },
      { time: 2, row: { id: 'o1', items: [['x', 250n], null] }, change: '-U' },
    ],
    expected: [
      { row: { id: 'o1', sku: 'x', price: 250n, line: 1 } },
      { row: { id: 'o1', sku: 'y', price: null, line: 2 } },
      { row: { id: 'o1', sku: 'x', price: 250n, line: 1 }, change: '-U' },
      { row: { id: 'o1', sku: null, price: null, line: 2 }, change: '-U' },
    ],
  });
  assert.equal(result.rows.length, 4);
});

test('a long array goes out in parts and whole', () => {
  const xs = Array.from({ length: 5000 }, (_, i) => i);
  const { rows } = drive({ ...base, config: { array: 'xs' }, inputs: FIELDS }, [
    { time: 1, row: { id: 'a', xs, n: 0 } },
  ]);
  assert.deepEqual(
    rows.map((r) => r.row['xs']),
    xs,
  );
});

test('property: as a plain loop says', () => {
  const array = fc.option(fc.array(fc.option(fc.integer(), { nil: null }), { maxLength: 4 }), { nil: null });
  const records = fc.array(
    fc.record({ xs: array, id: fc.option(fc.string({ maxLength: 3 }), { nil: null }) }),
    {
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(records, fc.constantFrom('drop', 'keep'), (given, empty) => {
      const expected = given.flatMap(({ id, xs }, i): ExpectedRow[] => {
        const elements: readonly Value[] = xs ?? [];
        const made = elements.map((x, at) => ({ row: { id, n: i, x, at: at + 1 }, time: i }));
        return made.length > 0 || empty === 'drop'
          ? made
          : [{ row: { id, n: i, x: null, at: null }, time: i }];
      });
      verifyOperator({
        ...base,
        config: { array: 'xs', as: 'x', position: 'at', empty },
        inputs: FIELDS,
        steps: given.map(({ id, xs }, i) => ({ time: i, row: { id, xs, n: i } })),
        expected,
      });
    }),
    { numRuns: 40 },
  );
});

test('wrong settings are told at their place, keys are right', () => {
  const check = (config: Record<string, unknown>, fields: readonly Field[] = FIELDS) => {
    const problems: Problem[] = [];
    const out = flattenSpec.schemas({
      config: flattenSpec.config.parse(config),
      inputs: { in: [updating(fields, true, ['id'])] },
      report: (p) => problems.push(p),
    })['out'];
    return { out, problems: problems.map((p) => `${p.code} ${p.path.join('.')}`) };
  };
  assert.deepEqual(check({ array: 'id' }).problems, ['T-TYPE array']);
  assert.deepEqual(check({ array: 'ys' }).problems, ['T-FIELD array']);
  assert.deepEqual(check({ array: 'xs', as: 'n' }).problems, ['S-VALUE as']);
  assert.deepEqual(check({ array: 'xs', position: 'id' }).problems, ['S-VALUE position']);
  assert.deepEqual(check({ array: 'items' }, [...ITEMS, field('sku', STRING)]).problems, ['S-VALUE as']);
  assert.deepEqual(
    check({ array: 'items', as: 'item' }, [...ITEMS, field('sku', BIGINT)]).out?.fields.map((f) => f.name),
    ['id', 'sku', 'item_sku', 'item_price'],
  );
  assert.deepEqual(check({ array: 'xs', position: 'at' }).out?.key, ['id', 'at']);
  assert.equal(check({ array: 'xs' }).out?.key, undefined);
  assert.equal(flattenSpec.config.safeParse({}).success, false);
});
