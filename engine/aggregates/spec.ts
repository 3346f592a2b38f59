/** Aggregates as settings: what every node that aggregates offers, with the same words and the same form. */
import { z } from 'zod';
import { zFieldName } from '../contract/settings.ts';
import { setting } from '../contract/spec.ts';

/** By function: the label in forms, and what of Flink SQL it prints as (`x` is the argument). */
export const AGGREGATES = {
  count: { label: 'count', sql: 'COUNT(x)' },
  'count-distinct': { label: 'count distinct', sql: 'COUNT(DISTINCT x)' },
  sum: { label: 'sum', sql: 'SUM(x)' },
  avg: { label: 'average', sql: 'AVG(x)' },
  min: { label: 'minimum', sql: 'MIN(x)' },
  max: { label: 'maximum', sql: 'MAX(x)' },
  first: { label: 'first', sql: 'FIRST_VALUE(x)' },
  last: { label: 'last', sql: 'LAST_VALUE(x)' },
  // Flink gives the deviation of whole numbers as a whole number, cut off: the cast avoids that.
  'stddev-pop': { label: 'standard deviation (population)', sql: 'STDDEV_POP(CAST(x AS DOUBLE))' },
  'stddev-samp': { label: 'standard deviation (sample)', sql: 'STDDEV_SAMP(CAST(x AS DOUBLE))' },
  'variance-pop': { label: 'variance (population)', sql: 'VAR_POP(CAST(x AS DOUBLE))' },
  'variance-samp': { label: 'variance (sample)', sql: 'VAR_SAMP(CAST(x AS DOUBLE))' },
  collect: { label: 'collect', sql: 'COLLECT(x)' },
  listagg: { label: 'listagg', sql: 'LISTAGG(x, separator)' },
  'approx-count-distinct': { label: 'count distinct (approximate)', sql: 'APPROX_COUNT_DISTINCT(x)' },
  'approx-percentile': { label: 'percentile (approximate)', sql: 'PERCENTILE(x, percentile)' },
} as const satisfies Readonly<Record<string, { readonly label: string; readonly sql: string }>>;

export type AggregateFunction = keyof typeof AGGREGATES;
export const AGGREGATE_FUNCTIONS = Object.keys(AGGREGATES) as [AggregateFunction, ...AggregateFunction[]];

export const AGGREGATE_LABELS = Object.fromEntries(
  AGGREGATE_FUNCTIONS.map((name) => [name, AGGREGATES[name].label]),
);

/** The settings of an aggregate beside its function: spread into the object of every list of aggregates. */
export const aggregateShape = {
  of: setting(z.string().min(1).max(20_000).optional(), {
    title: 'Of',
    widget: 'expression',
    expects: 'ANY',
    scope: 'input',
    placeholder: 'delay',
    description: 'Left out for count: every record counts',
  }),
  as: setting(zFieldName, { title: 'As', widget: 'text', placeholder: 'flights' }),
  distinct: setting(z.boolean().optional(), {
    title: 'Distinct',
    widget: 'switch',
    advanced: true,
    description: 'Each value once, however often it comes',
  }),
  filter: setting(z.string().min(1).max(20_000).optional(), {
    title: 'Only where',
    widget: 'expression',
    expects: 'BOOLEAN',
    scope: 'input',
    placeholder: 'delay > 60',
    advanced: true,
    description: 'FILTER (WHERE …): records for which this is false or unknown do not go into this aggregate',
  }),
  separator: setting(z.string().max(64).optional(), {
    title: 'Separator',
    widget: 'text',
    placeholder: ',',
    advanced: true,
    description: 'Of listagg: what stands between two values; a comma where left out',
  }),
  percentile: setting(z.number().min(0).max(1).optional(), {
    title: 'Percentile',
    widget: 'number',
    placeholder: '0.95',
    advanced: true,
    description: 'Of percentile: the share of values below, from 0 (the least) over 0.5 (the median) to 1',
  }),
};

export const zAggregate = z.strictObject({
  function: setting(z.enum(AGGREGATE_FUNCTIONS), {
    title: 'Function',
    widget: 'select',
    labels: AGGREGATE_LABELS,
  }),
  ...aggregateShape,
});

export const zAggregates = setting(z.array(zAggregate).min(1).max(200), {
  title: 'Aggregates',
  widget: 'list',
});

export type AggregateSetting = z.output<typeof zAggregate>;

/** `sum(delay)`, `count(*)`: for the line on a node's card. */
export const summarizeAggregate = (
  a: Pick<AggregateSetting, 'of' | 'distinct'> & { function: string },
): string => `${a.function}(${a.distinct === true ? 'distinct ' : ''}${a.of ?? '*'})`;

/** How the functions work, for the description of every node that has them (Markdown). */
export const AGGREGATES_HELP =
  'NULLs do not count in any function but `count` of all records; over no values the result is NULL, for the counts 0, for ' +
  '`collect` an empty array. `sum` keeps the type of INT and BIGINT and wraps around as they do; of DECIMAL(p, s) it is ' +
  'DECIMAL(38, s), NULL when it needs more digits. `avg` of whole numbers is cut off to a whole number, of DECIMAL it is ' +
  'DECIMAL(38, max(6, s)), rounded half up. `first`, `last`, `collect` and `listagg` go by the order in which records came, which is ' +
  'not that of their event times. Deviations and variances are DOUBLE (Welford’s method); of a sample of one they are NULL. ' +
  'All these rules are those of Flink SQL (`LogicalTypeMerging`, `*AggFunction`), but that Flink’s `COLLECT` gives a MULTISET. ' +
  '`approx-count-distinct` is HyperLogLog (Flajolet et al. 2007) with 4096 registers and the estimator of Ertl 2017: exact ' +
  'up to 256 values, beyond that with a standard error of 1.6 %. `approx-percentile` is a DDSketch (Masson, Rim, Lee 2019): its result is ' +
  'within 1 % of the value at that rank, whatever the distribution.';
