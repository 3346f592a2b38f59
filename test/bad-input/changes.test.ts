/**
 * Changelogs that are not whole: rows are taken back that never came, or twice, or without what comes in their place. What an
 * operator gives must still be a changelog: nothing is taken back of it that it had not given.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../engine/contract/spec.ts';
import { field, INT, STRING, updating } from '../../engine/contract/types.ts';
import type { StatefulRuntime } from '../../engine/runtime/contracts.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { specOf } from '../../engine/specs.ts';
import { type Driven, drive } from '../../engine/testing/drive.ts';
import type { DriveStep } from '../../engine/testing/steps.ts';

type Config = Readonly<Record<string, unknown>>;
const EDGE = updating([field('k', STRING), field('v', INT)], false);
const count = { function: 'count', as: 'n' };
const of = (fn: string, more: object = {}) => ({
  function: fn,
  of: 'v',
  as: fn.replaceAll('-', '_'),
  ...more,
});
const RETRACTABLE = [
  'sum',
  'avg',
  'min',
  'max',
  'first',
  'last',
  'collect',
  'count-distinct',
  'stddev-samp',
  'approx-percentile',
];

const operators: readonly (readonly [type: string, config: Config])[] = [
  ['group-aggregate', { keys: ['k'], aggregates: [count, of('sum')] }],
  ['group-aggregate', { aggregates: [count] }],
  [
    'group-aggregate',
    {
      keys: ['k'],
      aggregates: RETRACTABLE.map((fn) => of(fn, fn === 'approx-percentile' ? { percentile: 0.5 } : {})),
    },
  ],
  [
    'group-aggregate',
    { keys: ['k'], aggregates: [of('sum', { distinct: true }), of('max', { filter: 'v > 1' })] },
  ],
  ['distinct', { fields: ['k'] }],
  ['top-n', { n: 2, keys: ['k'], orderBy: [{ field: 'v' }] }],
  ['top-n', { n: 2, orderBy: [{ field: 'v', direction: 'desc' }], as: 'rank' }],
  ['top-n', { n: 3, from: 2, orderBy: [{ field: 'v' }], function: 'dense-rank', as: 'rank' }],
];

const joins: readonly Config[] = (['inner', 'left', 'right', 'full', 'semi', 'anti'] as const).map(
  (join) => ({
    join,
    on: [{ left: 'k', right: 'k' }],
  }),
);

function driven(
  type: string,
  config: Config,
  steps: readonly DriveStep[],
  ports: readonly string[],
  batchRows = 3,
): readonly Driven[] {
  const runtime = RUNTIMES.operators[type] as StatefulRuntime<Config>;
  const inputs = Object.fromEntries(ports.map((port) => [port, EDGE]));
  const { rows, deadLetters } = drive({ spec: specOf(type) as NodeSpec, runtime, config, inputs }, steps, {
    batchRows,
  });
  assert.deepEqual(deadLetters, []);
  return rows;
}

const CHANGES = ['+I', '-U', '+U', '-D'] as const;
const arbRow = (port?: string) =>
  fc.record({
    row: fc.record({ k: fc.constantFrom('a', 'b', null), v: fc.constantFrom(1, 2, 3, null) }),
    change: fc.constantFrom(...CHANGES),
    ...(port === undefined ? {} : { port: fc.constant(port) }),
  });

/** Applies a changelog to a bag; throws where it takes back what is not there. */
function apply(rows: readonly Driven[]): void {
  const bag = new Map<string, number>();
  for (const { row, change } of rows) {
    const key = JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    const held = (bag.get(key) ?? 0) + (change === '+I' || change === '+U' ? 1 : -1);
    assert.ok(held >= 0, `${change} of ${key}, which was not given`);
    bag.set(key, held);
  }
}

const END: DriveStep = { end: true };
const seed = Math.floor(Math.random() * 2 ** 31);

operators.forEach(([type, config], i) => {
  test(`a broken changelog into ${type} (${i}) gives a whole one, seed ${seed}`, () => {
    fc.assert(
      fc.property(fc.array(arbRow(), { maxLength: 30 }), (rows) => {
        const steps = rows.map((row): DriveStep => ({ time: Number.NaN, ...row }));
        apply(driven(type, config, [...steps, END], ['in']));
      }),
      { numRuns: 300, seed },
    );
  });
});

// A join gives on what it is to take back even where it never had it, as Flink's does: with a time after which rows are forgotten,
// it may well have given that row once.
for (const config of joins) {
  test(`broken changelogs into a join, ${config['join']}: the same in any batches, seed ${seed}`, () => {
    const arb = fc.array(fc.oneof(arbRow('left'), arbRow('right')), { maxLength: 30 });
    fc.assert(
      fc.property(arb, (rows) => {
        const steps = rows.map((row): DriveStep => ({ time: Number.NaN, ...row }));
        const [one, many] = [1, 7].map((batchRows) =>
          driven('join', config, [...steps, END], ['left', 'right'], batchRows).map(({ row, change }) => ({
            row,
            change,
          })),
        );
        assert.deepEqual(one, many);
      }),
      { numRuns: 200, seed },
    );
  });
}

test('what is taken back twice is taken back once', () => {
  const row = { k: 'a', v: 2 };
  const step = (change: (typeof CHANGES)[number]): DriveStep => ({ time: Number.NaN, row, change });
  const steps = [step('-D'), step('+I'), step('-D'), step('-D'), step('+I'), END];
  const config = { keys: ['k'], aggregates: [count, of('sum')] };
  const given = driven('group-aggregate', config, steps, ['in']).map(({ change, row: r }) => [
    change,
    r['n'],
    r['sum'],
  ]);
  assert.deepEqual(given, [
    ['+I', 1, 2],
    ['-D', 1, 2],
    ['+I', 1, 2],
  ]);
});
