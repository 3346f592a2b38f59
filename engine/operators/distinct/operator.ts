/** Each combination of values once: the first of it, or as long as there is one. */
import { throwProblem } from '../../plan/check-setting.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { FirstRows } from '../keyed/first-rows.ts';
import { DistinctCounts } from './counts.ts';
import { type DistinctConfig, planDistinct } from './spec.ts';

export const distinctRuntime: StatefulRuntime<DistinctConfig> = {
  kind: 'stateful',
  needs: () => [[]],
  partitionBy: (config, [input]) =>
    input === undefined ? null : [planDistinct(config, input, { report: throwProblem })],
  create(context) {
    const { config, input } = context;
    const columns = planDistinct(config, input, { report: throwProblem });
    return input.changelog === 'updating'
      ? new DistinctCounts(context, columns)
      : new FirstRows(context, { columns, output: columns, ttl: config.ttl, refresh: true });
  },
};
