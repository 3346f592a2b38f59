/**
 * The harness that every operator goes through, after Hazelcast Jet's TestSupport: one input, one expected output, and many ways
 * to run it. What must not matter is varied: how rows are cut into batches, whether somebody downstream is slow, and how
 * many subtasks share the keys.
 */
import assert from 'node:assert/strict';
import type { ChangeName } from '../batch/changes.ts';
import type { Value } from '../batch/column.ts';
import { type DrivenOperator, type DriveOptions, type DriveResult, drive } from './drive.ts';
import type { DriveStep } from './steps.ts';

export interface ExpectedRow {
  readonly row: Readonly<Record<string, Value>>;
  /** `out` where left out. */
  readonly port?: string;
  /** `+I` where left out. */
  readonly change?: ChangeName;
  /** Event time; not compared where left out. */
  readonly time?: number | null;
}

export interface OperatorCase extends DrivenOperator {
  readonly steps: readonly DriveStep[];
  readonly expected: readonly ExpectedRow[];
  /** `exact`: in this order (at parallelism 1). `bag`: in any order. */
  readonly order?: 'exact' | 'bag';
  /** Codes of the records that must go to the errors port, in any order. */
  readonly deadLetters?: readonly string[];
}

const BATCH_ROWS = [1, 7, 1024] as const;

/**
 * Every way of running a case: batches of 1, 7 and 1024 rows, read at once or held, at parallelism 1 and 3, with a snapshot and restore before
 * every step, and with snapshots that are spoiled.
 */
export function waysToRun(): (Required<DriveOptions> & { readonly name: string })[] {
  return BATCH_ROWS.flatMap((batchRows) =>
    [1, 3].flatMap((parallelism) =>
      [
        { held: false, restored: false, spoiled: false, how: '' },
        { held: true, restored: false, spoiled: false, how: ', read at the end' },
        { held: false, restored: true, spoiled: false, how: ', restored at every step' },
        { held: false, restored: false, spoiled: true, how: ', copied at every step' },
      ].map(({ how, ...way }) => ({
        ...way,
        batchRows,
        parallelism,
        name: `batches of ${batchRows}, parallelism ${parallelism}${how}`,
      })),
    ),
  );
}

/** Runs the case every way and fails with the way that went wrong. Returns the result of the plainest way. */
export function verifyOperator(operatorCase: OperatorCase): DriveResult {
  for (const way of waysToRun()) {
    const result = drive(operatorCase, operatorCase.steps, way);
    const exact = operatorCase.order === 'exact' && way.parallelism === 1;
    compare(result, operatorCase, exact, way.name);
  }
  return drive(operatorCase, operatorCase.steps);
}

function compare(
  result: DriveResult,
  { expected, deadLetters = [] }: OperatorCase,
  exact: boolean,
  way: string,
): void {
  const timed = expected.some((e) => e.time !== undefined);
  const actual = result.rows.map((r) => show(r.row, r.port, r.change, timed ? r.time : undefined));
  const wanted = expected.map((e) =>
    show(e.row, e.port ?? 'out', e.change ?? '+I', timed ? (e.time ?? null) : undefined),
  );
  if (!exact) {
    actual.sort();
    wanted.sort();
  }
  assert.deepEqual(actual, wanted, way);
  assert.deepEqual(
    result.deadLetters.map((l) => l.problem.code as string).sort(),
    [...deadLetters].sort(),
    way,
  );
}

/** A row as one line: keys sorted, bigint with its n, so that a difference is read at a glance. */
function show(
  row: Readonly<Record<string, Value>>,
  port: string,
  change: string,
  time: number | null | undefined,
): string {
  const cells = Object.keys(row)
    .sort()
    .map(
      (name) =>
        `${name}=${typeof row[name] === 'bigint' ? `${row[name]}n` : JSON.stringify(row[name], plain)}`,
    );
  return `${port} ${change} ${cells.join(' ')}${time === undefined ? '' : ` @${time}`}`;
}

const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint'
    ? `${value}n`
    : typeof value === 'number' && !Number.isFinite(value)
      ? String(value)
      : value;
