import type { z } from 'zod';
import { checkedSetting } from '../../plan/check-setting.ts';
import type { FusedRuntime } from '../../runtime/contracts.ts';
import type { zFilter } from './spec.ts';

export const filterRuntime: FusedRuntime<z.output<typeof zFilter>> = {
  kind: 'fused',
  step: (config, input) => ({
    kind: 'filter',
    condition: checkedSetting(config.condition, input.fields, 'BOOLEAN'),
  }),
};
