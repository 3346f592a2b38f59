import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { zFieldName } from '../../contract/settings.ts';
import { ANY_IN, DEAD_LETTER_OUT, defineNode, MAIN_OUT, setting } from '../../contract/spec.ts';
import type { EdgeSchema } from '../../contract/types.ts';
import { type FlattenPlan, planFlatten } from './plan.ts';

export const zFlatten = z.strictObject({
  array: setting(z.string().min(1).max(20_000), {
    title: 'Array',
    widget: 'expression',
    expects: 'ARRAY',
    scope: 'input',
    placeholder: 'items',
    description: 'A field of type ARRAY, or an expression that gives one',
  }),
  as: setting(zFieldName.optional(), {
    title: 'Name of the element',
    widget: 'text',
    placeholder: 'as the field',
    description: 'Where the elements are rows: what goes before the names of their fields, as in item_price',
  }),
  position: setting(zFieldName.optional(), {
    title: 'Position',
    widget: 'text',
    placeholder: 'not kept',
    description: 'A field with the place of the element in its array, from 1 (WITH ORDINALITY)',
  }),
  empty: setting(z.enum(['drop', 'keep']).default('drop'), {
    title: 'Empty or NULL',
    widget: 'segmented',
    labels: { drop: 'Gives nothing', keep: 'Gives one record' },
    description: 'A record with an empty or NULL array ends here, or goes on once with NULL for the element',
  }),
  keepArray: setting(z.boolean().default(false), {
    title: 'Keep the array',
    widget: 'switch',
    advanced: true,
    description: 'Beside its elements',
  }),
});

export type FlattenConfig = z.output<typeof zFlatten>;

// As Flink SQL: `SELECT …, e.* FROM input CROSS JOIN UNNEST(array) [WITH ORDINALITY] AS e (…)`; with `keep`,
// `LEFT JOIN UNNEST(array) AS e (…) ON TRUE`.
export const flattenSpec = defineNode({
  type: 'flatten',
  kind: 'operator',
  label: 'Flatten',
  summary: 'Gives one record for each element of an array.',
  description:
    'UNNEST of Flink SQL. Every element of the array gives one record with the other fields of its record beside it, ' +
    'in the order of the array. Elements that are rows give a field for each of theirs; a NULL among them gives NULL in ' +
    'all of these. A record with an empty or NULL array gives nothing (CROSS JOIN), or one record with NULL for the ' +
    'element and its position (LEFT JOIN … ON TRUE). Event time stays that of the record, and so does the change on ' +
    'an updating input. A record for which the expression fails goes to the errors port.',
  icon: 'M2 3h5v10H2zM2 8h5M7 3l6 1M7 8h6M7 13l6-1',
  config: zFlatten,
  inputs: [ANY_IN],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: false,
  targets: ['weir', 'flink', 'spark'],
  summarize: (config) =>
    [
      config.array,
      config.as === undefined ? '' : `as ${config.as}`,
      config.position === undefined ? '' : `position ${config.position}`,
      config.empty === 'keep' ? 'empty ones kept' : '',
    ]
      .filter((part) => part !== '')
      .join(' · '),
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    const plan = input === null ? null : planFlatten(context.config, input.fields, context);
    return {
      out: input === null || plan === null ? null : outputSchema(context.config, input, plan),
      errors: DEAD_LETTER_SCHEMA,
    };
  },
  examples: [
    {
      title: 'The tags of an article, with their places',
      fields: { article: 'STRING', tags: 'STRING' },
      config: { array: "SPLIT(tags, ',')", as: 'tag', position: 'place' },
      input: [
        { article: 'x', tags: 'sql,streams' },
        { article: 'y', tags: null },
      ],
      output: [
        { article: 'x', tag: 'sql', place: 1 },
        { article: 'x', tag: 'streams', place: 2 },
      ],
    },
  ],
});

/** Rows of one record are told apart by their position only. */
function outputSchema(config: FlattenConfig, input: EdgeSchema, plan: FlattenPlan): EdgeSchema {
  const { key, ...rest } = input;
  const names = plan.kept.map((at) => input.fields[at]?.name);
  const whole = key?.every((name) => names.includes(name)) ?? false;
  const { position } = config;
  return {
    ...rest,
    fields: plan.fields,
    ...(key !== undefined && whole && position !== undefined ? { key: [...key, position] } : {}),
  };
}
