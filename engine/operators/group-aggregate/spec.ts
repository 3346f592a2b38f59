import { z } from 'zod';
import { groupingSetsShape, type PlannedGrouping, planGrouping } from '../../aggregates/grouping/plan.ts';
import { type PlannedAggregate, planAggregates, reportTwice } from '../../aggregates/plan.ts';
import { AGGREGATES_HELP, summarizeAggregate, zAggregates } from '../../aggregates/spec.ts';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { ANOTHER_TIME } from '../../contract/keeping.ts';
import { zFieldName, zPositiveDuration } from '../../contract/settings.ts';
import {
  ANY_IN,
  DEAD_LETTER_OUT,
  defineNode,
  MAIN_OUT,
  type SchemaContext,
  setting,
} from '../../contract/spec.ts';
import { type EdgeSchema, type Field, updating } from '../../contract/types.ts';

// Prints as: SELECT keys, [GROUPING_ID(keys),] aggregates FROM input GROUP BY keys | GROUPING SETS (…), and `ttl` as the hint
// /*+ STATE_TTL('input' = '1 d') */.
export const zGroupAggregate = z.strictObject({
  keys: setting(z.array(zFieldName).max(32).default([]), {
    title: 'Group by',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all records together',
  }),
  aggregates: zAggregates,
  ttl: setting(zPositiveDuration.optional(), {
    title: 'Forget groups after',
    widget: 'duration',
    placeholder: 'never',
    description: 'A group that got no record for this long, by the clock, is forgotten and starts anew',
  }),
  ...groupingSetsShape,
});

export type GroupAggregateConfig = z.output<typeof zGroupAggregate>;

export interface GroupPlan {
  readonly grouping: PlannedGrouping;
  readonly aggregates: readonly PlannedAggregate[];
  readonly fields: readonly Field[];
}

export function planGroupAggregate(
  config: GroupAggregateConfig,
  input: EdgeSchema,
  context: Pick<SchemaContext<unknown>, 'report'>,
): GroupPlan {
  const grouping = planGrouping(config, input.fields, context);
  const aggregates = planAggregates(config.aggregates, input.fields, context, {
    retract: input.changelog === 'updating' ? 'updating' : null,
  });
  const id = grouping.id === null ? [] : [grouping.id];
  return { grouping, aggregates, fields: [...grouping.fields, ...id, ...aggregates.map((a) => a.field)] };
}

export const groupAggregateSpec = defineNode({
  type: 'group-aggregate',
  kind: 'operator',
  group: 'aggregate',
  label: 'Aggregate',
  summary: 'Keeps totals per group, and updates them with every record.',
  description:
    'GROUP BY without a window: each record changes the row of its group at once, so the output is **updating**. The first record of ' +
    'a group gives `+I`; each further one gives `-U` with the row as it was and `+U` with the row as it is, or nothing where no ' +
    'value changed. Where the input is updating too, `-U` and `-D` of it are taken back from the aggregates, and a group whose last ' +
    'record goes gives `-D`; taking back from a group that is not there is ignored. NULL is a key like any other. These are the rules of ' +
    'Flink’s `GroupAggFunction`, without mini-batches. With “Forget groups after” (`table.exec.state.ttl`: processing time, put off by every ' +
    'record of the group) a forgotten group starts again with `+I`, and unchanged rows are sent too, so that what is below forgets no ' +
    'earlier. The output has no event time: a total of many records has none. Without a window and without this setting, state ' +
    `grows with the number of groups.\n\n${AGGREGATES_HELP}`,
  icon: 'M12 3H4l5 5-5 5h8',
  config: zGroupAggregate,
  inputs: [ANY_IN],
  outputs: [MAIN_OUT, DEAD_LETTER_OUT],
  stateful: true,
  keeps: { settings: { ttl: ANOTHER_TIME }, fieldsMayChange: () => true },
  targets: ['weir', 'flink', 'spark'],
  summarize(config) {
    const per = config.keys.length === 0 ? '' : `per ${config.keys.join(', ')}, `;
    return per + config.aggregates.map(summarizeAggregate).join(', ');
  },
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null, errors: DEAD_LETTER_SCHEMA };
    const { config } = context;
    const { grouping, fields } = planGroupAggregate(config, input, context);
    const before = grouping.columns.length + (grouping.id === null ? 0 : 1);
    reportTwice(context, fields, (i) =>
      i >= before ? ['aggregates', i - before, 'as'] : i >= grouping.columns.length ? ['groupingId'] : null,
    );
    // With several sets a NULL does not say whether the key is NULL or not in the set: only the grouping id does.
    const several = grouping.sets.length > 1;
    const names = grouping.fields.map((f) => f.name);
    const key = grouping.id === null ? names : [...names, grouping.id.name];
    const out = updating(fields, false, several && grouping.id === null ? undefined : key);
    return { out, errors: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Flights and the worst delay per airport, so far',
      fields: { origin: 'STRING', delay: 'INT' },
      config: {
        keys: ['origin'],
        aggregates: [
          { function: 'count', as: 'flights' },
          { function: 'max', of: 'delay', as: 'worst' },
        ],
      },
      input: [
        { origin: 'ATL', delay: 5 },
        { origin: 'ORD', delay: 20 },
        { origin: 'ATL', delay: 65 },
      ],
      output: [
        { origin: 'ATL', flights: 1, worst: 5 },
        { origin: 'ORD', flights: 1, worst: 20 },
        { origin: 'ATL', flights: 1, worst: 5 },
        { origin: 'ATL', flights: 2, worst: 65 },
      ],
    },
    {
      title: 'Only late flights count, each tail number once',
      fields: { origin: 'STRING', tail: 'STRING', delay: 'INT' },
      config: {
        keys: ['origin'],
        aggregates: [
          { function: 'count', of: 'tail', distinct: true, filter: 'delay > 15', as: 'late_planes' },
        ],
        ttl: '1 d',
      },
    },
  ],
});
