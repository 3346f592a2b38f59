/** Joins of the cases as Weir's nodes. Fields of the sides are called `left_x` and `right_x` from there on. */
import { printDuration } from '../../engine/contract/duration.ts';
import { type JsonObject, list, ms, onlyKeys, show, text, Unsupported } from './case.ts';
import { toSql } from './expression.ts';
import { TIME_FIELD } from './fields.ts';
import type { CaseGraph, Ref } from './graph.ts';
import { windowOf } from './windows.ts';

const JOINS: Readonly<Record<string, string>> = {
  inner: 'inner',
  left: 'left',
  left_outer: 'left',
  right: 'right',
  right_outer: 'right',
  full: 'full',
  full_outer: 'full',
  outer: 'full',
  semi: 'semi',
  anti: 'anti',
};

/** Fields that both sides keep under their names: those of an assigned window. */
const WINDOW_FIELDS = ['window_start', 'window_end'];

function kindOf(stage: JsonObject): string {
  const kind = JOINS[text(stage['join'] ?? 'inner').toLowerCase()];
  if (kind === undefined) throw new Unsupported(`join ${show(stage['join'])}`);
  return kind;
}

/** Kafka's stream joins ignore records without a value. */
function present(graph: CaseGraph, input: Ref): Ref {
  if (!graph.dialect.streamTime || !input.fields.includes('value')) return input;
  return graph.add('filter', { condition: 'value IS NOT NULL' }, { in: input }, input.fields);
}

/** Each side with its fields under names of their own. */
function renamed(graph: CaseGraph, side: 'left' | 'right', input: Ref): Ref {
  const own = input.fields.filter((name) => !WINDOW_FIELDS.includes(name));
  const rename = own.map((from) => ({ from, to: `${side}_${from}` }));
  const fields = input.fields.map((name) => (own.includes(name) ? `${side}_${name}` : name));
  return rename.length === 0 ? input : graph.add('map', { rename }, { in: input }, fields);
}

/** `["key"]`, `["left.a = right.b"]`; `window` stands for the windows themselves. */
function equalFields(stage: JsonObject, graph: CaseGraph): { left: string; right: string }[] {
  return list(stage['on']).flatMap((entry) => {
    const words = text(entry).trim();
    if (words === 'window') return [];
    const [, first, a, second, b] = /^(\w+)\.(\w+)\s*=\s*(\w+)\.(\w+)$/.exec(words) ?? [];
    if (first !== undefined && second !== undefined) {
      const isLeft = (name: string): boolean => /^l(eft)?$/.test(name) || name === graph.stream('left').from;
      if (isLeft(first) === isLeft(second)) throw new Unsupported(`join on ${show(entry)}`);
      return isLeft(first)
        ? [{ left: `left_${a}`, right: `right_${b}` }]
        : [{ left: `left_${b}`, right: `right_${a}` }];
    }
    if (!/^\w+$/.test(words)) throw new Unsupported(`join on ${show(entry)}`);
    return [{ left: `left_${words}`, right: `right_${words}` }];
  });
}

/** `left.a < right.b` where fields are called `left_a` and `right_b`. */
const sidedSql = (words: string): string => toSql(words.replace(/\b(left|right)\.(\w+)/g, '$1_$2'));

interface Sides {
  readonly left: Ref;
  readonly right: Ref;
}

const sidesOf = (graph: CaseGraph, { left, right }: Sides): Sides => ({
  left: renamed(graph, 'left', left),
  right: renamed(graph, 'right', right),
});

export function intervalJoin(graph: CaseGraph, stage: JsonObject, inputs: Sides): Ref {
  onlyKeys(
    stage,
    [
      'type',
      'join',
      'on',
      'lower_ms',
      'lower_inclusive',
      'upper_ms',
      'upper_inclusive',
      'condition',
      'left_minus_right_min_ms',
      'left_minus_right_max_ms',
      'bounds',
      'grace_ms',
      'time',
      'watermark',
    ],
    'interval_join',
  );
  const sides = sidesOf(graph, { left: present(graph, inputs.left), right: present(graph, inputs.right) });
  const grace = graph.dialect.streamTime ? 0 : ms(stage['grace_ms'] ?? 0, 'grace_ms');
  const config = {
    join: kindOf(stage),
    on: equalFields(stage, graph),
    ...boundsOf(graph, stage),
    ...(grace === 0 ? {} : { lateness: printDuration(grace) }),
    // ksqlDB without GRACE PERIOD does not wait; how late a row may be is then up to its stores, a day.
    ...(padsAtOnce(graph, stage) ? { unmatched: 'at-once' } : {}),
  };
  return graph.add('interval-join', config, { ...sides }, [...sides.left.fields, ...sides.right.fields]);
}

const padsAtOnce = ({ test }: CaseGraph, stage: JsonObject): boolean =>
  test.engine === 'ksqldb' && stage['grace_ms'] === undefined;

/**
 * `left_minus_right_…` is Flink SQL's condition, where a late row still meets what is kept. `lower_ms ≤ right − left ≤ upper_ms` is the
 * DataStream API's `between`, which drops rows behind the watermark; and Kafka's window, where stream time and grace decide.
 */
function boundsOf(graph: CaseGraph, stage: JsonObject): JsonObject {
  if (stage['left_minus_right_min_ms'] !== undefined) {
    const bounds = text(stage['bounds'] ?? 'inclusive');
    if (bounds !== 'inclusive' && bounds !== 'exclusive') throw new Unsupported(`bounds ${show(bounds)}`);
    return {
      lower: printDuration(ms(stage['left_minus_right_min_ms'], 'left_minus_right_min_ms')),
      upper: printDuration(ms(stage['left_minus_right_max_ms'], 'left_minus_right_max_ms')),
      lowerBound: bounds,
      upperBound: bounds,
    };
  }
  const bound = (name: string): string => (stage[`${name}_inclusive`] === false ? 'exclusive' : 'inclusive');
  return {
    lower: printDuration(-ms(stage['upper_ms'], 'upper_ms')),
    upper: printDuration(-ms(stage['lower_ms'], 'lower_ms')),
    lowerBound: bound('upper'),
    upperBound: bound('lower'),
    ...(stage['grace_ms'] === undefined && !graph.dialect.streamTime ? { late: 'drop' } : {}),
  };
}

export function windowJoin(graph: CaseGraph, stage: JsonObject, inputs: Sides): Ref {
  onlyKeys(
    stage,
    ['type', 'join', 'on', 'window', 'null_safe', 'emit', 'watermark', 'condition', 'not_in', 'time'],
    'window_join',
  );
  const sides = sidesOf(graph, inputs);
  const window =
    stage['window'] === undefined ? { kind: 'assigned' } : windowOf(stage['window'], graph.dialect);
  const kind = kindOf(stage);
  const config = {
    join: kind,
    window,
    on: equalFields(stage, graph),
    ...(stage['null_safe'] === true ? { nullKeys: 'equal' } : {}),
    ...(stage['not_in'] === true ? { anti: 'not-in' } : {}),
  };
  const onlyLeft = kind === 'semi' || kind === 'anti';
  const fields = onlyLeft ? sides.left.fields : [...new Set([...sides.left.fields, ...sides.right.fields])];
  return graph.add('window-join', config, { ...sides }, [...new Set([...fields, ...WINDOW_FIELDS])]);
}

/** A join on the event time that releases its rows when the watermark of both sides has passed it: windows of one millisecond. */
function joinOnTime(graph: CaseGraph, stage: JsonObject, inputs: Sides): Ref {
  onlyKeys(stage, ['type', 'join', 'on', 'emit', 'watermark'], 'table_join');
  const [time, ...more] = list(stage['on']).map(text);
  if (time !== 'ts' && time !== TIME_FIELD)
    throw new Unsupported(`table_join.emit ${show(stage['emit'])} on ${time}`);
  const sides = sidesOf(graph, inputs);
  const on = equalFields({ ...stage, on: more }, graph);
  const config = { join: kindOf(stage), window: { kind: 'tumbling', size: '1 ms' }, on };
  return graph.add('window-join', config, { ...sides }, [
    ...sides.left.fields,
    ...sides.right.fields,
    ...WINDOW_FIELDS,
  ]);
}

/** Inputs that are called tables are upserts by their own key, or where none is said, by the fields that are joined. */
function asTables(graph: CaseGraph, stage: JsonObject): void {
  for (const side of ['left', 'right'] as const) {
    if (!/\btable\b/.test(text(stage[side] ?? ''))) continue;
    const own = list(stage[`${side}_key`] ?? stage['primary_key']).map(text);
    const joined = equalFields(stage, graph).map((pair) => pair[side].replace(/^(left|right)_/, ''));
    graph.asTable(side, own.length > 0 ? own : joined);
  }
}

const TABLE_KEYS = ['left', 'right', 'left_key', 'right_key', 'primary_key', 'output', 'emit', 'watermark'];

export function tableJoin(graph: CaseGraph, stage: JsonObject, inputs: Sides): Ref {
  if (/^on_window_close/.test(text(stage['emit'] ?? ''))) return joinOnTime(graph, stage, inputs);
  onlyKeys(stage, ['type', 'join', 'on', 'condition', 'time', 'null_safe', ...TABLE_KEYS], 'table_join');
  asTables(graph, stage);
  const sides = sidesOf(graph, inputs);
  const config = {
    join: kindOf(stage),
    on: equalFields(stage, graph),
    ...(stage['null_safe'] === true ? { nullKeys: 'equal' } : {}),
    ...(stage['condition'] === undefined ? {} : { condition: sidedSql(text(stage['condition'])) }),
  };
  return graph.add('join', config, { ...sides }, [...sides.left.fields, ...sides.right.fields]);
}

/** A stream beside a table, in the order in which records come: the newest row of the table counts. */
export function lookupJoin(graph: CaseGraph, stage: JsonObject, inputs: Sides): Ref {
  return temporalJoin(graph, { ...stage, time: stage['time'] ?? 'processing' }, inputs);
}

/** A stream beside the versions of a table: those of its own times, or the newest. */
export function temporalJoin(graph: CaseGraph, stage: JsonObject, inputs: Sides): Ref {
  onlyKeys(stage, ['type', 'join', 'on', 'condition', 'time', ...TABLE_KEYS], text(stage['type']));
  const words = text(stage['time'] ?? 'event');
  const time = /^(proc|arrival)/.test(words) ? 'processing' : /^(event|row)/.test(words) ? 'event' : null;
  if (time === null) throw new Unsupported(`${text(stage['type'])}.time: ${show(words)}`);
  asTables(graph, stage);
  const sides = sidesOf(graph, { left: present(graph, inputs.left), right: inputs.right });
  const config = {
    join: kindOf(stage),
    time,
    on: equalFields(stage, graph),
    ...(stage['condition'] === undefined ? {} : { condition: sidedSql(text(stage['condition'])) }),
  };
  return graph.add('temporal-join', config, { ...sides }, [...sides.left.fields, ...sides.right.fields]);
}

/**
 * The nearest row on the other side: a join, and of its rows the first by distance for each row of the left. A left join gives those without
 * a row once more, with NULL, which is last in any order.
 */
export function asofJoin(graph: CaseGraph, stage: JsonObject, inputs: Sides): Ref {
  onlyKeys(stage, ['type', 'join', 'on', 'condition', ...TABLE_KEYS], 'asof_join');
  const kind = kindOf(stage);
  const words = text(stage['condition']);
  const [, left, sign, right] =
    /^left\.(\w+)\s*(<=|<|>=|>)\s*right\.(\w+)(?:, closest right row)?$/.exec(words) ?? [];
  if (left === undefined || right === undefined || sign === undefined || !['inner', 'left'].includes(kind))
    throw new Unsupported(`asof_join ${show(stage)}`);
  const sides = sidesOf(graph, inputs);
  const fields = [...sides.left.fields, ...sides.right.fields];
  const joined = graph.add(
    'join',
    { join: kind, on: equalFields(stage, graph), condition: `left_${left} ${sign} right_${right}` },
    { ...sides },
    fields,
  );
  const direction = sign.startsWith('<') ? 'asc' : 'desc';
  const config = { keys: sides.left.fields, orderBy: [{ field: `right_${right}`, direction }], n: 1 };
  return graph.add('top-n', config, { in: joined }, fields);
}

/** A joined row under all names that a case may give its fields: `left_x`, `l_x`, and `x` where only one side has it, or both agree. */
export function joinedNames(row: JsonObject): JsonObject {
  const out: Record<string, JsonObject[string]> = { ...row };
  for (const [name, value] of Object.entries(row)) {
    const [, side, field] = /^(left|right)_(.+)$/.exec(name) ?? [];
    if (side === undefined || field === undefined) continue;
    out[`${side.charAt(0)}_${field}`] ??= value;
    if (field === 'value') out[side] ??= value;
    const other = row[`${side === 'left' ? 'right' : 'left'}_${field}`];
    if (!(field in row)) out[field] = value ?? other ?? null;
  }
  return out;
}

/** A joined row for the stages behind: `x` for the field of the side that has it, or for what both agree on. */
export function plainNames(graph: CaseGraph, input: Ref): Ref {
  const names = new Set(input.fields.flatMap((name) => /^(?:left|right)_(.+)$/.exec(name)?.[1] ?? []));
  const compute = [...names]
    .filter((name) => !input.fields.includes(name))
    .map((name) => {
      const sides = ['left', 'right']
        .map((side) => `${side}_${name}`)
        .filter((f) => input.fields.includes(f));
      return { name, expression: sides.length > 1 ? `COALESCE(${sides.join(', ')})` : (sides[0] ?? name) };
    });
  if (compute.length === 0) return input;
  return graph.add('map', { compute }, { in: input }, [...input.fields, ...compute.map((c) => c.name)]);
}
