/** Which runner a case goes to, by the type of its operator. */
import { runAssign, runAssignFunction, runMergeFunction } from './assign-cases.ts';
import { type Case, failed, type Outcome, show, skipped, Unsupported } from './case.ts';
import { engineName } from './dialect.ts';
import { stagesOf } from './graph.ts';
import { runLines } from './line-cases.ts';
import { otherSemantics } from './other-semantics.ts';
import { runPipelineCase } from './pipeline-cases.ts';
import { inOneVocabulary } from './vocabulary.ts';
import { runCombiner, runGenerator, runIdleness } from './watermark-cases.ts';
import { runWindowAggregate } from './window-cases.ts';
import { runAccumulationModes, runSessionIntervals, runWindowCollect } from './window-other-cases.ts';

const RUNNERS: Readonly<Record<string, (test: Case) => Outcome>> = {
  watermark_generator: runGenerator,
  watermark_combiner: runCombiner,
  idleness_timer: runIdleness,
  window_assign: runAssign,
  window_assign_function: runAssignFunction,
  interval_merge_function: runMergeFunction,
  session_intervals: runSessionIntervals,
  window_aggregate: runWindowAggregate,
  window_collect: runWindowCollect,
  accumulation_modes: runAccumulationModes,
  pipeline: runPipelineCase,
  filter: runPipelineCase,
  stateful_threshold: runPipelineCase,
  project: runPipelineCase,
  unnest: runPipelineCase,
  union: runPipelineCase,
  set_op: runPipelineCase,
  except: runPipelineCase,
  intersect: runPipelineCase,
  temporal_join: runPipelineCase,
  aggregate: runPipelineCase,
  nexmark_query: runPipelineCase,
  over_aggregate: runPipelineCase,
  top_n: runPipelineCase,
  window_top_n: runPipelineCase,
  dedup: runPipelineCase,
  distinct: runPipelineCase,
  sort: runPipelineCase,
  gap_fill: runPipelineCase,
  window_dedup: runPipelineCase,
  asof_join: runPipelineCase,
  lookup_join: runPipelineCase,
  pattern_match: runPipelineCase,
  interval_join: runPipelineCase,
  window_join: runPipelineCase,
  table_join: runPipelineCase,
};

export function runCase(given: Case): Outcome {
  const operator = inOneVocabulary(given.operator);
  const test = { ...given, engine: engineName(given.engine), operator };
  const type = String(test.operator['type'] ?? '');
  const other = [operator, ...stagesOf(operator)].map(otherSemantics).find((o) => o !== null);
  if (other !== undefined) return skipped(`other semantics: ${other}`);
  const isLines = test.input.some((step) => step['op'] === 'line');
  if (!isLines && !Object.hasOwn(RUNNERS, type))
    return skipped(`operator type ${show(type)} is not there yet`);
  if (!['runnable', 'function', 'table'].includes(test.kind))
    return skipped(`kind ${show(test.kind)}: what it states depends on that engine's storage`);
  try {
    if (isLines) return runLines(test);
    return RUNNERS[type]?.(test) ?? failed('no runner');
  } catch (error) {
    if (error instanceof Unsupported) return skipped(error.message);
    return failed(error instanceof Error ? error.message : String(error));
  }
}
