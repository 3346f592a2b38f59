/** Stages that take each row by itself. */
import { type JsonObject, list, object, onlyKeys, text, Unsupported } from './case.ts';
import { parseKey, toSql } from './expression.ts';
import type { CaseGraph, Ref } from './graph.ts';

/** The rows for which a condition holds. `where` and `having` of other stages are the same. */
export const filtered = (graph: CaseGraph, where: JsonObject[string] | undefined, input: Ref): Ref =>
  where === undefined || where === null
    ? input
    : graph.add('filter', { condition: toSql(text(where)) }, { in: input }, input.fields);

export function filter(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(stage, ['type', 'condition', 'side', 'emit', 'output', 'watermark'], 'filter');
  return filtered(graph, stage['condition'], input);
}

/** `["id", "doubled := v * 2"]`, or an object from names to expressions. */
export function project(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  const words =
    ['select', 'columns', 'fields', 'expressions'].find((word) => stage[word] !== undefined) ?? 'select';
  onlyKeys(stage, ['type', words, 'side', 'emit', 'output', 'watermark'], 'project');
  const given = stage[words];
  const columns = Array.isArray(given)
    ? list(given).map((entry) => computed(text(entry)))
    : Object.entries(object(given)).map(([name, sql]) => ({ name, sql: toSql(text(sql)) }));
  const names = columns.map((c) => c.name);
  const compute = columns.flatMap(({ name, sql }) =>
    sql === null || sql === name ? [] : [{ name, expression: sql }],
  );
  const keep = names.filter((name) => compute.every((c) => c.name !== name));
  return graph.add('map', { keep, compute }, { in: input }, names);
}

/** `x := a + b`, `a + b AS x`, `x`. */
function computed(words: string): { name: string; sql: string | null } {
  const [, sql, name] = /^(.+)\s+as\s+(\w+)$/i.exec(words.trim()) ?? [];
  return sql === undefined || name === undefined ? parseKey(words) : { name, sql: toSql(sql) };
}

/** A row for each element of a list. */
export function unnest(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(stage, ['type', 'of', 'array', 'field', 'as', 'side', 'output', 'emit'], 'unnest');
  const array = text(stage['of'] ?? stage['array'] ?? stage['field']);
  const as = text(stage['as'] ?? array);
  const config = { array: toSql(array), as };
  return graph.add('flatten', config, { in: input }, [...input.fields.filter((f) => f !== array), as]);
}

/** All rows of both sides; of all inputs where the case names them otherwise. `distinct`: each once. */
export function union(
  graph: CaseGraph,
  stage: JsonObject,
  inputs: { readonly left: Ref; readonly right: Ref },
): Ref {
  onlyKeys(stage, ['type', 'distinct', 'all', 'output', 'emit', 'watermark', 'inputs'], 'union');
  const isSource = (ref: Ref): boolean => graph.streams.includes(ref.from);
  const refs =
    isSource(inputs.left) && isSource(inputs.right)
      ? graph.streams.map((name) => graph.stream(name))
      : [inputs.left, inputs.right];
  const { fields } = inputs.left;
  const merged = graph.addMany('union', {}, 'in', refs, fields);
  const own = fields.filter((name) => name !== 'rowtime');
  return stage['distinct'] === true || stage['all'] === false
    ? graph.add('distinct', { fields: own }, { in: merged }, own)
    : merged;
}

/** Rows of the left that are (INTERSECT) or are not (EXCEPT) among those of the right, each once. NULL is a value like any other. */
export function setOperation(
  graph: CaseGraph,
  stage: JsonObject,
  { left, right }: { readonly left: Ref; readonly right: Ref },
): Ref {
  onlyKeys(stage, ['type', 'op', 'all', 'distinct', 'output', 'emit'], 'set_op');
  const op = text(stage['op'] ?? stage['type']).toLowerCase();
  if (stage['all'] === true || / all$/.test(op))
    throw new Unsupported(`other semantics: ${op} of bags; Weir has semi and anti joins, which do not count`);
  const own = left.fields.filter((name) => name !== 'rowtime');
  const config = {
    join: op.startsWith('intersect') ? 'semi' : 'anti',
    on: own.map((name) => ({ left: name, right: name })),
    nullKeys: 'equal',
  };
  const kept = graph.add('join', config, { left, right }, left.fields);
  return graph.add('distinct', { fields: own }, { in: kept }, own);
}
