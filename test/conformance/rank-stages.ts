/** Tops, duplicates and windows of rows, of the cases as Weir's nodes. */
import { printDuration } from '../../engine/contract/duration.ts';
import { type Json, type JsonObject, list, ms, onlyKeys, show, text, Unsupported } from './case.ts';
import { TIME_FIELD } from './fields.ts';
import { type CaseGraph, orderOf, type Ref } from './graph.ts';
import { windowOf } from './windows.ts';

const WINDOW_FIELDS = ['window_start', 'window_end'];

/** Rows with the fields of their window, where the stage says which windows; else they carry them already. */
function inWindows(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  if (stage['window'] === undefined) return input;
  const fields = [...new Set([...input.fields, ...WINDOW_FIELDS])];
  return graph.add(
    'assign-windows',
    { window: windowOf(stage['window'], graph.dialect) },
    { in: input },
    fields,
  );
}

const windowResults: JsonObject = { kind: 'window' };

const orderBy = (json: Json | undefined): JsonObject[] =>
  orderOf(json).map(({ field, order }) => ({ field, direction: order }));

export function topN(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(
    stage,
    ['type', 'partition_by', 'order_by', 'ties', 'n', 'from_rank', 'output', 'rank', 'emit', 'watermark'],
    'top_n',
  );
  const output = text(stage['output'] ?? '');
  const as = typeof stage['rank'] === 'string' ? stage['rank'] : 'rank';
  const ranked = /with (a )?rank/.test(output) || (stage['rank'] !== undefined && stage['rank'] !== false);
  const ties = tiesOf(stage['ties']);
  return graph.add(
    'top-n',
    {
      n: ms(stage['n'], 'n'),
      orderBy: orderBy(stage['order_by']),
      keys: list(stage['partition_by']).map(text),
      ...(ranked ? { as } : {}),
      ...(ties === null ? {} : { function: ties }),
      ...(stage['from_rank'] === undefined ? {} : { from: ms(stage['from_rank'], 'from_rank') }),
    },
    { in: input },
    [...input.fields, ...(ranked ? [as] : [])],
  );
}

/** Null: by arrival. */
function tiesOf(json: Json | undefined): string | null {
  const words = text(json ?? 'arrival order').toLowerCase();
  if (/arrival|row_?number|first come/.test(words)) return null;
  if (/dense/.test(words)) return 'dense-rank';
  if (/^(with ties|rank|same rank|share)/.test(words)) return 'rank';
  throw new Unsupported(`ties ${show(json)}`);
}

export function windowTopN(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(
    stage,
    [
      'type',
      'window',
      'windows',
      'partition_by',
      'order_by',
      'n',
      'from_rank',
      'rank',
      'watermark',
      'ties',
      'emit',
    ],
    'window_top_n',
  );
  const rows = inWindows(graph, stage, input);
  const rank = text(stage['rank'] ?? 'rank');
  return graph.add(
    'top-n',
    {
      n: ms(stage['n'], 'n'),
      orderBy: orderBy(stage['order_by']),
      keys: list(stage['partition_by'])
        .map(text)
        .filter((key) => !WINDOW_FIELDS.includes(key)),
      results: windowResults,
      as: rank,
      ...(stage['from_rank'] === undefined ? {} : { from: ms(stage['from_rank'], 'from_rank') }),
    },
    { in: rows },
    [...rows.fields, rank],
  );
}

function keepOf(stage: JsonObject): string {
  const keep = text(stage['keep']);
  if (keep !== 'first' && keep !== 'last') throw new Unsupported(`keep ${show(stage['keep'])}`);
  return keep;
}

export function dedup(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(
    stage,
    ['type', 'keep', 'key', 'order_by', 'output', 'watermark', 'within_watermark', 'time', 'emit'],
    'dedup',
  );
  if (stage['within_watermark'] === true)
    throw new Unsupported(
      'other semantics: a key is forgotten when the watermark passes its record; Weir forgets keys by the clock',
    );
  const by =
    typeof stage['order_by'] === 'string'
      ? stage['order_by']
      : text(orderOf(stage['order_by'])[0]?.field ?? '');
  const isTime = by === TIME_FIELD || by === 'ts';
  const isArrival = by === '' || /^(proctime|processing|arrival)/.test(by);
  const config = {
    keys: list(stage['key']).map((key) => (key === 'ts' ? TIME_FIELD : text(key))),
    keep: keepOf(stage),
    by: isTime ? { kind: 'event-time' } : isArrival ? { kind: 'arrival' } : { kind: 'field', field: by },
    ...(isFinal(graph, stage, isTime) ? { results: { kind: 'final' } } : {}),
  };
  return graph.add('dedup', config, { in: input }, input.fields);
}

/** The first by event time, told once, when the watermark says that it is: what an append-only result means. */
const isFinal = (graph: CaseGraph, stage: JsonObject, isTime: boolean): boolean =>
  isTime &&
  keepOf(stage) === 'first' &&
  (/append/.test(text(stage['output'] ?? '')) ||
    (stage['output'] === undefined && graph.test.expected.mode === 'append'));

export function windowDedup(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(
    stage,
    ['type', 'window', 'windows', 'keep', 'partition_by', 'order_by', 'watermark', 'emit'],
    'window_dedup',
  );
  const rows = inWindows(graph, stage, input);
  const by = text(stage['order_by'] ?? TIME_FIELD);
  const config = {
    keys: list(stage['partition_by'])
      .map(text)
      .filter((key) => !WINDOW_FIELDS.includes(key)),
    keep: keepOf(stage),
    by: { kind: 'field', field: by === 'ts' ? TIME_FIELD : by },
    results: windowResults,
  };
  const first = graph.add('dedup', config, { in: rows }, rows.fields);
  // The number of the one row that is kept.
  const compute = [{ name: 'rownum', expression: 'CAST(1 AS BIGINT)' }];
  return graph.add('map', { compute }, { in: first }, [...rows.fields, 'rownum']);
}

/** Rows beside their windows (Flink's window table functions). */
export function assignWindows(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(stage, ['type', 'window', 'time', 'watermark'], 'window_assign');
  const rows = inWindows(graph, stage, input);
  const compute = [{ name: 'window_time', expression: "window_end - INTERVAL '0.001' SECOND" }];
  return graph.add('map', { compute }, { in: rows }, [...rows.fields, 'window_time']);
}

export function distinct(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(stage, ['type', 'key', 'fields', 'output'], 'distinct');
  const fields = list(stage['key'] ?? stage['fields']).map(text);
  return graph.add('distinct', fields.length === 0 ? {} : { fields }, { in: input }, input.fields);
}

export function sort(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(stage, ['type', 'order_by', 'watermark', 'emit', 'time', 'output'], 'sort');
  const thenBy = orderBy(stage['order_by']).filter(
    (term) => term['field'] !== TIME_FIELD && term['field'] !== 'ts',
  );
  return graph.add('sort', { thenBy }, { in: input }, input.fields);
}

/** Rows at equal distances, those that are missing made up. */
export function gapFill(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(
    stage,
    ['type', 'interval_ms', 'strategy', 'emit', 'watermark', 'key', 'partition_by'],
    'gap_fill',
  );
  const strategy = text(stage['strategy']).toLowerCase();
  const how = strategy === 'null' ? null : GAP_STRATEGIES[strategy];
  if (how === undefined) throw new Unsupported(`gap_fill.strategy ${show(stage['strategy'])}`);
  const keys = list(stage['key'] ?? stage['partition_by']).map(text);
  const filled = input.fields.filter((name) => name !== TIME_FIELD && !keys.includes(name));
  const config = {
    every: printDuration(ms(stage['interval_ms'], 'interval_ms')),
    keys,
    time: TIME_FIELD,
    fill: how === null ? [] : filled.map((field) => ({ field, with: how })),
  };
  return graph.add('gap-fill', config, { in: input }, input.fields);
}

const GAP_STRATEGIES: Readonly<Record<string, string>> = {
  'linear interpolation': 'interpolate',
  'last observation carried forward': 'previous',
  locf: 'previous',
};
