/** Deduplicate: at once, kept up to date, when final, or per window. */
import type { EdgeSchema } from '../../contract/types.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { FirstRows } from '../keyed/first-rows.ts';
import { DedupChanges } from './changes.ts';
import { DedupFinal } from './final.ts';
import { type DedupPlan, planDedup } from './plan.ts';
import type { DedupConfig } from './spec.ts';
import { DedupWindows } from './windows.ts';

const planOf = (config: DedupConfig, input: EdgeSchema): DedupPlan =>
  planDedup(config, input, { report: throwProblem });

export const dedupRuntime: StatefulRuntime<DedupConfig> = {
  kind: 'stateful',
  needs: () => [[]],
  partitionBy(config, [input]) {
    if (input === undefined) return null;
    const { keys, window } = planOf(config, input);
    const columns = [...keys, ...(window?.columns ?? [])];
    return columns.length === 0 ? null : [columns];
  },
  create(context) {
    const { config, input } = context;
    const { results, keep } = config;
    const plan = planOf(config, input);
    if (plan.window !== null) return new DedupWindows(context, plan, plan.window);
    const ttl = results.kind === 'window' ? undefined : results.ttl;
    // The first by arrival is final as it comes.
    if (results.kind === 'final' && plan.term !== null) return new DedupFinal(context, plan, ttl);
    if (keep === 'last' || plan.term !== null) return new DedupChanges(context, plan, ttl);
    const output = input.fields.map((_, c) => c);
    return new FirstRows(context, { columns: plan.keys, output, ttl, refresh: false });
  },
};
