/** Stages of the cases as Weir's nodes. Each takes what comes before it and gives what comes out. */
import { aggregate, windowAggregate } from './aggregate-stages.ts';
import { type JsonObject, show, text, Unsupported } from './case.ts';
import type { CaseGraph, Ref } from './graph.ts';
import { asofJoin, intervalJoin, lookupJoin, tableJoin, temporalJoin, windowJoin } from './join-stages.ts';
import { over } from './over-stage.ts';
import { pattern } from './pattern-stage.ts';
import {
  assignWindows,
  dedup,
  distinct,
  gapFill,
  sort,
  topN,
  windowDedup,
  windowTopN,
} from './rank-stages.ts';
import { filter, project, setOperation, union, unnest } from './row-stages.ts';
import { tableInput } from './table-inputs.ts';
import { threshold } from './threshold-stage.ts';

/** By type of stage; `left` and `right` where it joins, else both are what comes in. */
type Build = (graph: CaseGraph, stage: JsonObject, inputs: { left: Ref; right: Ref }) => Ref;

const one =
  (build: (graph: CaseGraph, stage: JsonObject, input: Ref) => Ref): Build =>
  (graph, given, { left }) => {
    const { stage, input } = tableInput(graph, given, left);
    return build(graph, stage, input);
  };

const STAGES: Readonly<Record<string, Build>> = {
  filter: one(filter),
  project: one(project),
  stateful_threshold: one(threshold),
  unnest: one(unnest),
  union,
  set_op: setOperation,
  except: setOperation,
  intersect: setOperation,
  temporal_join: temporalJoin,
  aggregate: one(aggregate),
  window_aggregate: one(windowAggregate),
  interval_join: intervalJoin,
  window_join: windowJoin,
  table_join: tableJoin,
  lookup_join: lookupJoin,
  asof_join: asofJoin,
  over_aggregate: one(over),
  top_n: one(topN),
  window_top_n: one(windowTopN),
  dedup: one(dedup),
  window_assign: one(assignWindows),
  distinct: one(distinct),
  sort: one(sort),
  gap_fill: one(gapFill),
  window_dedup: one(windowDedup),
  pattern_match: one(pattern),
};

/** Stages of two inputs. */
export const JOIN_STAGES: ReadonlySet<string> = new Set([
  'temporal_join',
  'union',
  'set_op',
  'except',
  'intersect',
  'interval_join',
  'window_join',
  'table_join',
  'lookup_join',
  'asof_join',
]);

export function buildStage(graph: CaseGraph, stage: JsonObject, inputs: { left: Ref; right: Ref }): Ref {
  const build = STAGES[text(stage['type'])];
  if (build === undefined) throw new Unsupported(`stage ${show(stage['type'] ?? null)}`);
  return build(graph, stage, inputs);
}
