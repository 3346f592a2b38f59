/** What the state of a node is made from: kept with it in checkpoints, so that a changed graph can be compared with the one of then. */
import { type EdgeSchema, parseType, printType } from '../contract/types.ts';
import type { CheckedGraph, CheckedNode } from './graph.ts';

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
  inputs: node.spec.inputs.map(({ name }) => (node.inputs[name] ?? []).map(textsOf)),
});

/** No field's name begins with a parenthesis. */
const textsOf = ({ fields, eventTime, changelog, key = [] }: EdgeSchema): string[] => [
  ...fields.map((f) => `${f.name} ${printType(f.type)}`),
  ...(eventTime ? [EVENT_TIME] : []),
  ...(changelog === 'updating' ? [`${UPDATING} by ${key.join(', ')})`] : []),
];

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
