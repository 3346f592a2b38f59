/** Top-N: kept up to date, or per window. */
import type { EdgeSchema } from '../../contract/types.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { TopNChanges } from './changes.ts';
import { planTopN, type TopNPlan } from './plan.ts';
import type { TopNConfig } from './spec.ts';
import { TopNWindows } from './windows.ts';

const planOf = (config: TopNConfig, input: EdgeSchema): TopNPlan =>
  planTopN(config, input, { report: throwProblem });

export const topNRuntime: StatefulRuntime<TopNConfig> = {
  kind: 'stateful',
  needs: () => [[]],
  partitionBy(config, [input]) {
    if (input === undefined) return null;
    const { keys, window } = planOf(config, input);
    const columns = [...keys, ...(window?.columns ?? [])];
    return columns.length === 0 ? null : [columns];
  },
  create(context) {
    const plan = planOf(context.config, context.input);
    return plan.window === null
      ? new TopNChanges(context, plan)
      : new TopNWindows(context, plan, plan.window);
  },
};
