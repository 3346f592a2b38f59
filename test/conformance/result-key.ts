/** What names a row of a case's result: cases that state upserts mean the row of that key. */
import { type JsonObject, list, text } from './case.ts';
import { parseKey } from './expression.ts';
import type { CaseGraph } from './graph.ts';

/** The fields of the key, by the last stage that makes one. None: the result is one row. */
export function resultKey(graph: CaseGraph, stages: readonly JsonObject[]): string[] {
  for (const stage of [...stages].reverse()) {
    const keys = keyOfStage(stage);
    if (keys !== null) return keys;
  }
  return [...(graph.streams.map((name) => graph.tableKey(name)).find((key) => key !== null) ?? [])];
}

function keyOfStage(stage: JsonObject): string[] | null {
  const type = text(stage['type']);
  switch (type) {
    case 'aggregate':
    case 'dedup':
      return list(stage['key']).map((key) => parseKey(text(key)).name);
    case 'window_aggregate':
      return [...list(stage['key']).map((key) => parseKey(text(key)).name), 'window_start', 'window_end'];
    case 'top_n':
      return [...list(stage['partition_by']).map(text), 'rank'];
    case 'table_join': {
      const own = list(stage['left_key'] ?? stage['primary_key']).map((name) => `left_${text(name)}`);
      return own.length > 0 ? own : list(stage['on']).map((on) => joinedName(text(on)));
    }
    default:
      return null;
  }
}

/** As `joinedNames` calls it: the value of either side. */
const joinedName = (on: string): string => /^\s*left\.(\w+)/.exec(on)?.[1] ?? on.trim();
