/** Every function against SQL written down, in any order of adding, taking back, merging, and starting again from a copy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ColumnBuilder } from '../batch/builder.ts';
import { valueAt } from '../batch/column.ts';
import type { DataType } from '../contract/types.ts';
import type { Value } from '../contract/values.ts';
import { createAccumulator } from './create.ts';
import { AGGREGATE_FUNCTIONS, type AggregateFunction, type AggregateSetting } from './spec.ts';
import { columnOf, plan, TYPES } from './testing.ts';

/** What the function says of values in the order in which they came: written down as SQL has it. */
function reference(setting: AggregateSetting, type: DataType, all: readonly Value[]): Value {
  const present = all.filter((v) => v !== null);
  const keys = new Set<string>();
  const once = present.filter((v) => {
    const key = String(v);
    return !keys.has(key) && keys.add(key);
  });
  const values = setting.distinct === true ? once : present;
  const numbers = values.map((v) => (type.kind === 'DECIMAL' ? Number(v) / 100 : Number(v)));
  const n = values.length;
  const mean = numbers.reduce((a, b) => a + b, 0) / n;
  const squares = numbers.reduce((a, b) => a + (b - mean) ** 2, 0);
  const sorted = [...values].sort((a, b) => ((a as number) < (b as number) ? -1 : 1));
  const whole = (v: bigint): Value =>
    type.kind === 'DECIMAL'
      ? v
      : type.kind === 'INT'
        ? Number(BigInt.asIntN(32, v))
        : safe(BigInt.asIntN(64, v));
  const total = (): bigint => values.reduce<bigint>((sum, v) => sum + BigInt(v as number), 0n);
  const safe = (v: bigint): Value =>
    BigInt(Number(v)) === v && Number.isSafeInteger(Number(v)) ? Number(v) : v;
  switch (setting.function) {
    case 'count':
      return setting.of === undefined ? all.length : n;
    case 'count-distinct':
    case 'approx-count-distinct':
      return once.length;
    case 'sum':
      return n === 0 ? null : type.kind === 'DOUBLE' ? mean * n : whole(total());
    case 'avg':
      if (n === 0) return null;
      if (type.kind === 'DOUBLE') return mean;
      if (type.kind === 'DECIMAL') {
        const scaled = total() * 10_000n * 2n + (total() < 0n ? -BigInt(n) : BigInt(n));
        return scaled / (2n * BigInt(n));
      }
      return safe(BigInt.asIntN(64, total()) / BigInt(n));
    case 'min':
      return sorted[0] ?? null;
    case 'max':
      return sorted.at(-1) ?? null;
    case 'first':
      return values[0] ?? null;
    case 'last':
      return values.at(-1) ?? null;
    case 'variance-pop':
      return n === 0 ? null : squares / n;
    case 'variance-samp':
      return n < 2 ? null : squares / (n - 1);
    case 'stddev-pop':
      return n === 0 ? null : Math.sqrt(squares / n);
    case 'stddev-samp':
      return n < 2 ? null : Math.sqrt(squares / (n - 1));
    case 'collect':
      return values;
    case 'listagg':
      return n === 0 ? null : values.join(setting.separator ?? ',');
    case 'approx-percentile':
      return n === 0 ? null : ([...numbers].sort((a, b) => a - b)[Math.floor(0.5 * (n - 1))] as number);
  }
}

const VALUES: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  i: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer()),
  b: fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom<Value>(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, Number.MAX_SAFE_INTEGER),
  ),
  // Quarters, so that sums are exact whatever their order.
  d: fc.integer({ min: -40, max: 40 }).map((n) => n / 4),
  m: fc.bigInt({ min: -500n, max: 500n }),
  s: fc.constantFrom('', 'a', 'b', 'ab', 'ä'),
};

type Act =
  | { readonly kind: 'add'; readonly slot: number; readonly values: readonly Value[] }
  | { readonly kind: 'retract'; readonly slot: number; readonly at: number }
  | { readonly kind: 'merge' | 'reset' | 'emit' | 'restore'; readonly slot: number };

const actsOf = (type: string): fc.Arbitrary<Act[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('add' as const),
          slot: fc.integer({ min: 0, max: 2 }),
          values: fc.array(
            fc.oneof(
              { weight: 1, arbitrary: fc.constant(null) },
              { weight: 5, arbitrary: VALUES[type] as fc.Arbitrary<Value> },
            ),
            { maxLength: 6 },
          ),
        }),
      },
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constant('retract' as const),
          slot: fc.integer({ min: 0, max: 2 }),
          at: fc.nat(40),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constantFrom('merge' as const, 'reset' as const, 'emit' as const, 'restore' as const),
          slot: fc.integer({ min: 0, max: 2 }),
        }),
      },
    ),
    { maxLength: 60 },
  );

const NUMERIC = ['i', 'b', 'd', 'm'];

for (const fn of AGGREGATE_FUNCTIONS) {
  const types =
    fn === 'listagg'
      ? ['s']
      : [
            'count',
            'count-distinct',
            'approx-count-distinct',
            'min',
            'max',
            'first',
            'last',
            'collect',
          ].includes(fn)
        ? [...NUMERIC, 's']
        : NUMERIC;
  const distincts =
    plan({
      function: fn,
      of: types[0] as string,
      distinct: true,
      ...(fn === 'approx-percentile' ? { percentile: 0.5 } : {}),
    }).planned.length > 0
      ? [false, true]
      : [false];
  for (const of of types) {
    for (const distinct of distincts) {
      for (const retract of fn === 'approx-count-distinct' ? [false] : [false, true]) {
        test(`${fn}(${distinct ? 'distinct ' : ''}${of})${retract ? ' with retraction' : ''}: any order of adding, taking back and merging`, () => {
          fc.assert(
            fc.property(actsOf(of), (acts) => compare(fn, of, distinct, retract, acts)),
            { numRuns: 100 },
          );
        });
      }
    }
  }
}

function compare(
  fn: AggregateFunction,
  of: string,
  distinct: boolean,
  retract: boolean,
  acts: readonly Act[],
): void {
  const type = TYPES[of] as DataType;
  const setting: AggregateSetting = {
    function: fn,
    of,
    as: 'x',
    ...(distinct ? { distinct } : {}),
    ...(fn === 'approx-percentile' ? { percentile: 0.5 } : {}),
  };
  const [aggregate] = plan(setting, { retract: retract ? 'updating' : null }).planned;
  assert.ok(aggregate !== undefined);
  let accumulator = createAccumulator(aggregate);
  accumulator.grow(3);
  for (let slot = 0; slot < 3; slot++) accumulator.reset(slot);
  let clock = 0;
  const again = (): void => {
    // As an operator counts them, NULLs too; an accumulator may leave out what is equal.
    const rows = Float64Array.from(model, (entries) => entries.length);
    const data = structuredClone(accumulator.snapshot(rows));
    accumulator = createAccumulator(aggregate);
    accumulator.grow(3);
    accumulator.restore(data, rows);
  };
  const model: { value: Value; order: number }[][] = [[], [], []];
  const check = (slot: number): void => {
    const builder = new ColumnBuilder(aggregate.field.type);
    accumulator.emit(slot, builder);
    const actual = valueAt(builder.take(), aggregate.field.type, 0);
    const expected = reference(
      setting,
      type,
      (model[slot] ?? []).map((e) => e.value),
    );
    if (
      typeof actual === 'number' &&
      typeof expected === 'number' &&
      aggregate.field.type.kind === 'DOUBLE'
    ) {
      const allowed =
        fn === 'approx-percentile'
          ? 0.0101 * Math.abs(expected)
          : 1e-9 * Math.max(1, Math.abs(expected), 1e6);
      // The mean of values near 2^63 loses digits: nothing is said of their variance.
      if (of === 'b' && fn !== 'approx-percentile') return;
      if (of === 'i' && fn !== 'approx-percentile')
        assert.ok(
          Math.abs(actual - expected) <= 1e-6 * Math.max(1, Math.abs(expected)) + (retract ? 4096 : 1e-3),
          `${actual}, not ${expected}`,
        );
      else assert.ok(Math.abs(actual - expected) <= allowed, `${actual}, not ${expected}`);
    } else if (distinct && (fn === 'collect' || fn === 'listagg')) {
      // Which of equal values stays decides their order: only what is there is compared.
      const sorted = (v: Value): string =>
        JSON.stringify((Array.isArray(v) ? v.map(String) : String(v).split(',')).sort());
      assert.equal(sorted(actual), sorted(expected));
    } else assert.deepEqual(actual, expected);
  };
  for (const act of acts) {
    const slot = act.slot;
    const own = model[slot] as { value: Value; order: number }[];
    if (act.kind === 'add') {
      const rows = Int32Array.from(act.values, (_, at) => at);
      accumulator.update(
        new Int32Array(rows.length).fill(slot),
        rows,
        rows.length,
        columnOf(type, act.values),
      );
      for (const value of act.values) own.push({ value, order: clock++ });
    } else if (act.kind === 'retract') {
      if (!retract || own.length === 0) continue;
      const { value } = own[act.at % own.length] as { value: Value };
      // The earliest of equal values goes.
      own.splice(
        own.findIndex((e) => e.value === value),
        1,
      );
      accumulator.retract?.(Int32Array.of(slot), Int32Array.of(0), 1, columnOf(type, [value]));
    } else if (act.kind === 'merge') {
      const into = (slot + 1) % 3;
      accumulator.merge(into, slot);
      accumulator.reset(slot);
      model[into] = [...(model[into] ?? []), ...own].sort((a, b) => a.order - b.order);
      model[slot] = [];
    } else if (act.kind === 'reset') {
      accumulator.reset(slot);
      model[slot] = [];
    } else if (act.kind === 'restore') again();
    else check(slot);
  }
  for (let slot = 0; slot < 3; slot++) check(slot);
  for (let slot = 0; slot < 3; slot++) accumulator.reset(slot);
  // What a wide BIGINT left behind is an array as long as the slots.
  assert.ok(accumulator.heldBytes <= 3 * 32, `${accumulator.heldBytes} bytes held by nothing`);
}
