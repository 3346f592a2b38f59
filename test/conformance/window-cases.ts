/** Window aggregates and sessions: run in the engine, read in the words of the case's engine, compared. */
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
  skipped,
  text,
  Unsupported,
} from './case.ts';
import { type Came, compareRows, equal } from './compare.ts';
import type { Output } from './pipeline-run.ts';
import { NEWEST_FIELD, planWindow, type WindowPlan } from './window-plan.ts';
import { runWindow } from './window-run.ts';

export function runWindowAggregate(test: Case): Outcome {
  const { mode, order, rows, late } = test.expected;
  if (!['append', 'panes', 'upsert'].includes(mode)) {
    throw new Unsupported(`expected mode ${show(mode)}: Weir's windows give rows that are not taken back`);
  }
  const plan = planWindow(test);
  const outputs = runWindow(plan);
  const refired = outputs.find((o) => isRefire(plan, o));
  if (refired !== undefined && plan.refireReason !== null) return skipped(plan.refireReason);
  const came = withPanes(plan, read(plan, outputs));
  const difference =
    mode === 'upsert' ? compareLast(rows, came, plan.keys) : compareRows(rows, came, order === 'exact');
  if (difference !== null) return failed(difference);
  if (!Array.isArray(late)) return PASSED;
  const lateCame = outputs.flatMap((o): Came[] =>
    o.output === 'late' ? [{ step: o.step, row: o.row, ts: o.time }] : [],
  );
  const lateDifference = compareRows(list(late).map(object), lateCame, false);
  return lateDifference === null ? PASSED : failed(`late records: ${lateDifference}`);
}

/** A window whose end had been passed before this step: its row came before, and comes again. */
const isRefire = (plan: WindowPlan, { output, row, watermarkBefore }: Output): boolean =>
  output === 'out' && !plan.processing && Number(row['window_end']) - 1 <= watermarkBefore;

/** Weir's rows as the case's engine would state them. */
function read(plan: WindowPlan, outputs: readonly Output[]): Came[] {
  const { dialect } = plan;
  return outputs.flatMap(({ output, step, row, time }): Came[] => {
    const start = Number(row['window_start']);
    const end = plan.session ? sessionEnd(plan, Number(row['window_end'])) : Number(row['window_end']);
    if (output !== 'out' || (dialect.windowsFromZero && !plan.session && start < 0)) return [];
    const newest = row[NEWEST_FIELD];
    const ts = typeof newest === 'number' ? newest : (time ?? Number(row['window_end']) - 1);
    return [{ step, ts, row: { ...row, window_end: end, window_time: Number(row['window_end']) - 1 } }];
  });
}

function sessionEnd({ dialect, sessionGap }: WindowPlan, end: number): number {
  const exclusive = dialect.touchingSessionsMerge ? end : end + 1;
  return dialect.sessionEnd === 'exclusive' ? exclusive : exclusive - sessionGap;
}

/** Which firing of its window each row is. Weir has no early firings: the first is the one on time. */
function withPanes(plan: WindowPlan, came: readonly Came[]): Came[] {
  const firings = new Map<string, number>();
  return came.map((one) => {
    const window = show([...plan.keys.map((k) => one.row[k] ?? null), one.row['window_start'] ?? null]);
    const index = firings.get(window) ?? 0;
    firings.set(window, index + 1);
    const pane: JsonObject = {
      timing: index === 0 ? 'ON_TIME' : 'LATE',
      index,
      non_early_index: index,
      first: index === 0,
      // With allowed lateness a window does not know its last firing when it fires.
      ...(plan.lateness === 0 ? { last: true } : {}),
    };
    return { ...one, pane };
  });
}

/** `upsert`: of each key and window the last row counts. */
function compareLast(
  rows: readonly JsonObject[],
  came: readonly Came[],
  keys: readonly string[],
): string | null {
  const id = (row: JsonObject): string => show([...keys, 'window_start'].map((name) => row[name] ?? null));
  const wanted = new Map(rows.map((r) => [id(object(r['row'])), r]));
  const last = new Map(came.map((c) => [id(c.row), c]));
  return compareRows([...wanted.values()], [...last.values()], false);
}

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
      operator: {
        type: 'window_aggregate',
        window: { kind: 'session', gap_ms: gap },
        key: test.operator['key'] ?? [],
        aggregates: [{ fn: 'count', as: 'count' }],
      },
    });
    const came = runWindow(plan).map(({ row: session }): Json[] => [
      ...plan.keys.map((key) => session[key] ?? null),
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
    const extra = open.find((have) => plan.keys.length === 0 || listed.has(text(have[0])));
    if (extra !== undefined) return failed(`after step ${until} there is also ${show(extra)}`);
  }
  return PASSED;
}
