import { z } from 'zod';
import { ANY_IN, defineNode } from '../../contract/spec.ts';

export const nothingSpec = defineNode({
  type: 'nothing',
  kind: 'sink',
  label: 'Nothing',
  summary: 'Counts records and drops them.',
  description: 'Takes every record and only counts it: for measuring how fast the rest of a pipeline can go.',
  icon: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M3.8 12.2l8.4-8.4',
  config: z.strictObject({}),
  inputs: [ANY_IN],
  outputs: [],
  stateful: false,
  protocol: 'none',
  targets: ['weir', 'flink', 'spark'],
  summarize: () => 'counts only',
  schemas: () => ({}),
  examples: [{ title: 'Count and drop', config: {} }],
});
