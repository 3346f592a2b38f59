/** As Flink SQL: `SELECT DISTINCT fields FROM input`, with `ttl` as the hint STATE_TTL. */
import { z } from 'zod';
import { ANOTHER_TIME } from '../../contract/keeping.ts';
import { zFieldName, zPositiveDuration } from '../../contract/settings.ts';
import { ANY_IN, defineNode, MAIN_OUT, type SchemaContext, setting } from '../../contract/spec.ts';
import { appendOnly, type EdgeSchema, updating } from '../../contract/types.ts';
import { checkFieldName } from '../../plan/check-setting.ts';

export const zDistinct = z.strictObject({
  fields: setting(z.array(zFieldName).max(200).optional(), {
    title: 'Fields',
    widget: 'fields',
    scope: 'input',
    placeholder: 'all fields',
    description: 'Only these go on, and each combination of their values once',
  }),
  ttl: setting(zPositiveDuration.optional(), {
    title: 'Forget after',
    widget: 'duration',
    placeholder: 'never',
    description: 'Values that did not come for this long, by the clock, are forgotten and count as new again',
  }),
});

export type DistinctConfig = z.output<typeof zDistinct>;

export const distinctSpec = defineNode({
  type: 'distinct',
  kind: 'operator',
  group: 'rank',
  label: 'Distinct',
  summary: 'Gives each combination of values once.',
  description:
    'SELECT DISTINCT: a record goes on, with the chosen fields, when their values come for the first time; NULL is a value like any ' +
    'other. An append-only input gives an append-only output. Of an updating one, records are counted: values give `+I` with their first ' +
    'record and `-D` when their last one is taken back (Flink’s GROUP BY without aggregates, `GroupAggFunction`). All values are ' +
    'remembered: without “Forget after”, state grows with their number. To keep whole records, one per key, use Deduplicate.',
  icon: 'M3 4h4M3 8h4M3 12h4M10 8l2 2 3-5',
  config: zDistinct,
  inputs: [ANY_IN],
  outputs: [MAIN_OUT],
  stateful: true,
  keeps: {
    settings: { ttl: ANOTHER_TIME },
    // Without a list, all of them are what is remembered.
    fieldsMayChange: ({ fields }) => Array.isArray(fields) && fields.length > 0,
  },
  targets: ['weir', 'flink', 'spark'],
  summarize: (config) => config.fields?.join(', ') ?? 'all fields',
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    if (input === null) return { out: null };
    const columns = planDistinct(context.config, input, context);
    const fields = columns.flatMap((c) => input.fields[c] ?? []);
    const out =
      input.changelog === 'updating'
        ? updating(
            fields,
            input.eventTime,
            fields.map((f) => f.name),
          )
        : appendOnly(fields, input.eventTime);
    return { out };
  },
  examples: [
    {
      title: 'Every route once',
      fields: { origin: 'STRING', destination: 'STRING', flight: 'INT' },
      config: { fields: ['origin', 'destination'] },
      input: [
        { origin: 'ATL', destination: 'ORD', flight: 1 },
        { origin: 'ATL', destination: 'DFW', flight: 2 },
        { origin: 'ATL', destination: 'ORD', flight: 3 },
      ],
      output: [
        { origin: 'ATL', destination: 'ORD' },
        { origin: 'ATL', destination: 'DFW' },
      ],
    },
  ],
});

/** Indexes of the fields, in the order in which they are named. */
export function planDistinct(
  config: DistinctConfig,
  input: EdgeSchema,
  context: Pick<SchemaContext<unknown>, 'report'>,
): number[] {
  const { fields } = config;
  if (fields === undefined || fields.length === 0) return input.fields.map((_, c) => c);
  const columns = fields.flatMap(
    (name, i) => checkFieldName(context, ['fields', i], name, input.fields) ?? [],
  );
  // Named twice, a field is still one.
  return [...new Set(columns)];
}
