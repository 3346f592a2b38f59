/** Beam's stateful example: the running sum of a key, told whenever it reaches another multiple of a number. */
import { type JsonObject, list, onlyKeys, show, text, Unsupported } from './case.ts';
import { TIME_FIELD } from './fields.ts';
import type { CaseGraph, Ref } from './graph.ts';

/** A sum over the rows so far, the sum before it beside it, and a filter for where the two lie apart. */
export function threshold(graph: CaseGraph, stage: JsonObject, input: Ref): Ref {
  onlyKeys(stage, ['type', 'key', 'state', 'emit', 'of'], 'stateful_threshold');
  const keys = list(stage['key']).map(text);
  const [, every] =
    /running (?:sum|total) whenever floor\(\w+ ?\/ ?(\d+)\) increases/.exec(text(stage['emit'])) ?? [];
  const numbers = graph.fieldsOf(input.from).filter((f) => ['BIGINT', 'DOUBLE'].includes(f.type.kind));
  const of = text(
    stage['of'] ?? numbers.find((f) => !keys.includes(f.name) && f.name !== TIME_FIELD)?.name ?? '',
  );
  if (every === undefined || of === '') throw new Unsupported(`stateful_threshold ${show(stage)}`);
  const over = (aggregates: readonly JsonObject[], before: Ref): Ref =>
    graph.add(
      'over-aggregate',
      { keys, time: 'processing', frame: { kind: 'rows' }, aggregates },
      { in: before },
      [],
    );
  const summed = over([{ function: 'sum', of, as: 'sum' }], input);
  const beside = over([{ function: 'lag', of: 'sum', as: 'before' }], summed);
  const condition = `FLOOR(sum / ${every}.0) > FLOOR(COALESCE(before, 0) / ${every}.0)`;
  return graph.add('filter', { condition }, { in: beside }, [...input.fields, 'sum']);
}
