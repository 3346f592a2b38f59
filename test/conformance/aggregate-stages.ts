/** Grouping of the cases as Weir's nodes: in windows, and without. */

import { aggregatesOf } from './aggregate-functions.ts';
import { type Json, type JsonObject, list, object, onlyKeys, show, text, Unsupported } from './case.ts';
import { parseKey } from './expression.ts';
import type { CaseGraph, Ref } from './graph.ts';
import { filtered } from './row-stages.ts';
import { withKeys } from './table-inputs.ts';
import { type Firings, firingsOf } from './window-triggers.ts';
import { windowOf } from './windows.ts';

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

function completed(graph: CaseGraph, compute: readonly JsonObject[], made: Ref): Ref {
  return compute.length === 0 ? made : graph.add('map', { compute }, { in: made }, made.fields);
}

const WINDOW_KEYS = ['window_start', 'window_end'];

const grouped = (graph: CaseGraph, stage: JsonObject, input: Ref): Ref =>
  withKeys(graph, input, list(stage['key']).map(text));

const GROUP_SETTINGS = [
  'type',
  'side',
  'key',
  'aggregates',
  'where',
  'having',
  'emit',
  'output',
  'watermark',
];

/** GROUP BY. Over windows that were assigned before, and emitted when they close, it is a window of its own kind. */
export function aggregate(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(stage, [...GROUP_SETTINGS, 'grouping_sets'], 'aggregate');
  const from = keyed(graph, stage['key'], filtered(graph, stage['where'], grouped(graph, stage, input)));
  const { settings, compute } = aggregatesOf(stage['aggregates'], graph.dialect);
  const names = settings.map((a) => text(a['as']));
  const having = (made: Ref): Ref => filtered(graph, stage['having'], completed(graph, compute, made));
  if (/^on_window_close/.test(text(stage['emit'] ?? ''))) {
    const keys = from.keys.filter((key) => !WINDOW_KEYS.includes(key));
    const config = { window: { kind: 'assigned' }, ...grouping(stage, keys), aggregates: settings };
    const fields = [...keys, ...WINDOW_KEYS, ...names];
    return having(graph.add('window', config, { in: from.input }, fields));
  }
  const config: JsonObject = {
    ...grouping(stage, from.keys),
    aggregates: settings,
    // Where state may be forgotten, rows that did not change are sent too, as Flink has it: here for their own sake.
    ...(graph.dialect.tellsUnchanged ? { ttl: '36500 d' } : {}),
  };
  const keys = list(config['keys']).map(text);
  return having(graph.add('group-aggregate', config, { in: from.input }, [...keys, ...names]));
}

const WINDOW_SETTINGS = [
  'type',
  'side',
  'window',
  'key',
  'aggregates',
  'where',
  'having',
  'output',
  'time',
  'emit',
  'output_mode',
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
  const from = keyed(graph, stage['key'], filtered(graph, stage['where'], grouped(graph, stage, input)));
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
    out: filtered(graph, stage['having'], completed(graph, [...compute, ...isZero], made)),
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
