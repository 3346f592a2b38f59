/** Kafka's tables take rows back by subtracting: a group that lost its last row is still there, with 0. */
import { type Json, type JsonObject, list, object, show, text } from './case.ts';
import { parseKey } from './expression.ts';
import type { CaseGraph } from './graph.ts';
import type { Output } from './pipeline-run.ts';

/** Of a last stage that groups a table, the changes as such an engine tells them; else as they are. */
export function withEmptiedGroups(
  graph: CaseGraph,
  stages: readonly JsonObject[],
  outputs: readonly Output[],
): readonly Output[] {
  const stage = stages.at(-1);
  const groupsTable =
    stage?.['type'] === 'aggregate' && graph.streams.some((s) => graph.tableKey(s) !== null);
  if (stage === undefined || !groupsTable || !graph.dialect.emptiedGroupsStay) return outputs;
  const keys = list(stage['key']).map((key) => parseKey(text(key)).name);
  const zero = Object.fromEntries(list(stage['aggregates']).flatMap((json) => zeroOf(object(json))));
  const emptied = new Map<string, Output>();
  return outputs.flatMap((output): Output[] => {
    const id = show(keys.map((key) => output.row[key] ?? null));
    const before = emptied.get(id);
    if (output.change === '-D') {
      const now: Output = { ...output, change: '+U', row: { ...output.row, ...zero } };
      emptied.set(id, now);
      return [{ ...output, change: '-U' }, now];
    }
    if (before === undefined) return [output];
    emptied.delete(id);
    return [
      { ...output, row: before.row, change: '-U' },
      { ...output, change: '+U' },
    ];
  });
}

function zeroOf(aggregate: JsonObject): [string, Json][] {
  const fn = text(aggregate['fn']);
  const name = text(aggregate['as']) || fn;
  return [[name, ['sum', 'count'].includes(fn.toLowerCase()) ? 0 : null]];
}
