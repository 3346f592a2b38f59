import { throwProblem } from '../../plan/check-setting.ts';
import type { FusedRuntime } from '../../runtime/contracts.ts';
import { planMap } from './plan.ts';
import type { MapConfig } from './spec.ts';

export const mapRuntime: FusedRuntime<MapConfig> = {
  kind: 'fused',
  step: (config, input) => ({
    kind: 'project',
    columns: planMap(config, input.fields, { report: throwProblem }),
  }),
};
