/** The temporal join: by event time, or as of now. */
import { checkedSetting, throwProblem } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulRuntime } from '../../runtime/contracts.ts';
import { LEFT, type PlannedJoin, planJoin, RIGHT } from '../joins/plan.ts';
import { EventTimeJoin } from './event-time.ts';
import { ProcessingTimeJoin } from './processing-time.ts';
import type { TemporalJoinConfig } from './spec.ts';

const planOf = (config: TemporalJoinConfig, inputs: OperatorContext<unknown>['inputs']): PlannedJoin =>
  planJoin(config, inputs[LEFT]?.fields ?? [], inputs[RIGHT]?.fields ?? [], { report: throwProblem });

export const temporalJoinRuntime: StatefulRuntime<TemporalJoinConfig> = {
  kind: 'stateful',
  needs: ({ deleteWhere }, inputs) =>
    deleteWhere === undefined
      ? []
      : [[], [checkedSetting(deleteWhere, inputs[RIGHT]?.fields ?? [], 'BOOLEAN')]],
  partitionBy: (config, inputs) => planOf(config, inputs).keys,
  create: (context) => {
    const plan = planOf(context.config, context.inputs);
    return context.config.time === 'event'
      ? new EventTimeJoin(context, plan)
      : new ProcessingTimeJoin(context, plan);
  },
};
