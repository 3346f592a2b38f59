import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChangeName } from '../../batch/changes.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, BIGINT, type EdgeSchema, field, INT, STRING, updating } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type Driven, type DriveStep, drive } from '../../testing/drive.ts';
import { verifyOperator, waysToRun } from '../../testing/verify.ts';
import { joinRuntime } from './operator.ts';
import { joinSpec } from './spec.ts';

type Config = Readonly<Record<string, unknown>>;
const OPERATOR = {
  spec: joinSpec as unknown as NodeSpec,
  runtime: joinRuntime as StatefulRuntime<Config>,
};
const ON = [{ left: 'k', right: 'k' }];
const FIELDS = [field('k', STRING), field('v', INT)];
const TABLES: Record<string, EdgeSchema> = {
  left: updating(FIELDS, true, ['k']),
  right: updating(FIELDS, true, ['k']),
};
const STREAMS: Record<string, EdgeSchema> = {
  left: appendOnly(FIELDS, true),
  right: appendOnly(FIELDS, true),
};

let time = 0;
const change = (port: string, as: ChangeName, k: string | null, v: number | null): DriveStep => ({
  port,
  time: time++,
  change: as,
  row: { k, v },
});
const text = ({ change: as, row }: Pick<Driven, 'change' | 'row'>): string =>
  `${as} ${row['k']} ${row['v']} ${row['right_k']} ${row['right_v']}`;

/** The rows, after every other way of running it gave the same. */
function joined(config: Config, inputs: Record<string, EdgeSchema>, steps: readonly DriveStep[]): string[] {
  const full = { on: ON, ...config };
  const { rows } = drive({ ...OPERATOR, config: full, inputs }, steps);
  verifyOperator({
    ...OPERATOR,
    config: full,
    inputs,
    steps,
    expected: rows.map(({ row, change: as, time: at }) => ({ row, change: as, time: at })),
    order: 'exact',
  });
  return rows.map(text);
}

test('inner: an update of one side updates the pairs; append-only inputs give append-only output', () => {
  assert.deepEqual(
    joined({}, { ...TABLES }, [
      change('left', '+I', 'a', 1),
      change('right', '+I', 'a', 10),
      change('right', '-U', 'a', 10),
      change('right', '+U', 'a', 11),
      change('left', '-D', 'a', 1),
      change('right', '-U', 'a', 11),
    ]),
    ['+I a 1 a 10', '-U a 1 a 10', '+U a 1 a 11', '-D a 1 a 11'],
  );
  assert.deepEqual(
    joined({}, STREAMS, [
      change('left', '+I', 'a', 1),
      change('left', '+I', 'a', 2),
      change('left', '+I', null, 3),
      change('right', '+I', 'a', 10),
      change('right', '+I', null, 11),
      change('left', '+I', 'a', 4),
    ]),
    ['+I a 1 a 10', '+I a 2 a 10', '+I a 4 a 10'],
  );
});

test('left: the padded row is deleted by the first partner and comes back after the last (StreamingJoinOperator)', () => {
  assert.deepEqual(
    joined({ join: 'left' }, { left: STREAMS['left'] as EdgeSchema, right: TABLES['right'] as EdgeSchema }, [
      change('left', '+I', 'a', 1),
      change('right', '+I', 'a', 10),
      change('right', '-U', 'a', 10),
      change('right', '+U', 'a', 11),
      change('left', '+I', 'a', 2),
      change('right', '-D', 'a', 11),
    ]),
    [
      '+I a 1 null null',
      '-D a 1 null null',
      '+I a 1 a 10',
      '-U a 1 a 10',
      '+I a 1 null null',
      '-D a 1 null null',
      '+I a 1 a 11',
      '+I a 2 a 11',
      '-D a 1 a 11',
      '-D a 2 a 11',
      '+I a 1 null null',
      '+I a 2 null null',
    ],
  );
});

test('full: both sides are padded', () => {
  assert.deepEqual(
    joined({ join: 'full' }, TABLES, [
      change('right', '+I', 'a', 10),
      change('left', '+I', 'a', 1),
      change('left', '+I', null, 2),
      change('left', '-D', null, 2),
      change('left', '-D', 'a', 1),
    ]),
    [
      '+I null null a 10',
      '-D null null a 10',
      '+I a 1 a 10',
      '+I null 2 null null',
      '-D null 2 null null',
      '-D a 1 a 10',
      '+I null null a 10',
    ],
  );
});

test('semi and anti give left rows, once (StreamingSemiAntiJoinOperator)', () => {
  const steps = [
    change('left', '+I', 'a', 1),
    change('right', '+I', 'a', 10),
    change('right', '+I', 'a', 11),
    change('left', '+I', 'a', 2),
    change('left', '+I', null, 3),
    change('right', '-D', 'a', 10),
    change('right', '-D', 'a', 11),
  ];
  const inputs = { left: STREAMS['left'] as EdgeSchema, right: updating(FIELDS, true) };
  const short = (rows: readonly string[]): string[] =>
    rows.map((row) => row.replace(' undefined undefined', ''));
  assert.deepEqual(short(joined({ join: 'semi' }, inputs, steps)), ['+I a 1', '+I a 2', '-D a 1', '-D a 2']);
  assert.deepEqual(short(joined({ join: 'anti' }, inputs, steps)), [
    '+I a 1',
    '-D a 1',
    '+I null 3',
    '+I a 1',
    '+I a 2',
  ]);
});

test('rows that were not written for the set time meet nothing more, and nothing is taken back', () => {
  const steps = (gap: number): DriveStep[] => [
    change('left', '+I', 'a', 1),
    { clock: gap },
    change('right', '+I', 'a', 10),
  ];
  assert.deepEqual(joined({ leftTtl: '1 s' }, STREAMS, steps(999)), ['+I a 1 a 10']);
  assert.deepEqual(joined({ leftTtl: '1 s' }, STREAMS, steps(1000)), []);
  assert.deepEqual(joined({ rightTtl: '1 s' }, STREAMS, steps(1000)), ['+I a 1 a 10']);
  // Counting partners is a write: the left row is renewed at 900, and there at 1800.
  const renewed = [
    change('left', '+I', 'a', 1),
    { clock: 900 },
    change('right', '+I', 'a', 10),
    { clock: 1800 },
    change('right', '+I', 'a', 11),
  ];
  assert.deepEqual(joined({ join: 'left', leftTtl: '1 s' }, STREAMS, renewed), [
    '+I a 1 null null',
    '-D a 1 null null',
    '+I a 1 a 10',
    '+I a 1 a 11',
  ]);
  const { tasks } = drive({ ...OPERATOR, config: { on: ON, leftTtl: '1 s' }, inputs: STREAMS }, [
    change('left', '+I', 'a', 1),
    { clock: 1000 },
  ]);
  assert.equal(tasks[0]?.operator.stateRows, 0);
});

test('what the result is: changelog, key and event time', () => {
  const out = (config: Config, left: EdgeSchema, right: EdgeSchema): string => {
    const schema = joinSpec.schemas({
      config: joinSpec.config.parse({ on: ON, ...config }),
      inputs: { left: [left], right: [right] },
      report: (p) => assert.fail(p.message),
    })['out'];
    return `${schema?.changelog} ${schema?.key?.join(',') ?? '-'} ${schema?.eventTime}`;
  };
  const stream = appendOnly(FIELDS, true);
  const table = updating(FIELDS, true, ['k']);
  const byValue = updating(FIELDS, false, ['v']);
  assert.equal(out({}, stream, stream), 'append - true');
  assert.equal(out({ join: 'semi' }, stream, stream), 'append - true');
  assert.equal(out({ join: 'left' }, stream, stream), 'updating - true');
  assert.equal(out({ join: 'anti' }, stream, stream), 'updating - true');
  // At most one right row each.
  assert.equal(out({}, byValue, table), 'updating v false');
  assert.equal(out({ join: 'left' }, byValue, table), 'updating v false');
  assert.equal(out({ join: 'right' }, byValue, table), 'updating v,right_k false');
  assert.equal(out({}, byValue, byValue), 'updating v,right_v false');
  assert.equal(out({ select: [{ from: 'left.k' }] }, byValue, byValue), 'updating - false');
  assert.equal(out({ join: 'semi' }, table, byValue), 'updating k true');
});

interface Cell {
  readonly k: string | null;
  readonly v: number | null;
}
interface RandomChange {
  readonly port: 'left' | 'right';
  readonly op: 'insert' | 'delete' | 'update';
  readonly pick: number;
  readonly cell: Cell;
}
const randomChanges = fc.array(
  fc.record<RandomChange>({
    port: fc.constantFrom('left', 'right'),
    op: fc.constantFrom('insert', 'insert', 'delete', 'update'),
    pick: fc.nat(50),
    cell: fc.record({ k: fc.constantFrom('a', 'b', null), v: fc.constantFrom(0, 1, 2, null) }),
  }),
  { maxLength: 30 },
);

/** Changes that hold together: only rows that are there are deleted or updated. */
function toChanges(random: readonly RandomChange[]): {
  steps: DriveStep[];
  tables: { left: Cell[]; right: Cell[] };
} {
  const tables = { left: [] as Cell[], right: [] as Cell[] };
  const steps: DriveStep[] = [];
  for (const { port, op, pick, cell } of random) {
    const table = tables[port];
    const push = (as: ChangeName, { k, v }: Cell): void => {
      steps.push({ port, time: steps.length, change: as, row: { k, v } });
    };
    if (op === 'insert' || table.length === 0) {
      table.push(cell);
      push('+I', cell);
      continue;
    }
    const [gone] = table.splice(pick % table.length, 1) as [Cell];
    push(op === 'delete' ? '-D' : '-U', gone);
    if (op === 'delete') continue;
    table.push(cell);
    push('+U', cell);
  }
  return { steps, tables };
}

interface Rule {
  readonly join: string;
  readonly conditional: boolean;
  readonly nullKeys: string;
}

function naive(
  left: readonly Cell[],
  right: readonly Cell[],
  { join, conditional, nullKeys }: Rule,
): string[] {
  const meet = (l: Cell, r: Cell): boolean =>
    l.k === r.k &&
    (l.k !== null || nullKeys === 'equal') &&
    (!conditional || (l.v !== null && r.v !== null && l.v <= r.v));
  const show = (l: Cell | null, r: Cell | null): string => `${l?.k} ${l?.v} ${r?.k} ${r?.v}`;
  const out: string[] = [];
  for (const l of left) {
    const partners = right.filter((r) => meet(l, r));
    if (join === 'semi' || join === 'anti') {
      if (partners.length > 0 === (join === 'semi')) out.push(show(l, null));
      continue;
    }
    out.push(...partners.map((r) => show(l, r)));
    if (partners.length === 0 && (join === 'left' || join === 'full')) out.push(show(l, null));
  }
  if (join === 'right' || join === 'full')
    for (const r of right) if (!left.some((l) => meet(l, r))) out.push(show(null, r));
  return out.map((row) => row.replaceAll('undefined', 'null')).sort();
}

/** The table that changes describe. Fails where a row is taken back that is not there. */
function fold(rows: readonly Driven[]): string[] {
  const bag = new Map<string, number>();
  for (const { row, change: as } of rows) {
    const at = `${row['k']} ${row['v']} ${row['right_k'] ?? null} ${row['right_v'] ?? null}`;
    const count = (bag.get(at) ?? 0) + (as === '+I' || as === '+U' ? 1 : -1);
    assert.ok(count >= 0, `${at} is taken back before it was given`);
    bag.set(at, count);
  }
  return [...bag].flatMap(([row, count]) => Array<string>(count).fill(row)).sort();
}

test('the changes add up to the naive join of the tables, over random changes, at every way of running it', () => {
  fc.assert(
    fc.property(
      randomChanges,
      fc.constantFrom('inner', 'left', 'right', 'full', 'semi', 'anti'),
      fc.boolean(),
      fc.constantFrom('never', 'equal'),
      (random, join, conditional, nullKeys) => {
        const { steps, tables } = toChanges(random);
        const config = {
          on: ON,
          join,
          nullKeys,
          ...(conditional ? { condition: 'left.v <= right.v' } : {}),
        };
        const inputs = {
          left: updating(FIELDS, true),
          right: updating([field('k', STRING), field('v', BIGINT)], true),
        };
        const expected = naive(tables.left, tables.right, { join, conditional, nullKeys });
        let first: string[] | null = null;
        for (const way of waysToRun()) {
          const { rows } = drive({ ...OPERATOR, config, inputs }, steps, way);
          assert.deepEqual(fold(rows), expected, way.name);
          if (way.parallelism > 1) continue;
          first ??= rows.map(text);
          assert.deepEqual(rows.map(text), first, way.name);
        }
      },
    ),
    { numRuns: 60 },
  );
});
