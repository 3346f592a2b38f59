/** Cases of one stage or of several: put together as a graph, run, and compared in the way that the case states its result. */

import { withArrivalTimes } from './arrival.ts';
import {
  type Case,
  failed,
  type JsonObject,
  list,
  ms,
  type Outcome,
  object,
  PASSED,
  show,
  text,
  Unsupported,
} from './case.ts';
import { compareChanges, compareUpserts, standingRows } from './changes.ts';
import { type Came, compareRows } from './compare.ts';
import type { Dialect } from './dialect.ts';
import { withEmptiedGroups } from './emptied-groups.ts';
import { CaseGraph, type Ref, stagesOf } from './graph.ts';
import { joinedNames, plainNames } from './join-stages.ts';
import { nexmarkNames, nexmarkQuery } from './nexmark-cases.ts';
import { measureName, measureNames } from './pattern-stage.ts';
import type { Output, WatermarkPlan } from './pipeline-run.ts';
import { resultKey } from './result-key.ts';
import { buildStage, JOIN_STAGES } from './stages.ts';
import { compareStates } from './states.ts';
import { planWatermark } from './window-plan.ts';

export function runPipelineCase(test: Case): Outcome {
  const graph = new CaseGraph(test);
  if (byArrival(test.operator)) graph.steps = withArrivalTimes(graph.steps);
  const stages = test.operator['type'] === 'pipeline' ? stagesOf(test.operator) : [test.operator];
  const isNexmark = test.operator['type'] === 'nexmark_query';
  const last = isNexmark ? nexmarkQuery(graph, test) : compose(graph, stages);
  const lates = Array.isArray(test.expected.late) ? graph.latePorts(last) : {};
  const all = graph.run(
    { out: last, ...lates },
    {
      eventTime: graph.steps.flat().every((s) => s.op !== 'records' || s.records.every((r) => r.ts !== null)),
      watermark: watermarkPlan(test, graph.dialect),
      ...(graph.dialect.streamTime ? { sharedTime: true } : {}),
    },
  );
  const results = all.filter((o) => o.output === 'out');
  const outputs = withEmptiedGroups(graph, stages, results);
  const came = outputs.map(
    (o): Came => ({ step: o.step, row: isNexmark ? nexmarkNames(o.row) : namesOf(o, stages), ts: o.time }),
  );
  const keys = isNexmark ? [] : resultKey(graph, stages);
  const outcome = judge(test, graph, came, outputs, keys);
  return outcome.status === 'passed' ? judgeLate(test, all) : outcome;
}

/** Joins of streams by the clock, and OVER with all rows of a moment: of records whose event time is their arrival. */
const byArrival = (operator: JsonObject): boolean =>
  /^proc/.test(text(operator['time'])) &&
  (['interval_join', 'window_join'].includes(text(operator['type'])) ||
    (operator['type'] === 'over_aggregate' && object(operator['frame'])['unit'] === 'range'));

/** `side: left` and `right` are branches of their own, `both` goes into each; a join brings them together. */
function compose(graph: CaseGraph, stages: readonly JsonObject[]): Ref {
  const joins = stages.some((s) => JOIN_STAGES.has(text(s['type'])));
  let left = joins ? graph.stream('left') : graph.stream(graph.streams[0] ?? 'in');
  let right = joins ? graph.stream('right') : left;
  for (const stage of stages) {
    const side = text(stage['side'] ?? '');
    if (side === 'left' || side === 'both') left = buildStage(graph, stage, { left, right: left });
    if (side === 'right' || side === 'both') right = buildStage(graph, stage, { left: right, right });
    if (side === '') left = buildStage(graph, stage, { left, right });
    if (stage !== stages.at(-1) && text(stage['type']).endsWith('_join')) left = plainNames(graph, left);
  }
  return left;
}

/** Kafka's grace where none is said. */
const DAY = 86_400_000;

/**
 * Where nothing is said of the watermark: only steps move it, where there are such steps; else it follows the records, as Flink SQL's
 * `WATERMARK FOR ts AS ts` does, unless the end of the input comes, which completes everything.
 */
function watermarkPlan({ operator, input }: Case, dialect: Dialect): WatermarkPlan {
  if (byArrival(operator)) return { kind: 'explicit', shift: 0 };
  // A stream join of Kafka gives up on a partner when stream time *reaches* its last instant plus the grace.
  if (dialect.streamTime && operator['type'] === 'interval_join')
    return { kind: 'generated', delay: ms(operator['grace_ms'] ?? DAY, 'grace_ms'), perBatch: false };
  if (operator['watermark'] !== undefined || dialect.streamTime) return planWatermark(operator, dialect, 0);
  if (input.some((s) => s['op'] === 'watermark'))
    return planWatermark({ watermark: 'explicit steps' }, dialect, 0);
  if (input.some((s) => s['op'] === 'end_of_input')) return { kind: 'none' };
  return { kind: 'generated', delay: dialect.watermarkExcludesItself ? 1 : 0, perBatch: false };
}

function namesOf({ row, time }: Output, stages: readonly JsonObject[]): JsonObject {
  const named = { ...row, ts: row['ts'] ?? time };
  return stages.some((s) => text(s['type']).endsWith('_join')) ? joinedNames(named) : named;
}

/** What came too late, where the case lists it. */
function judgeLate({ expected }: Case, outputs: readonly Output[]): Outcome {
  if (!Array.isArray(expected.late)) return PASSED;
  const came = outputs.flatMap((o): Came[] =>
    o.output === 'out' ? [] : [{ step: o.step, row: unsided(o.row), ts: o.time }],
  );
  const difference = compareRows(list(expected.late).map(object), came, false);
  return difference === null ? PASSED : failed(`late records: ${difference}`);
}

const unsided = (row: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name.replace(/^(left|right)_/, ''), value]));

function judge(
  test: Case,
  graph: CaseGraph,
  came: readonly Came[],
  outputs: readonly Output[],
  keys: readonly string[],
): Outcome {
  const { mode, order } = test.expected;
  const rows = byPlace(test, graph, test.expected.rows, outputs);
  const exact = order === 'exact';
  switch (mode) {
    case 'append': {
      const difference = compareRows(rows, came, exact);
      return difference === null ? PASSED : failed(difference);
    }
    case 'changelog': {
      const difference = compareChanges(rows, came, outputs, order, keys);
      return difference === null ? PASSED : failed(difference);
    }
    case 'upsert': {
      const difference = compareUpserts(rows, came, outputs, order, keys);
      return difference === null ? PASSED : failed(difference);
    }
    case 'table_state': {
      const difference = compareStates(test, came, outputs);
      return difference === null ? PASSED : failed(difference);
    }
    case 'final_table': {
      const difference = compareRows(rows, standingRows(came, outputs), false);
      return difference === null ? PASSED : failed(difference);
    }
    default:
      throw new Unsupported(`expected mode ${show(mode)}`);
  }
}

/**
 * What has a name only in the rows (measures of a pattern, functions written as text, the same aggregate on both sides of a join) is
 * compared by its place among the fields that are named otherwise.
 */
function byPlace(
  test: Case,
  graph: CaseGraph,
  rows: readonly JsonObject[],
  outputs: readonly Output[],
): readonly JsonObject[] {
  const { operator } = test;
  const isPattern = operator['type'] === 'pattern_match';
  const names = (): { named: readonly string[]; places: readonly string[] } | null => {
    if (isPattern) {
      const named = [...list(operator['partition_by']).map(text), ...measureNames(operator['measures'])];
      return { named, places: [] };
    }
    if (operator['functions'] !== undefined)
      return { named: graph.fieldsOf(graph.streams[0] ?? 'in').map((f) => f.name), places: [] };
    const [first] = outputs;
    if (operator['type'] !== 'pipeline' || first === undefined) return null;
    const known = Object.keys(namesOf(first, stagesOf(operator)));
    const asked = Object.keys(object(rows[0]?.['row']));
    const places = Object.keys(first.row).filter(
      (name) => !asked.includes(name) && /^(left|right)_/.test(name),
    );
    const unknown = asked.filter((name) => !known.includes(name));
    return unknown.length > 0 && unknown.length === places.length ? { named: known, places } : null;
  };
  const found = names();
  if (found === null) return rows;
  const placeName = (at: number): string => found.places[at] ?? measureName(at);
  return rows.map((expected) => {
    let at = 0;
    const row = Object.entries(object(expected['row'])).map(([name, value]) =>
      found.named.includes(name) || name === 'ts' ? [name, value] : [placeName(at++), value],
    );
    return { ...expected, row: Object.fromEntries(row) as JsonObject };
  });
}
