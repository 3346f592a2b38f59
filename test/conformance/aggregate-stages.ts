/** Grouping of the cases as Weir's nodes: in windows, and without. */
import { type Json, type JsonObject, list, object, onlyKeys, show, text, Unsupported } from './case.ts';
import type { Dialect } from './dialect.ts';
import { parseKey, toSql } from './expression.ts';
import type { CaseGraph, Ref } from './graph.ts';
import { type Firings, firingsOf } from './window-triggers.ts';
import { windowOf } from './windows.ts';

const FUNCTIONS: Readonly<Record<string, JsonObject>> = {
  count: { function: 'count' },
  count_distinct: { function: 'count', distinct: true },
  'count distinct': { function: 'count', distinct: true },
  sum: { function: 'sum' },
  avg: { function: 'avg' },
  average: { function: 'avg' },
  mean: { function: 'avg' },
  min: { function: 'min' },
  max: { function: 'max' },
  first: { function: 'first' },
  first_value: { function: 'first' },
  last: { function: 'last' },
  last_value: { function: 'last' },
  stddev_pop: { function: 'stddev-pop' },
  stddev_samp: { function: 'stddev-samp' },
  var_pop: { function: 'variance-pop' },
  var_samp: { function: 'variance-samp' },
  collect: { function: 'collect' },
  collect_list: { function: 'collect' },
  listagg: { function: 'listagg' },
  string_agg: { function: 'listagg' },
};

/** Kafka's tests join texts by hand: `"0"` first, then each with a plus in front. */
const CONCAT = /^string concat in arrival order, starting with "([^"]*)", joined with (.+)$/;

/** Aggregates as settings. What Weir's functions do not give as such is completed by the map behind. */
export function aggregatesOf(
  json: Json | undefined,
  dialect: Dialect,
): { settings: JsonObject[]; compute: JsonObject[] } {
  const compute: JsonObject[] = [];
  const settings = list(json).map((entry): JsonObject => {
    const aggregate = object(entry);
    onlyKeys(aggregate, ['fn', 'of', 'as', 'filter', 'where', 'distinct', 'separator'], 'aggregate');
    const words = text(aggregate['fn']);
    const concat = CONCAT.exec(words);
    const known =
      concat === null ? FUNCTIONS[words.toLowerCase()] : { function: 'listagg', separator: concat[2] ?? '' };
    if (known === undefined) throw new Unsupported(`aggregate function ${show(aggregate['fn'] ?? null)}`);
    const as = text(aggregate['as']) || words;
    const given = text(aggregate['of']);
    const condition = text(aggregate['filter'] ?? aggregate['where'] ?? '');
    if (concat !== null) compute.push({ name: as, expression: `'${concat[1]}' || '${concat[2]}' || ${as}` });
    const of = given === '' || given === '*' ? null : toSql(given);
    const isAverage = known['function'] === 'avg' && !dialect.integerAverage;
    return {
      ...known,
      ...(aggregate['distinct'] === true ? { distinct: true } : {}),
      ...(condition === '' ? {} : { filter: toSql(condition) }),
      ...(of === null ? {} : { of: isAverage ? `CAST(${of} AS DOUBLE)` : of }),
      as,
    };
  });
  return { settings, compute };
}

/** Keys of a grouping; those that are computed (`k := a % 5`) by a map in front. */
function keyed(graph: CaseGraph, keys: Json | undefined, input: Ref): { input: Ref; keys: string[] } {
  const parsed = list(keys).map((key) => parseKey(text(key)));
  const compute = parsed.flatMap(({ name, sql }) => (sql === null ? [] : [{ name, expression: sql }]));
  const names = parsed.map((k) => k.name);
  if (compute.length === 0) return { input, keys: names };
  const fields = [...new Set([...input.fields, ...compute.map((c) => c.name)])];
  return { input: graph.add('map', { compute }, { in: input }, fields), keys: names };
}

function grouping(stage: JsonObject, keys: readonly string[]): JsonObject {
  const sets = stage['grouping_sets'];
  if (sets === undefined) return { keys };
  const all = [...new Set([...keys, ...list(sets).flatMap((set) => list(set).map(text))])];
  return {
    keys: all,
    groupingSets: list(sets).map((set) => ({ keys: list(set).map(text) })),
    groupingId: 'grouping_id',
  };
}

const filtered = (graph: CaseGraph, where: Json | undefined, input: Ref): Ref =>
  where === undefined
    ? input
    : graph.add('filter', { condition: toSql(text(where)) }, { in: input }, input.fields);

function completed(graph: CaseGraph, compute: readonly JsonObject[], made: Ref): Ref {
  return compute.length === 0 ? made : graph.add('map', { compute }, { in: made }, made.fields);
}

const WINDOW_KEYS = ['window_start', 'window_end'];

/** GROUP BY. Over windows that were assigned before, and emitted when they close, it is a window of its own kind. */
export function aggregate(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(
    stage,
    ['type', 'side', 'key', 'aggregates', 'where', 'emit', 'output', 'grouping_sets', 'watermark'],
    'aggregate',
  );
  const from = keyed(graph, stage['key'], filtered(graph, stage['where'], input));
  const { settings, compute } = aggregatesOf(stage['aggregates'], graph.dialect);
  const names = settings.map((a) => text(a['as']));
  if (/^on_window_close/.test(text(stage['emit'] ?? ''))) {
    const keys = from.keys.filter((key) => !WINDOW_KEYS.includes(key));
    const config = { window: { kind: 'assigned' }, ...grouping(stage, keys), aggregates: settings };
    return completed(
      graph,
      compute,
      graph.add('window', config, { in: from.input }, [...keys, ...WINDOW_KEYS, ...names]),
    );
  }
  const config = { ...grouping(stage, from.keys), aggregates: settings };
  return completed(
    graph,
    compute,
    graph.add('group-aggregate', config, { in: from.input }, [...from.keys, ...names]),
  );
}

const WINDOW_SETTINGS = [
  'type',
  'side',
  'window',
  'key',
  'aggregates',
  'where',
  'time',
  'emit',
  'grouping_sets',
  'trigger',
  'accumulation',
  'allowed_lateness_ms',
  'grace_ms',
  'watermark',
  'late',
];

export interface WindowNode {
  /** What comes out, completed by a map where Weir's functions do not give it as such. */
  readonly out: Ref;
  readonly late: Ref;
  readonly keys: readonly string[];
  readonly firings: Firings;
}

/** A window, with what it needs in front and behind. `more`: further settings; aggregates after those asked for. */
export function windowNode(
  graph: CaseGraph,
  stage: JsonObject,
  input: Ref,
  more: {
    readonly takesBack?: boolean;
    readonly pane?: boolean;
    readonly aggregates?: readonly JsonObject[];
  } = {},
): WindowNode {
  onlyKeys(stage, WINDOW_SETTINGS, 'operator');
  const { dialect } = graph;
  const from = keyed(graph, stage['key'], filtered(graph, stage['where'], input));
  const { settings, compute } = aggregatesOf(stage['aggregates'], dialect);
  const window = object(stage['window']);
  const session = window['kind'] === 'session';
  const firings = firingsOf(stage, dialect, { session, takesBack: more.takesBack === true });
  const sums = firings.emptyPanes ? settings.filter((a) => a['function'] === 'sum') : [];
  const isZero = sums.map(
    (a): JsonObject => ({ name: a['as'] ?? '', expression: `COALESCE(${a['as']}, 0)` }),
  );
  const group = grouping(stage, from.keys);
  const isCount = window['kind'] === 'count';
  const made = graph.add(
    'window',
    {
      window: windowOf(window, dialect),
      ...(isProcessing(stage['time']) ? { time: 'processing' } : {}),
      ...group,
      aggregates: [...settings, ...(more.aggregates ?? [])],
      // A count window fires when it is full: what triggers it is its slide.
      ...(isCount ? checkedCount(stage) : firings.settings),
      ...(more.pane === true && !isCount ? { pane: true } : {}),
    },
    { in: from.input },
    [...list(group['keys']).map(text), ...WINDOW_KEYS, ...settings.map((a) => text(a['as']))],
  );
  return {
    out: completed(graph, [...compute, ...isZero], made),
    late: graph.port(made, 'late'),
    keys: list(group['keys']).map(text),
    firings,
  };
}

function checkedCount(stage: JsonObject): JsonObject {
  const window = object(stage['window']);
  const trigger = object(stage['trigger']);
  const every = window['slide'] ?? window['size'];
  if (stage['trigger'] !== undefined && (trigger['kind'] !== 'count' || trigger['n'] !== every))
    throw new Unsupported(`trigger ${show(stage['trigger'])} of a window that slides by ${show(every)}`);
  return {};
}

export function isProcessing(time: Json | undefined): boolean {
  const word = text(time).toLowerCase();
  if (time === undefined || word.startsWith('event')) return false;
  if (word.startsWith('processing')) return true;
  throw new Unsupported(`time: ${show(time)}`);
}

/** A window as a stage of a pipeline. */
export const windowAggregate = (graph: CaseGraph, stage: JsonObject, input: Ref): Ref =>
  windowNode(graph, stage, input).out;
