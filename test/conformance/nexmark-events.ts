/** The events of a Nexmark case. */
import type { CaseGraph, Ref } from './graph.ts';

/** `date_time` is `dateTime` in Nexmark for Flink, whose names the documents have. */
const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The events of one kind, with the names of the documents. */
export function events(graph: CaseGraph, stream: string): Ref {
  const input = graph.stream(stream);
  const rename = input.fields
    .filter((name) => camel(name) !== name)
    .map((from) => ({ from, to: camel(from) }));
  return graph.add('map', { rename }, { in: input }, input.fields.map(camel));
}
