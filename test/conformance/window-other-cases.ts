/** What is asked of windows in other words: which sessions there are, what records a window holds, what its panes add up to. */
import {
  type Case,
  failed,
  type Json,
  type JsonObject,
  list,
  ms,
  type Outcome,
  object,
  onlyKeys,
  PASSED,
  show,
  text,
  Unsupported,
} from './case.ts';
import { type Came, compareRows, equal } from './compare.ts';
import { TIME_FIELD } from './fields.ts';
import type { Output } from './pipeline-run.ts';
import { runWindowAggregate } from './window-cases.ts';
import { planWindow, runWindow } from './window-plan.ts';

/**
 * Which sessions there are after a step: those that the engine gives when the input ends there. Stated as
 * `[key…, first, last, count]`; without keys the sessions of one step may leave out the count.
 */
export function runSessionIntervals(test: Case): Outcome {
  onlyKeys(test.operator, ['type', 'gap_ms', 'key', 'window', 'time'], 'operator');
  const gap = ms(test.operator['gap_ms'] ?? object(test.operator['window'])['gap_ms'], 'gap_ms');
  for (const row of test.expected.rows) {
    const state = list(row['state']);
    const until = ms(row['by_step'], 'by_step');
    const input = [...test.input.slice(0, until + 1), { op: 'end_of_input' }];
    const plan = planWindow({
      ...test,
      // Kafka's grace would close sessions: which there are is asked here, not when they close.
      engine: 'flink',
      input,
      expected: { ...test.expected, mode: 'append' },
      operator: {
        type: 'window_aggregate',
        window: { kind: 'session', gap_ms: gap },
        key: test.operator['key'] ?? [],
        aggregates: [{ fn: 'count', as: 'count' }],
      },
    });
    const { keys } = plan.node;
    const came = runWindow(plan).map(({ row: session }): Json[] => [
      ...keys.map((key) => session[key] ?? null),
      Number(session['window_start']),
      Number(session['window_end']) - gap,
      session['count'] ?? null,
    ]);
    const open = [...came];
    for (const wanted of state.map((s) => list(s))) {
      const at = open.findIndex((have) => wanted.every((value, c) => equal(value, have[c] ?? null)));
      if (at < 0) return failed(`after step ${until} expected ${show(wanted)}, there are ${show(came)}`);
      open.splice(at, 1);
    }
    // Kafka's published state lists only the keys of interest at a step; more of a listed key would be wrong.
    const listed = new Set(state.map((s) => text(list(s)[0])));
    const extra = open.find((have) => keys.length === 0 || listed.has(text(have[0])));
    if (extra !== undefined) return failed(`after step ${until} there is also ${show(extra)}`);
  }
  return PASSED;
}

/** Which records a window holds, by their times: as a set. */
export function runWindowCollect(test: Case): Outcome {
  const { type: _, ...operator } = test.operator;
  const inOrder = (row: JsonObject): JsonObject => ({
    ...row,
    row: { ...object(row['row']), values: [...list(object(row['row'])['values'])].sort(byNumber) },
  });
  const sorted = {
    ...test,
    operator: { ...operator, aggregates: [{ fn: 'collect', of: TIME_FIELD, as: 'values' }] },
    expected: { ...test.expected, rows: test.expected.rows.map(inOrder) },
  };
  return runWindowAggregate(sorted);
}

const byNumber = (a: Json, b: Json): number => Number(a) - Number(b);

const MODES: Readonly<Record<string, string>> = {
  discarding: 'discarding',
  accumulating: 'accumulating',
  accumulating_and_retracting: 'accumulating and retracting',
};

/** The table of *Streaming Systems* that shows what one window gives in each mode, and what a consumer makes of it. */
export function runAccumulationModes(test: Case): Outcome {
  const [aggregate] = list(test.operator['aggregates']).map(object);
  if (aggregate === undefined) throw new Unsupported('accumulation modes of no aggregate');
  for (const row of test.expected.rows) {
    const mode = MODES[text(row['mode'])];
    if (mode === undefined) throw new Unsupported(`mode ${show(row['mode'] ?? null)}`);
    const panes = panesIn(test, aggregate, mode);
    const flat = panes.flat();
    const last = panes.at(-1)?.find((value) => value >= 0) ?? null;
    const found = { panes, last_value: last, total: flat.reduce((a, b) => a + b, 0) };
    const came: Came[] = [{ step: 0, ts: null, row: found }];
    const { mode: _, ...wanted } = row;
    const difference = compareRows([{ row: wanted }], came, false);
    if (difference !== null) return failed(`${mode}: ${difference}`);
  }
  return PASSED;
}

/** By pane, the new value, then what it takes back as a negative number. */
function panesIn(test: Case, aggregate: JsonObject, mode: string): number[][] {
  const as = 'value';
  const input = test.input.flatMap((step, n): JsonObject[] => {
    if (step['op'] !== 'pane') throw new Unsupported(`step ${show(step['op'] ?? null)}`);
    return [
      ...list(step['inputs']).map((v): JsonObject => ({ op: 'record', ts: 0, row: { v } })),
      { op: 'processing_time', ts: n + 1 },
    ];
  });
  const plan = planWindow({
    ...test,
    engine: 'flink',
    input,
    operator: {
      type: 'window_aggregate',
      window: { kind: 'global' },
      key: [],
      aggregates: [{ ...aggregate, of: 'v', as }],
      trigger: { kind: 'processing_time_after_first_in_pane', delay_ms: 1 },
      accumulation: mode,
    },
  });
  const panes = new Map<number, number[]>();
  for (const output of runWindow(plan)) {
    const pane = panes.get(output.step) ?? [];
    pane.push(signed(output, as));
    panes.set(output.step, pane);
  }
  return [...panes.values()].map((pane) => pane.sort((a, b) => b - a));
}

const signed = ({ change, row }: Output, as: string): number =>
  (change.startsWith('-') ? -1 : 1) * Number(row[as]);
