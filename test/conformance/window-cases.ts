/** Window aggregates: run in the engine, read in the words of the case's engine, compared in the way that the case states its result. */
import {
  type Case,
  failed,
  type Json,
  type JsonObject,
  list,
  type Outcome,
  object,
  PASSED,
  show,
  Unsupported,
} from './case.ts';
import { compareChanges, standingRows } from './changes.ts';
import { type Came, compareRows } from './compare.ts';
import type { Output } from './pipeline-run.ts';
import { compareStates } from './states.ts';
import { NEWEST_FIELD, planWindow, runWindow, type WindowPlan } from './window-plan.ts';

export function runWindowAggregate(test: Case): Outcome {
  const plan = planWindow(test);
  const outputs = runWindow(plan);
  const rows = outputs.filter((o) => o.output === 'out' && isThere(plan, o));
  const difference = judge(test, plan, rows);
  if (difference !== null) return failed(difference);
  const { late } = test.expected;
  if (!Array.isArray(late)) return PASSED;
  const lateCame = outputs.flatMap((o): Came[] =>
    o.output === 'late' ? [{ step: o.step, row: o.row, ts: o.time }] : [],
  );
  const lateDifference = compareRows(list(late).map(object), lateCame, false);
  return lateDifference === null ? PASSED : failed(`late records: ${lateDifference}`);
}

/** Kafka has no windows that begin before 0. */
const isThere = ({ graph, session }: WindowPlan, { row }: Output): boolean =>
  !graph.dialect.windowsFromZero || session || Number(row['window_start'] ?? 0) >= 0;

function judge(test: Case, plan: WindowPlan, outputs: readonly Output[]): string | null {
  const { mode, order, rows } = test.expected;
  const came = outputs.map((o) => read(plan, o));
  switch (mode) {
    case 'append':
      return compareRows(rows, came, order === 'exact');
    case 'panes':
      return rows.some((r) => r['op'] !== undefined)
        ? compareChanges(rows, came, outputs, order)
        : compareRows(rows, withPanes(plan, came), order === 'exact');
    case 'upsert':
      return compareUpserts(test, plan, upserts(test, outputs, came));
    case 'changelog':
      return compareChanges(rows, came, outputs, order, [...plan.node.keys, 'window_start', 'window_end']);
    case 'table_state':
      return compareStates(test, stated(plan, came), outputs);
    case 'final_table':
      return compareRows(rows, standingRows(came, outputs), false);
    default:
      throw new Unsupported(`expected mode ${show(mode)}`);
  }
}

/** A row of Weir as the case's engine would state it. */
function read(plan: WindowPlan, { row, step, time }: Output): Came {
  const newest = row[NEWEST_FIELD];
  const ts = typeof newest === 'number' ? newest : time;
  if (row['window_end'] === undefined) return { step, ts, row };
  const last = Number(row['window_end']) - 1;
  const end = plan.session ? sessionEnd(plan, last + 1) : plan.inclusiveEnd ? last : last + 1;
  return { step, ts: ts ?? last, row: { ...row, window_end: end, window_time: last } };
}

function sessionEnd({ graph: { dialect }, sessionGap }: WindowPlan, end: number): number {
  const exclusive = dialect.touchingSessionsMerge ? end : end + 1;
  return dialect.sessionEnd === 'exclusive' ? exclusive : exclusive - sessionGap;
}

/** Pane fields as the cases write them. The index without early firings is counted here, per window. */
function withPanes({ node }: WindowPlan, came: readonly Came[]): Came[] {
  const counted = new Map<string, number>();
  return came.map((one) => {
    const { row } = one;
    const window = show([...node.keys, 'window_start', 'window_end'].map((name) => row[name] ?? null));
    const isEarly = row['pane_timing'] === 'EARLY';
    const notEarly = counted.get(window) ?? 0;
    if (!isEarly) counted.set(window, notEarly + 1);
    const pane: JsonObject = {
      timing: row['pane_timing'] ?? null,
      index: row['pane_index'] ?? null,
      non_early_index: isEarly ? null : notEarly,
      first: row['pane_first'] ?? null,
      last: row['pane_last'] ?? null,
    };
    return { ...one, pane };
  });
}

/** Rows that say what a window is now: one that is gone has no aggregates, and the row before an update is not told. */
function upserts({ operator }: Case, outputs: readonly Output[], came: readonly Came[]): Came[] {
  const names = list(operator['aggregates']).map((a) => object(a)['as'] ?? object(a)['fn'] ?? null);
  const gone = Object.fromEntries(names.map((name): [string, Json] => [String(name), null]));
  return came.flatMap((one, at): Came[] => {
    const change = outputs[at]?.change;
    if (change === '-U') return [];
    return [change === '-D' ? { ...one, row: { ...one.row, ...gone } } : one];
  });
}

/** Every update where rows come with each, in their order; else of each key and window the last row. */
function compareUpserts({ expected }: Case, { node }: WindowPlan, came: readonly Came[]): string | null {
  if (node.firings.updates && expected.order === 'exact') return compareRows(expected.rows, came, true);
  const id = (row: JsonObject): string =>
    show([...node.keys, 'window_start', 'window_end'].map((name) => row[name] ?? null));
  const wanted = new Map(expected.rows.map((r) => [id(object(r['row'])), r]));
  const last = new Map(came.map((c) => [id(c.row), c]));
  return compareRows([...wanted.values()], [...last.values()], false);
}

/** As states of tables list rows: keys, bounds, aggregates. */
function stated({ graph, node }: WindowPlan, came: readonly Came[]): Came[] {
  const unit = graph.dialect.boundsInSeconds ? 1000 : 1;
  return came.map((one) => {
    const { window_start: start, window_end: end, window_time: _, [NEWEST_FIELD]: __, ...rest } = one.row;
    const keys = Object.fromEntries(node.keys.map((key): [string, Json] => [key, rest[key] ?? null]));
    const bounds = { window_start: Number(start) / unit, window_end: Number(end) / unit };
    return {
      ...one,
      row: { ...keys, ...(start === undefined ? {} : bounds), ...withoutKeys(rest, node.keys) },
    };
  });
}

const withoutKeys = (row: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !keys.includes(name)));
