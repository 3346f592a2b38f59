/**
 * Descriptions of cases say the same in several words (`group_by`, `partition_by`, `key`; `advance_ms`, `slide_ms`). The driver reads one
 * of each: this puts it in the place of the others, and leaves out what only explains. Nothing is guessed from values.
 */
import { isObject, type Json, type JsonObject, list, object, text } from './case.ts';
import { inGroupingSets } from './grouping-words.ts';
import { inWindowWords } from './window-words.ts';
import { renamed, without } from './words.ts';

const TYPES: Readonly<Record<string, string>> = {
  group_aggregate: 'aggregate',
  group_by: 'aggregate',
  table_aggregate: 'aggregate',
  reduce: 'aggregate',
  windowed_aggregate: 'window_aggregate',
  session_aggregate: 'window_aggregate',
  deduplicate: 'dedup',
  deduplication: 'dedup',
  drop_duplicates: 'dedup',
  window_deduplicate: 'window_dedup',
  rank: 'top_n',
  topn: 'top_n',
  top_k: 'top_n',
  window_rank: 'window_top_n',
  window_topn: 'window_top_n',
  over: 'over_aggregate',
  over_window: 'over_aggregate',
  window_function: 'over_aggregate',
  match_recognize: 'pattern_match',
  pattern: 'pattern_match',
  stream_join: 'interval_join',
  stream_stream_join: 'interval_join',
  windowed_stream_join: 'interval_join',
  regular_join: 'table_join',
  table_table_join: 'table_join',
  join: 'table_join',
  stream_table_join: 'lookup_join',
  temporal_table_join: 'temporal_join',
  select: 'project',
  projection: 'project',
  map: 'project',
  where: 'filter',
  flatten: 'unnest',
  explode: 'unnest',
  flat_map: 'unnest',
  union_all: 'union',
  merge: 'union',
  select_distinct: 'distinct',
  order_by: 'sort',
  temporal_sort: 'sort',
  event_time_sort: 'sort',
};

/** What explains a case to its reader. */
const SILENT = [
  'note',
  'notes',
  'comment',
  'comments',
  'description',
  'explanation',
  'sql',
  'semantics',
  'rule',
  'rules',
  'title',
  'engine',
];

const KEY_WORDS = [
  'key',
  'keys',
  'group_by',
  'partition_by',
  'group_key',
  'partition_key',
  'distinct_on',
  'grouping',
];
/** By type, under which of these words the driver reads what rows are grouped by. */
const KEY_OF: Readonly<Record<string, string>> = {
  aggregate: 'key',
  window_aggregate: 'key',
  window_collect: 'key',
  session_intervals: 'key',
  stateful_threshold: 'key',
  dedup: 'key',
  distinct: 'key',
  gap_fill: 'key',
  top_n: 'partition_by',
  window_top_n: 'partition_by',
  window_dedup: 'partition_by',
  over_aggregate: 'partition_by',
  pattern_match: 'partition_by',
};

/** Without a notion of time, order or release of its own: what is said of it changes nothing. */
const TIMELESS: ReadonlySet<string> = new Set([
  'aggregate',
  'filter',
  'project',
  'union',
  'distinct',
  'top_n',
]);

export function inOneVocabulary(operator: JsonObject): JsonObject {
  const given = text(operator['type']);
  const type = TYPES[given] ?? given;
  let stage: JsonObject = { ...without(operator, SILENT), type };
  const keyWord = KEY_OF[type];
  if (keyWord !== undefined) stage = renamed(stage, KEY_WORDS, keyWord, asList);
  if (type.endsWith('_join'))
    stage = renamed(stage, ['on', 'key', 'keys', 'using', 'equal', 'join_key'], 'on', asList);
  if (type.endsWith('_join')) stage = renamed(stage, ['join', 'join_type', 'kind'], 'join');
  if (stage['aggregates'] !== undefined)
    stage = { ...stage, aggregates: list(stage['aggregates']).map(aggregate) };
  if (type === 'interval_join') stage = within(stage);
  if (type === 'dedup' || type === 'window_dedup') stage = { keep: 'first', ...stage };
  if (type === 'top_n' || type === 'window_top_n') stage = ranks(stage);
  if (type === 'over_aggregate') stage = over(stage);
  if (type === 'filter') stage = renamed(stage, ['condition', 'where', 'predicate', 'filter'], 'condition');
  if (type.endsWith('aggregate')) stage = inGroupingSets(stage);
  if (TIMELESS.has(type)) stage = without(stage, ['time']);
  if (isObject(stage['window'] ?? null) || stage['trigger'] !== undefined) stage = inWindowWords(stage);
  if (stage['stages'] === undefined) return stage;
  return { ...stage, stages: list(stage['stages']).map((s) => inOneVocabulary(object(s))) };
}

const asList = (json: Json): Json => (typeof json === 'string' ? [json] : (json ?? []));

function aggregate(json: Json): JsonObject {
  if (typeof json === 'string') {
    const [, fn = json, of = '', as = ''] =
      /^(\w+)\s*\(\s*(.*?)\s*\)(?:\s+as\s+(\w+))?$/i.exec(json.trim()) ?? [];
    const [, distinct, field = of] = /^(distinct\s+)?(.*)$/i.exec(of) ?? [];
    return {
      fn: distinct === undefined ? fn : `${fn}_distinct`,
      ...(field === '' ? {} : { of: field }),
      ...(as === '' ? {} : { as }),
    };
  }
  let entry = object(json);
  entry = renamed(entry, ['fn', 'function', 'func', 'agg', 'op'], 'fn');
  entry = renamed(entry, ['of', 'field', 'column', 'arg', 'expr', 'expression', 'on'], 'of');
  entry = renamed(entry, ['as', 'alias', 'name', 'output'], 'as');
  return without(entry, SILENT);
}

/** `limit` and `offset` as the first and the last rank. */
function ranks(stage: JsonObject): JsonObject {
  const named = renamed(
    renamed(stage, ['n', 'limit', 'k', 'to_rank', 'rank_end'], 'n'),
    ['from_rank', 'rank_start'],
    'from_rank',
  );
  const { offset, n } = named;
  if (typeof offset !== 'number' || typeof n !== 'number') return named;
  return { ...without(named, ['offset']), n: n + offset, from_rank: offset + 1 };
}

/** Kafka's windows: the right row within so much of the left one; or before and after it. */
function within(stage: JsonObject): JsonObject {
  const { within_ms: both, before_ms: before, after_ms: after, ...rest } = stage;
  if (both === undefined && before === undefined && after === undefined) return stage;
  const [lower, upper] = [before ?? both ?? 0, after ?? both ?? 0].map(Number);
  if (Number.isNaN(lower) || Number.isNaN(upper)) return stage;
  return { ...rest, lower_ms: -(lower ?? 0), upper_ms: upper ?? 0 };
}

/** A frame that is written beside its stage; functions that are aggregates. */
function over(stage: JsonObject): JsonObject {
  if (stage['functions'] !== undefined || stage['aggregates'] !== undefined) return stage;
  const words = ['functions', 'function', 'window_functions', 'select'];
  return renamed(stage, words, 'functions', asList);
}
