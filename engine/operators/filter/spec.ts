import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { ANY_IN, DEAD_LETTER_OUT, defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import { checkSetting } from '../../plan/check-setting.ts';

export const zFilter = z.strictObject({
  condition: setting(z.string().min(1).max(20_000), {
    title: 'Condition',
    widget: 'expression',
    expects: 'BOOLEAN',
    scope: 'input',
    placeholder: 'delay > 60',
    description: 'Records for which this is true go on; false and unknown (NULL) end here',
  }),
});

export const filterSpec = defineNode({
  type: 'filter',
  kind: 'operator',
  label: 'Filter',
  summary: 'Keeps the records for which a condition is true.',
  description:
    'A SQL condition over the fields of the input, with three-valued logic: a record goes on only where the ' +
    'condition is TRUE. Where it is FALSE or NULL the record ends here and is counted as filtered. A record for ' +
    'which the condition fails (say, a division by zero) goes to the errors port.',
  icon: 'M2 3h12l-4.5 5v5l-3-1.5V8z',
  config: zFilter,
  inputs: [ANY_IN],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: false,
  passesRows: true,
  targets: ['weir', 'flink', 'spark'],
  summarize: (config) => config.condition,
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input !== null)
      checkSetting(context, ['condition'], context.config.condition, input.fields, 'BOOLEAN');
    return { out: input, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Delays of more than an hour',
      fields: { origin: 'STRING', delay: 'INT' },
      config: { condition: 'delay > 60' },
      input: [
        { origin: 'ATL', delay: 75 },
        { origin: 'ORD', delay: 60 },
        { origin: 'DFW', delay: null },
      ],
      output: [{ origin: 'ATL', delay: 75 }],
    },
  ],
});
