/**
 * Generated code against the interpreter, plan by plan: random chains of maps and filters over random rows, NULLs and orders. Each
 * plan goes the whole way, from the document over the check to the function that a run would use, and each row must come out, be
 * filtered or fail as it does when the same plan is interpreted.
 *
 *   npm test -- --plans 200000       more of them
 *   npm test -- --plan-seed 1234     the one that failed
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { type Batch, position } from '../../engine/batch/batch.ts';
import { type Value, valueAt } from '../../engine/batch/column.ts';
import { defineNode, MAIN_OUT } from '../../engine/contract/spec.ts';
import { appendOnly, type Field } from '../../engine/contract/types.ts';
import { FIELDS, randomOf } from '../../engine/expressions/testing/random-expression.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import type { CheckedNode } from '../../engine/plan/graph.ts';
import { FusedChain } from '../../engine/runtime/chain/chain.ts';
import { interpretRow } from '../../engine/runtime/chain/interpret.ts';
import { withoutDead } from '../../engine/runtime/chain/live.ts';
import { chainsOf } from '../../engine/runtime/chain/members.ts';
import type { OperatorRuntime } from '../../engine/runtime/contracts.ts';
import { RUNTIMES } from '../../engine/runtimes.ts';
import { SPECS } from '../../engine/specs.ts';
import { randomPlan, randomRows } from './random-plan.ts';
import { firstSeed } from './seeds.ts';

const PLANS = Number(process.env['WEIR_PLANS'] ?? 10_000);
const ONLY_SEED = process.env['WEIR_PLAN_SEED'];
const ROWS = 12;
/** A test of its own for so many: the runner sees progress. */
const PLANS_A_TEST = 10_000;

const given = defineNode({
  type: 'given',
  kind: 'source',
  label: 'Given',
  summary: '',
  description: '',
  icon: '',
  config: z.strictObject({}),
  inputs: [],
  outputs: [MAIN_OUT],
  stateful: false,
  targets: [],
  examples: [],
  summarize: () => '',
  schemas: () => ({ out: appendOnly(FIELDS, true) }),
});

const runtimeOf = (node: CheckedNode): OperatorRuntime<Readonly<Record<string, unknown>>> =>
  RUNTIMES.operators[node.spec.type] as OperatorRuntime<Readonly<Record<string, unknown>>>;

interface Compared {
  readonly passed: number;
  readonly filtered: number;
  readonly failed: number;
}

/** One plan with one batch. Throws where the two ways differ. */
function comparePlan(seed: number): Compared {
  const random = randomOf(seed);
  const document = randomPlan(random);
  const graph = checkGraph(document, [...SPECS, given]);
  const [refused] = graph.problems;
  assert.equal(refused, undefined, JSON.stringify(refused));
  const [members, ...more] = chainsOf(graph, runtimeOf);
  assert.ok(members !== undefined && more.length === 0, 'one chain');
  const steps = members.map(({ node, runtime }) =>
    runtime.step(node.config ?? {}, appendOnly(fieldsInto(node), true)),
  );
  const chain = new FusedChain(FIELDS, steps);
  const live = withoutDead(steps);
  const outFields = graph.nodes.get('out')?.inputs['in']?.[0]?.fields ?? [];
  const { rows, batch } = randomRows(random, ROWS);
  const result = chain.process(batch);

  const expected = Array.from({ length: batch.count }, (_, k) =>
    interpretRow(rows[position(batch, k)] ?? [], live),
  );
  const passed = expected.flatMap((r) => (r.kind === 'passed' ? [r.values] : []));
  assert.deepEqual(rowsOut(result.batch, outFields), passed.map(shown));
  assert.deepEqual(
    result.failed.map((f) => f.step),
    expected.flatMap((r) => (r.kind === 'failed' ? [r.step] : [])),
  );
  // Beside the columns: a row keeps its time and what it does.
  const kept = expected.flatMap((r, k) => (r.kind === 'passed' ? [position(batch, k)] : []));
  const positions = Array.from({ length: result.batch.count }, (_, k) => position(result.batch, k));
  assert.deepEqual(positions, kept);
  assert.equal(result.batch.times, batch.times);
  assert.equal(result.batch.changes, batch.changes);
  return {
    passed: passed.length,
    filtered: expected.filter((r) => r.kind === 'filtered').length,
    failed: result.failed.length,
  };
}

const fieldsInto = (node: CheckedNode): readonly Field[] => node.inputs['in']?.[0]?.fields ?? [];

const rowsOut = (batch: Batch, fields: readonly Field[]): string[] =>
  Array.from({ length: batch.count }, (_, k) =>
    shown(
      fields.map((f, c) => {
        const column = batch.columns[c];
        return column === undefined ? null : valueAt(column, f.type, position(batch, k));
      }),
    ),
  );

/** As text that tells -0 from 0, NaN from NULL and 1 from '1'. */
const shown = (values: readonly Value[]): string =>
  values
    .map((v) => (Object.is(v, -0) ? '-0' : typeof v === 'string' ? JSON.stringify(v) : String(v)))
    .join(' | ');

function comparePlans(first: number, count: number): void {
  const total = { passed: 0, filtered: 0, failed: 0 };
  for (let seed = first; seed < first + count; seed++) {
    try {
      const one = comparePlan(seed);
      total.passed += one.passed;
      total.filtered += one.filtered;
      total.failed += one.failed;
    } catch (error) {
      const document = JSON.stringify(randomPlan(randomOf(seed)));
      throw new Error(`seed ${seed} (npm test -- --plan-seed ${seed}): ${document}`, { cause: error });
    }
  }
  // The plans must do all of this, or they prove little.
  if (count > 1000)
    assert.ok(Math.min(total.passed, total.filtered, total.failed) > count / 2, JSON.stringify(total));
}

if (ONLY_SEED !== undefined) {
  test(`generated code is the interpreted plan of seed ${ONLY_SEED}`, () =>
    comparePlans(Number(ONLY_SEED), 1));
} else {
  const first = firstSeed(process.env['WEIR_PLANS'] !== undefined);
  for (let done = 0; done < PLANS; done += PLANS_A_TEST) {
    const count = Math.min(PLANS_A_TEST, PLANS - done);
    test(`generated code is the interpreted plan, on ${count} random plans after ${done}`, () =>
      comparePlans(first + done, count));
  }
}
