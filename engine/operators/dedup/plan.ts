/** What the settings of Deduplicate come to over its input. */
import { type Problem, problem, showValue } from '../../contract/problems.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema, TIMESTAMP, updating } from '../../contract/types.ts';
import { checkFieldName } from '../../plan/check-setting.ts';
import { type PlannedTerm, planSort } from '../../plan/sort-terms.ts';
import { planWindowFields, type WindowFields } from '../keyed/plan.ts';
import type { DedupConfig } from './spec.ts';

export interface DedupPlan {
  /** Indexes of the fields of a key. */
  readonly keys: readonly number[];
  /** Null: as they come. Column −1: the event time. */
  readonly term: PlannedTerm | null;
  /** Null: not per window. */
  readonly window: WindowFields | null;
  readonly output: EdgeSchema;
}

const BY_EVENT_TIME: PlannedTerm = { column: -1, type: TIMESTAMP, descending: false, nullsFirst: true };

type Reports = Pick<SchemaContext<unknown>, 'report'>;

export function planDedup(config: DedupConfig, input: EdgeSchema, context: Reports): DedupPlan {
  const { by, results, keep } = config;
  const keys = config.keys.flatMap(
    (name, i) => checkFieldName(context, ['keys', i], name, input.fields) ?? [],
  );
  if (by.kind === 'event-time' && !input.eventTime) context.report(noEventTime());
  const wrong = results.kind === 'final' ? notFinal(config) : null;
  if (wrong !== null) {
    context.report(
      problem('S-VALUE', {
        path: ['results', 'kind'],
        message: wrong,
        value: showValue(results.kind),
        expected: 'the first by event time',
        next: 'Take results at every change, or when the window closes.',
      }),
    );
  }
  const atField: Reports = { report: (found) => context.report({ ...found, path: ['by', 'field'] }) };
  const field =
    by.kind === 'field' ? planSort(atField, [], [{ field: by.field, direction: 'asc' }], input.fields) : [];
  const window = results.kind === 'window' ? planWindowFields(context, ['results'], results, input) : null;
  const isFinal = results.kind !== 'changes' || (keep === 'first' && by.kind === 'arrival');
  const output = isFinal
    ? appendOnly(input.fields, input.eventTime)
    : updating(input.fields, input.eventTime, config.keys);
  return { keys, term: by.kind === 'event-time' ? BY_EVENT_TIME : (field[0] ?? null), window, output };
}

function notFinal({ keep, by }: DedupConfig): string | null {
  if (keep === 'last') return 'The last record of a key is never final: another may come.';
  return by.kind === 'field' ? 'The watermark does not say when the first by a field is final.' : null;
}

const noEventTime = (): Problem =>
  problem('G-FIT', {
    path: ['by', 'kind'],
    message: 'Records are told apart by event time, and the source above gives none.',
    expected: 'a source with "time" set',
    next: 'Set the event-time field of the source, or go by arrival.',
  });
