/** What the state of a node is made from: kept with it in checkpoints, so that a changed graph can be compared with the one of then. */
import { type EdgeSchema, parseType, printType } from '../contract/types.ts';
import type { CheckedEdge, CheckedGraph, CheckedNode } from './graph.ts';
import { holdsState } from './holds-state.ts';

export interface NodeOrigin {
  /** Validated settings, with defaults. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Ids of the edges that end in it, in their order. */
  readonly edges: readonly string[];
  /** By input port, and there by edge, what came: its fields (`delay INT`), then in parentheses what else there is to it. */
  readonly inputs: readonly (readonly (readonly string[])[])[];
}

const EVENT_TIME = '(event time)';
const UPDATING = '(updating';

export const originOf = (graph: CheckedGraph, node: CheckedNode) => ({
  config: { ...node.config },
  edges: graph.edges.filter((e) => e.to.node === node.id).map((e) => e.id),
  inputs: node.spec.inputs.map(({ name }) =>
    graph.edges
      .filter((edge) => edge.to.node === node.id && edge.to.port === name)
      .flatMap((edge) => (edge.schema === null ? [] : [textsOf(graph, edge, edge.schema)])),
  ),
});

/** No field's name begins with a parenthesis. */
const textsOf = (graph: CheckedGraph, edge: CheckedEdge, schema: EdgeSchema): string[] => [
  ...schema.fields.map((f) => `${f.name} ${printType(f.type)}`),
  ...(schema.eventTime ? [EVENT_TIME] : []),
  ...(schema.changelog === 'updating'
    ? [`${UPDATING} by ${(schema.key ?? []).join(', ')} from ${wayOf(graph, edge)})`]
    : []),
];

/**
 * What updates rows, and what lets them through: where that changes, a row may be taken back that never came, or never be taken back
 * that did.
 */
function wayOf(graph: CheckedGraph, edge: CheckedEdge): string {
  const { node: id, port } = edge.from;
  const node = graph.nodes.get(id);
  if (node === undefined || holdsState(node.spec)) return `${id}:${port}`;
  const above = edgesInto(graph, id).map((one) => wayOf(graph, one));
  return `${above.sort().join(' and ')} through ${node.spec.type} ${JSON.stringify(node.config)} ${port}`;
}

/** The nodes whose rows come along an edge, behind those that hold nothing. */
export function producersOf(graph: CheckedGraph, edge: CheckedEdge): string[] {
  const { node: id } = edge.from;
  const node = graph.nodes.get(id);
  if (node === undefined || holdsState(node.spec)) return [id];
  return edgesInto(graph, id).flatMap((one) => producersOf(graph, one));
}

const edgesInto = (graph: CheckedGraph, id: string): CheckedEdge[] =>
  graph.edges.filter((one) => one.to.node === id);

export interface StreamText {
  /** By name, the type. */
  readonly fields: ReadonlyMap<string, string>;
  /** Event time, changelog. */
  readonly traits: string;
}

export function readStream(texts: readonly string[]): StreamText {
  const fields = texts.filter((text) => !text.startsWith('(')).map(splitField);
  return { fields: new Map(fields), traits: texts.filter((text) => text.startsWith('(')).join(' ') };
}

/** Of a stream that is no more, for the sink that it went to. */
export function schemaOf(texts: readonly string[]): EdgeSchema {
  const { fields } = readStream(texts);
  return {
    fields: [...fields].flatMap(([name, text]) => {
      const type = parseType(text);
      return type === null ? [] : [{ name, type, nullable: true }];
    }),
    eventTime: texts.includes(EVENT_TIME),
    changelog: texts.some((text) => text.startsWith(UPDATING)) ? 'updating' : 'append',
  };
}

/** Names and types may both have blanks in them: the type is the longest end that is one. */
function splitField(text: string): [string, string] {
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) {
    const type = text.slice(at + 1);
    if (parseType(type) !== null) return [text.slice(0, at), type];
  }
  return [text, ''];
}
