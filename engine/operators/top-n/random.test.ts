/** Any changes, ranges and functions: what the changelog builds up is the ranking of what is there, after every step. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChangeName } from '../../batch/changes.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, field, INT, STRING, updating } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type Driven, drive } from '../../testing/drive.ts';
import type { DriveStep } from '../../testing/steps.ts';
import { topNRuntime } from './operator.ts';
import { topNSpec } from './spec.ts';

const FIELDS = [field('k', STRING), field('id', INT), field('v', INT)];

interface Made {
  readonly k: string | null;
  readonly id: number;
  readonly v: number | null;
}

const CONFIG = fc.record({
  n: fc.integer({ min: 1, max: 4 }),
  back: fc.integer({ min: 0, max: 3 }),
  function: fc.constantFrom('row-number', 'rank', 'dense-rank'),
  ranked: fc.boolean(),
  descending: fc.boolean(),
  keyed: fc.boolean(),
});
type Config = typeof CONFIG extends fc.Arbitrary<infer T> ? T : never;

const ROW = fc.record({
  k: fc.constantFrom('a', 'b', null),
  v: fc.option(fc.integer({ min: 0, max: 5 })),
  /** Which of the rows that are there is taken back instead; null: the row is added. */
  takes: fc.option(fc.nat(20)),
});

/** Ranks written out: the rows of each key in order, and those with a rank in the range. */
function ranking(rows: readonly Made[], config: Config): string[] {
  const value = (r: Made): number => (config.descending ? -1 : 1) * (r.v ?? -1);
  return rows.flatMap((row, at) => {
    const own = rows.map((r, n) => ({ r, n })).filter(({ r }) => r.k === row.k);
    const smaller = own.filter(({ r }) => value(r) < value(row));
    const before = own.filter(({ r, n }) => value(r) === value(row) && n < at);
    const rank = {
      'row-number': smaller.length + before.length + 1,
      rank: smaller.length + 1,
      'dense-rank': new Set(smaller.map(({ r }) => r.v)).size + 1,
    }[config.function as 'rank'];
    const inRange = rank <= config.n && rank >= Math.max(1, config.n - config.back);
    return inRange ? [`${row.k} ${row.id} ${row.v}${config.ranked ? ` ${rank}` : ''}`] : [];
  });
}

/** Takes the changes of one step in: what is taken away must be there. */
function apply(table: Map<string, number>, changes: readonly Driven[]): void {
  for (const { change, row } of changes) {
    const text = Object.values(row).map(String).join(' ');
    const count = (table.get(text) ?? 0) + (change === '+I' || change === '+U' ? 1 : -1);
    assert.ok(count >= 0, `${change} of ${text}, which is not there`);
    if (count === 0) table.delete(text);
    else table.set(text, count);
  }
}

function check(
  config: Config,
  made: readonly { k: string | null; v: number | null; takes: number | null }[],
): void {
  const steps: DriveStep[] = [];
  const tables: string[][] = [];
  let rows: Made[] = [];
  made.forEach(({ k, v, takes }, at) => {
    let change: ChangeName = '+I';
    let row: Made = { k, id: at, v };
    if (takes !== null && rows.length > 0) {
      row = rows[takes % rows.length] as Made;
      rows = rows.filter((r) => r !== row);
      change = takes % 2 === 0 ? '-D' : '-U';
    } else rows = [...rows, row];
    steps.push({ time: Number.NaN, row: { ...row }, change });
    tables.push(ranking(rows, config));
  });
  const takesBack = made.some((m) => m.takes !== null);
  const input = takesBack
    ? updating(FIELDS, false, config.keyed ? ['id'] : undefined)
    : appendOnly(FIELDS, false);
  const driven = {
    spec: topNSpec as NodeSpec,
    runtime: topNRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
    config: {
      n: config.n,
      from: Math.max(1, config.n - config.back),
      function: config.function,
      keys: ['k'],
      orderBy: [{ field: 'v', direction: config.descending ? 'desc' : 'asc' }],
      ...(config.ranked ? { as: 'rank' } : {}),
    },
    inputs: { in: input },
  };
  const result = drive(driven, steps, { batchRows: 1, restored: made.length % 2 === 0 });
  const table = new Map<string, number>();
  tables.forEach((wanted, step) => {
    apply(
      table,
      result.rows.filter((r) => r.step === step),
    );
    const there = [...table].flatMap(([text, count]) => new Array<string>(count).fill(text));
    assert.deepEqual(there.sort(), wanted.sort(), `after step ${step}`);
  });
  const text = (r: Driven): string => `${r.change} ${Object.values(r.row).join(' ')}`;
  const whole = drive(driven, steps, { batchRows: 1024 }).rows.map(text);
  assert.deepEqual(whole, result.rows.map(text), 'in one batch');
}

test('a ranking of what is only added', () => {
  const added = ROW.map((r) => ({ ...r, takes: null }));
  fc.assert(fc.property(CONFIG, fc.array(added, { maxLength: 30 }), check), { numRuns: 300 });
});

test('a ranking of what is added and taken back', () => {
  fc.assert(fc.property(CONFIG, fc.array(ROW, { maxLength: 30 }), check), { numRuns: 300 });
});
