/** Inputs that are tables, and records that an engine passes over. */
import { type JsonObject, list, text, Unsupported } from './case.ts';
import type { CaseGraph, Ref } from './graph.ts';
import { without } from './words.ts';

const KEY_WORDS = ['input_key', 'table_key', 'primary_key', 'upsert_key', 'row_key'];

/**
 * `input: "table (upsert by user, null = delete)"`: the records of the stream are rows of a table. Its key is said, or is the field
 * `key` or `id`, or the first one. `input` may also name a stream.
 */
export function tableInput(
  graph: CaseGraph,
  given: JsonObject,
  incoming: Ref,
): { stage: JsonObject; input: Ref } {
  if (given['input'] === undefined) {
    // The key of a filter or projection can only be that of a table.
    const isRow = ['filter', 'project'].includes(text(given['type']));
    return { stage: isRow ? without(given, ['key']) : given, input: incoming };
  }
  const what = text(given['input']);
  const own = ['filter', 'project'].includes(text(given['type'])) ? ['key'] : [];
  const stage = without(given, ['input', ...KEY_WORDS, ...own]);
  const input = graph.streams.includes(what) ? graph.stream(what) : incoming;
  if (/\btable\b/.test(what)) {
    if (graph.streams.includes(input.from)) graph.asTable(input.from, keyOf(graph, given, what, input));
  } else if (!/\b(stream|append)/.test(what) && !graph.streams.includes(what)) {
    throw new Unsupported(`input: ${what}`);
  }
  return { stage, input };
}

function keyOf(graph: CaseGraph, given: JsonObject, what: string, input: Ref): string[] {
  const isRow = ['filter', 'project'].includes(text(given['type']));
  const own = [...KEY_WORDS, ...(isRow ? ['key'] : [])]
    .map((name) => given[name])
    .find((value) => value !== undefined);
  if (own !== undefined) return typeof own === 'string' ? [own] : list(own).map(text);
  const said = /\b(?:by|key(?:ed by)?|on) (\w+)/.exec(what)?.[1];
  const named = [said, 'key', 'id'].find((name) => name !== undefined && input.fields.includes(name));
  const key = named ?? graph.fieldsOf(input.from)[0]?.name;
  if (key === undefined) throw new Unsupported('a table without fields');
  return [key];
}

/**
 * Kafka groups nothing under NULL. Records of a stream are passed over before their time counts; rows of a table are left out of the
 * groups only.
 */
export function withKeys(graph: CaseGraph, input: Ref, keys: readonly string[]): Ref {
  const { skips } = graph.dialect;
  const fields = keys.filter((key) => input.fields.includes(key));
  if (skips === 'nothing') return input;
  if (graph.streams.includes(input.from) && graph.tableKey(input.from) === null) {
    if (skips === 'null-keys-and-values' && input.fields.includes('value')) fields.push('value');
    graph.only(input.from, ({ row }) => fields.every((name) => (row[name] ?? null) !== null));
    return input;
  }
  if (fields.length === 0) return input;
  const condition = fields.map((key) => `${key} IS NOT NULL`).join(' AND ');
  return graph.add('filter', { condition }, { in: input }, input.fields);
}
