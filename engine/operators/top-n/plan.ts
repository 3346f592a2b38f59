/** What a Top-N's settings come to over its input. */
import { problem, showValue } from '../../contract/problems.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { appendOnly, BIGINT, type EdgeSchema, field, updating } from '../../contract/types.ts';
import { checkFieldName } from '../../plan/check-setting.ts';
import { type PlannedTerm, planSort } from '../../plan/sort-terms.ts';
import { planWindowFields, type WindowFields } from '../keyed/plan.ts';
import type { TopNConfig } from './spec.ts';

export type RankFunction = TopNConfig['function'];

export interface TopNPlan {
  /** Indexes of the fields that rows are ranked per. */
  readonly keys: readonly number[];
  readonly terms: readonly PlannedTerm[];
  readonly function: RankFunction;
  /** The first and the last rank that are given, from 1. */
  readonly from: number;
  readonly to: number;
  readonly withRank: boolean;
  /** Null: results at every change. */
  readonly window: WindowFields | null;
  readonly output: EdgeSchema;
}

export function planTopN(
  config: TopNConfig,
  input: EdgeSchema,
  context: Pick<SchemaContext<unknown>, 'report'>,
): TopNPlan {
  const { results, n, from, as } = config;
  const keys = config.keys.flatMap(
    (name, i) => checkFieldName(context, ['keys', i], name, input.fields) ?? [],
  );
  const terms = planSort(context, ['orderBy'], config.orderBy, input.fields);
  const window = results.kind === 'window' ? planWindowFields(context, ['results'], results, input) : null;
  if (from > n) {
    context.report(
      problem('S-VALUE', {
        path: ['from'],
        message: `The ranks ${from} to ${n} are none.`,
        value: showValue(from),
        expected: `at most ${n}, the last rank`,
        next: 'Make it smaller, or the last rank larger.',
      }),
    );
  }
  if (as !== undefined && input.fields.some((f) => f.name === as)) {
    context.report(
      problem('S-VALUE', {
        path: ['as'],
        message: `The input already has a field called ${showValue(as)}.`,
        value: showValue(as),
        expected: 'a new name',
        next: 'Choose another name.',
      }),
    );
  }
  const fields = as === undefined ? input.fields : [...input.fields, field(as, BIGINT, false)];
  const output =
    results.kind === 'window'
      ? appendOnly(fields, true)
      : updating(fields, input.eventTime, keyOf(config, input));
  return { keys, terms, function: config.function, from, to: n, withRank: as !== undefined, window, output };
}

/** Fields that tell the rows of the result apart, as far as that is known. */
function keyOf(
  { keys, function: fn, from, n, as }: TopNConfig,
  input: EdgeSchema,
): readonly string[] | undefined {
  if (fn === 'row-number' && from === n) return keys;
  if (fn === 'row-number' && as !== undefined) return [...keys, as];
  return input.key;
}
