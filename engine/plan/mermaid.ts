/** A pipeline as a Mermaid flowchart, for a page that renders them. https://mermaid.js.org/syntax/flowchart.html */
import { specOfNode } from '../specs.ts';
import type { CheckedGraph } from './graph.ts';

/** Sources, operators and sinks, by their shapes. */
const SHAPES = { source: ['([', '])'], operator: ['[', ']'], sink: ['[(', ')]'] } as const;
const MAIN = new Set(['in', 'out', 'left', 'right']);

export function mermaidOf(graph: CheckedGraph): string {
  const { document } = graph;
  // Ids of a document may be words of the language: nodes have numbers.
  const names = new Map(Object.keys(document.nodes).map((id, n) => [id, `n${n}`]));
  const nodes = Object.entries(document.nodes).map(([id, node]) => {
    const spec = specOfNode(node);
    const [open, close] = SHAPES[spec?.kind ?? 'operator'];
    const config = graph.nodes.get(id)?.config ?? null;
    const about = spec === null || config === null ? node.type : spec.summarize(config);
    const lines = [node.name ?? spec?.label ?? id, about].filter((text) => text !== '').map(quoted);
    return `  ${names.get(id)}${open}"${lines.join('<br>')}"${close}`;
  });
  const edges = graph.edges.map(({ from, to }) => {
    const port = MAIN.has(from.port) ? '' : `|"${quoted(from.port)}"|`;
    return `  ${names.get(from.node)} -->${port} ${names.get(to.node)}`;
  });
  return `${['flowchart LR', ...nodes, ...edges].join('\n')}\n`;
}

/** Within quotes, entities stand for what has a meaning there. */
const quoted = (text: string): string =>
  text
    .replaceAll('&', '#amp;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replaceAll(/\s+/g, ' ');
