/** Aggregate functions of the cases as those of Weir. */
import { type Json, type JsonObject, list, object, onlyKeys, show, text, Unsupported } from './case.ts';
import type { Dialect } from './dialect.ts';
import { toSql } from './expression.ts';

const FUNCTIONS: Readonly<Record<string, JsonObject>> = {
  count: { function: 'count' },
  count_distinct: { function: 'count', distinct: true },
  distinct_count: { function: 'count', distinct: true },
  sum: { function: 'sum' },
  sum_distinct: { function: 'sum', distinct: true },
  avg: { function: 'avg' },
  average: { function: 'avg' },
  mean: { function: 'avg' },
  min: { function: 'min' },
  max: { function: 'max' },
  // Both leave out NULL, as Flink's FIRST_VALUE and LAST_VALUE do.
  first: { function: 'first' },
  first_value: { function: 'first' },
  earliest: { function: 'first' },
  earliest_by_offset: { function: 'first' },
  last: { function: 'last' },
  last_value: { function: 'last' },
  latest: { function: 'last' },
  latest_by_offset: { function: 'last' },
  stddev: { function: 'stddev-samp' },
  stddev_pop: { function: 'stddev-pop' },
  stddev_samp: { function: 'stddev-samp' },
  stddev_sample: { function: 'stddev-samp' },
  variance: { function: 'variance-samp' },
  var_pop: { function: 'variance-pop' },
  var_samp: { function: 'variance-samp' },
  collect: { function: 'collect' },
  collect_list: { function: 'collect' },
  array_agg: { function: 'collect' },
  list: { function: 'collect' },
  collect_set: { function: 'collect', distinct: true },
  collect_distinct: { function: 'collect', distinct: true },
  set: { function: 'collect', distinct: true },
  listagg: { function: 'listagg' },
  string_agg: { function: 'listagg' },
};

/** What engines count and Weir has no function for, and why. */
const OTHERS: Readonly<Record<string, string>> = {
  topk: 'the k largest values as a list; Weir has Top-N over rows',
  topkdistinct: 'the k largest distinct values as a list; Weir has Top-N over rows',
  histogram: 'counts by value as a map; Weir groups by the value',
  latest_by_event_time: 'the value of the newest event time; Weir’s last goes by arrival',
};

/** Kafka's tests join texts by hand: `"0"` first, then each with a plus in front. */
const CONCAT = /^string concat in arrival order(?:, starting with "([^"]*)")?, joined with (.+)$/;

const KNOWN = ['fn', 'of', 'as', 'filter', 'where', 'distinct', 'separator'];

/** Aggregates as settings. What Weir's functions do not give as such is completed by the map behind. */
export function aggregatesOf(
  json: Json | undefined,
  dialect: Dialect,
): { settings: JsonObject[]; compute: JsonObject[] } {
  const compute: JsonObject[] = [];
  const settings = list(json).map((entry): JsonObject => {
    const aggregate = object(entry);
    const words = text(aggregate['fn']);
    const concat = CONCAT.exec(words);
    const name = words
      .toLowerCase()
      .trim()
      .replaceAll(/[\s-]+/g, '_');
    const other = OTHERS[name];
    if (other !== undefined) throw new Unsupported(`other semantics: ${words} is ${other}`);
    onlyKeys(aggregate, KNOWN, 'aggregate');
    const known =
      concat === null ? FUNCTIONS[name] : { function: 'listagg', separator: unquoted(concat[2] ?? '') };
    if (known === undefined) throw new Unsupported(`aggregate function ${show(aggregate['fn'] ?? null)}`);
    const as = text(aggregate['as']) || words;
    const given = text(aggregate['of']);
    const condition = text(aggregate['filter'] ?? aggregate['where'] ?? '');
    if (concat?.[1] !== undefined)
      compute.push({ name: as, expression: `'${concat[1]}' || '${known['separator']}' || ${as}` });
    const of = given === '' || given === '*' ? null : toSql(given);
    const isAverage = known['function'] === 'avg' && !dialect.integerAverage;
    const separator = aggregate['separator'];
    return {
      ...known,
      ...(aggregate['distinct'] === true ? { distinct: true } : {}),
      ...(condition === '' ? {} : { filter: toSql(condition) }),
      ...(separator === undefined ? {} : { separator }),
      ...(of === null ? {} : { of: isAverage ? `CAST(${of} AS DOUBLE)` : of }),
      as,
    };
  });
  return { settings, compute };
}

const unquoted = (words: string): string => /^"(.*)"$/.exec(words)?.[1] ?? words;
