import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ColumnBuilder } from '../batch/builder.ts';
import { valueAt } from '../batch/column.ts';
import { BIGINT, BYTES, type DataType, INT } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import { createAccumulator } from './create.ts';
import type { PlanOptions } from './plan.ts';
import { Slots } from './slots.ts';
import { AGGREGATE_FUNCTIONS, type AggregateFunction, type AggregateSetting } from './spec.ts';
import { columnOf, plan, TYPES } from './testing.ts';

/** The result over some values of one slot. */
function over(
  setting: Partial<AggregateSetting> & { function: AggregateFunction },
  values: readonly Value[],
): Value {
  const [aggregate] = plan(setting).planned;
  assert.ok(aggregate !== undefined);
  const accumulator = createAccumulator(aggregate);
  accumulator.grow(1);
  accumulator.reset(0);
  const type = TYPES[setting.of ?? 'i'] as DataType;
  const rows = Int32Array.from(values, (_, at) => at);
  accumulator.update(new Int32Array(values.length), rows, values.length, columnOf(type, values));
  const builder = new ColumnBuilder(aggregate.field.type);
  accumulator.emit(0, builder);
  return valueAt(builder.take(), aggregate.field.type, 0);
}

test('SUM of INT wraps at 32 bits, of BIGINT at 64, and is exact on the way', () => {
  assert.equal(over({ function: 'sum', of: 'i' }, [2_147_483_647, 1]), -2_147_483_648);
  assert.equal(
    over({ function: 'sum', of: 'b' }, [Number.MAX_SAFE_INTEGER, 2, null]),
    9_007_199_254_740_993n,
  );
  assert.equal(over({ function: 'sum', of: 'b' }, [2n ** 63n - 1n, 1]), -(2n ** 63n));
  assert.equal(over({ function: 'sum', of: 'b' }, [2n ** 60n, 5, -(2n ** 60n)]), 5);
});

test('AVG of whole numbers is cut off towards zero, of DECIMAL rounded half up at 6 digits', () => {
  assert.equal(over({ function: 'avg', of: 'i' }, [1, 2]), 1);
  assert.equal(over({ function: 'avg', of: 'i' }, [-1, -2]), -1);
  assert.ok(Object.is(over({ function: 'avg', of: 'i' }, [-1, 0]), 0));
  assert.equal(over({ function: 'avg', of: 'b' }, [2n ** 60n, 2n ** 60n + 1n]), 2n ** 60n);
  assert.equal(over({ function: 'avg', of: 'd' }, [1, 2]), 1.5);
  // 0.01 / 3 = 0.003333, 0.05 / 3 = 0.016667.
  assert.equal(over({ function: 'avg', of: 'm' }, [1n, 0n, 0n]), 3333n);
  assert.equal(over({ function: 'avg', of: 'm' }, [-5n, 0n, 0n]), -16667n);
});

test('a DECIMAL sum of more than 38 digits is NULL', () => {
  assert.equal(over({ function: 'sum', of: 'm' }, [10n ** 38n - 1n]), 10n ** 38n - 1n);
  assert.equal(over({ function: 'sum', of: 'm' }, [10n ** 38n - 1n, 1n]), null);
});

test('over NULLs alone, and over nothing', () => {
  for (const fn of AGGREGATE_FUNCTIONS) {
    const setting = fn === 'approx-percentile' ? { percentile: 0.5 } : {};
    const of = fn === 'listagg' ? 's' : 'd';
    const expected = fn === 'collect' ? [] : fn.includes('count') ? 0 : null;
    assert.deepEqual(over({ function: fn, of, ...setting }, [null, null]), expected, fn);
    assert.deepEqual(over({ function: fn, of, ...setting }, []), expected, fn);
  }
  assert.equal(over({ function: 'stddev-samp', of: 'd' }, [4]), null);
  assert.equal(over({ function: 'stddev-pop', of: 'd' }, [4]), 0);
});

test('MIN and MAX pass NaN over, unless there is nothing else', () => {
  assert.equal(over({ function: 'max', of: 'd' }, [Number.NaN, 1, Number.NaN]), 1);
  assert.equal(over({ function: 'min', of: 'd' }, [1, Number.NaN]), 1);
  assert.ok(Number.isNaN(over({ function: 'min', of: 'd' }, [Number.NaN])));
});

test('a variance loses no digits where the mean is large', () => {
  const values = [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16];
  assert.equal(over({ function: 'variance-samp', of: 'd' }, values), 30);
  assert.equal(over({ function: 'variance-pop', of: 'b' }, values), 22.5);
  assert.equal(over({ function: 'stddev-pop', of: 'm' }, [200n, 400n]), 1);
});

test('types are those of Flink', () => {
  const typeOf = (fn: AggregateFunction, of: string): string => {
    const type = plan({ function: fn, of }).planned[0]?.field.type;
    return type?.kind === 'DECIMAL' ? `DECIMAL(${type.precision}, ${type.scale})` : (type?.kind ?? 'none');
  };
  assert.deepEqual(
    [
      typeOf('sum', 'i'),
      typeOf('sum', 'm'),
      typeOf('avg', 'm'),
      typeOf('avg', 'b'),
      typeOf('stddev-pop', 'i'),
    ],
    ['INT', 'DECIMAL(38, 2)', 'DECIMAL(38, 6)', 'BIGINT', 'DOUBLE'],
  );
});

test('what does not go together is refused with its path', () => {
  const refused = (
    setting: Partial<AggregateSetting> & { function: AggregateFunction },
    options: PlanOptions = {},
  ): string[] => {
    const { planned, problems } = plan(setting, options);
    assert.deepEqual(planned, []);
    for (const p of problems) assert.ok(p.expected !== undefined && p.next !== undefined);
    return problems.map((p) => `${p.code} ${p.path.join('.')}`);
  };
  assert.deepEqual(refused({ function: 'sum' }), ['S-VALUE aggregates.0.of']);
  assert.deepEqual(refused({ function: 'sum', of: 's' }), ['T-TYPE aggregates.0.of']);
  assert.deepEqual(refused({ function: 'listagg', of: 'i' }), ['T-TYPE aggregates.0.of']);
  assert.deepEqual(refused({ function: 'sum', of: 'nothere' }), ['T-FIELD aggregates.0.of']);
  assert.deepEqual(refused({ function: 'first', of: 'i', distinct: true }), [
    'S-VALUE aggregates.0.distinct',
  ]);
  assert.deepEqual(refused({ function: 'count', distinct: true }), ['S-VALUE aggregates.0.distinct']);
  assert.deepEqual(refused({ function: 'sum', of: 'i', separator: '-' }), ['S-VALUE aggregates.0.separator']);
  assert.deepEqual(refused({ function: 'approx-percentile', of: 'i' }), ['S-VALUE aggregates.0.percentile']);
  assert.deepEqual(refused({ function: 'sum', of: 'i', percentile: 0.5 }), [
    'S-VALUE aggregates.0.percentile',
  ]);
  assert.deepEqual(refused({ function: 'sum', of: 'i', filter: 'i' }), ['T-TYPE aggregates.0.filter']);
  assert.deepEqual(refused({ function: 'approx-count-distinct', of: 'i' }, { retract: 'updating' }), [
    'S-VALUE aggregates.0.function',
  ]);
});

test('HyperLogLog is within 5 % at every size, three standard errors, and exact for few', () => {
  const text = (n: number): string => `user-${n}`;
  for (const size of [0, 1, 256, 257, 1000, 10_000, 100_000]) {
    const strings = Array.from({ length: size }, (_, n) => text(n));
    const numbers = Array.from({ length: size }, (_, n) => n);
    for (const [of, values] of [
      ['s', strings],
      ['i', numbers],
    ] as const) {
      const estimate = over({ function: 'approx-count-distinct', of }, [...values, ...values]) as number;
      const error = Math.abs(estimate - size) / Math.max(1, size);
      assert.ok(size <= 256 ? error === 0 : error < 0.05, `${size} of ${of}: ${estimate}`);
    }
  }
});

test('a percentile is within 1 % of the value at its rank', () => {
  const values = Array.from({ length: 999 }, (_, n) => (n - 300) * 7);
  for (const percentile of [0, 0.01, 0.3, 0.5, 0.95, 1]) {
    const exact = values[Math.floor(percentile * 998)] as number;
    const found = over({ function: 'approx-percentile', of: 'i', percentile }, values) as number;
    assert.ok(Math.abs(found - exact) <= Math.abs(exact) * 0.0101, `${percentile}: ${found}, not ${exact}`);
  }
  assert.equal(over({ function: 'approx-percentile', of: 'd', percentile: 1 }, [1, Infinity]), Infinity);
});

test('a retraction that comes before its value cancels it', () => {
  for (const fn of ['count-distinct', 'sum', 'max', 'first', 'collect'] as const) {
    const [aggregate] = plan({ function: fn, of: 'i' }, { retract: 'updating' }).planned;
    assert.ok(aggregate !== undefined);
    const accumulator = createAccumulator(aggregate);
    accumulator.grow(1);
    accumulator.reset(0);
    const column = columnOf(INT, [7, 3]);
    const zero = Int32Array.of(0);
    accumulator.retract?.(zero, zero, 1, column);
    accumulator.update(Int32Array.of(0, 0), Int32Array.of(0, 1), 2, column);
    const builder = new ColumnBuilder(aggregate.field.type);
    accumulator.emit(0, builder);
    const expected = fn === 'count-distinct' ? 1 : fn === 'collect' ? [3] : 3;
    assert.deepEqual(valueAt(builder.take(), aggregate.field.type, 0), expected, fn);
  }
});

test('values that are arrays of bytes are told apart by what is in them', () => {
  const [aggregate] = plan({ function: 'count-distinct', of: 'y' }).planned;
  assert.ok(aggregate !== undefined);
  const accumulator = createAccumulator(aggregate);
  accumulator.grow(1);
  accumulator.reset(0);
  const column = columnOf(BYTES, [Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(2)]);
  accumulator.update(new Int32Array(3), Int32Array.of(0, 1, 2), 3, column);
  const builder = new ColumnBuilder(BIGINT);
  accumulator.emit(0, builder);
  assert.equal(valueAt(builder.take(), BIGINT, 0), 2);
});

test('a snapshot leaves out the counts that its operator keeps anyway, and no others', () => {
  const [aggregate] = plan({ function: 'sum', of: 'i' }).planned;
  assert.ok(aggregate !== undefined);
  const kept = (values: readonly Value[]): unknown => {
    const accumulator = createAccumulator(aggregate);
    accumulator.grow(1);
    accumulator.reset(0);
    const rows = Int32Array.from(values, (_, at) => at);
    accumulator.update(new Int32Array(values.length), rows, values.length, columnOf(INT, values));
    return (accumulator.snapshot(Float64Array.of(values.length)) as readonly unknown[])[1];
  };
  assert.equal(kept([7, 3]), null);
  assert.deepEqual(kept([7, null]), Float64Array.of(1));
});

test('many slots come back with all that they had, and go on', () => {
  for (const retract of [null, 'updating'] as const)
    for (const fn of ['count-distinct', 'count', 'sum', 'max', 'last', 'collect'] as const) {
      const [aggregate] = plan({ function: fn, of: 'i' }, { retract }).planned;
      assert.ok(aggregate !== undefined);
      const slots = new Slots([createAccumulator(aggregate)]);
      const column = columnOf(INT, [7, 8]);
      const take = (to: Slots, row: number): void => {
        for (let slot = 0; slot < 200; slot++)
          to.accumulators[0]?.update(Int32Array.of(slot), Int32Array.of(row), 1, column);
      };
      for (let key = 0; key < 200; key++) slots.take(key);
      take(slots, 0);
      const restored = new Slots([createAccumulator(aggregate)]);
      restored.restore(structuredClone(slots.snapshot()));
      const valuesOf = (of: Slots): Value[] => {
        const builder = new ColumnBuilder(aggregate.field.type);
        for (let slot = 0; slot < 200; slot++) of.accumulators[0]?.emit(slot, builder);
        const values = builder.take();
        return Array.from({ length: 200 }, (_, i) => valueAt(values, aggregate.field.type, i));
      };
      assert.deepEqual(valuesOf(restored), valuesOf(slots), fn);
      take(slots, 1);
      take(restored, 1);
      assert.deepEqual(valuesOf(restored), valuesOf(slots), fn);
    }
});
