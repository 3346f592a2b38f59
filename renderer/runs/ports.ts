/** Whose records can be looked at: the ports of a node, and what is sent to it. Pure. */
import { PANES } from '../../engine/contract/panes.ts';
import type { PortSpec } from '../../engine/contract/spec.ts';
import type { CheckedGraph } from '../../engine/plan/graph.ts';

export interface ShownPort {
  /** Unique among the ports of a node. */
  readonly key: string;
  /** Where the records are tapped. */
  readonly node: string;
  readonly port: string;
  readonly side: 'in' | 'out';
  readonly role: PortSpec['role'];
  /** Of an input with several edges: the node that sends; else the port's label. */
  readonly label: string;
}

/** Outputs first; then what arrives, tapped where it leaves the node above. */
export function portsOf(
  graph: CheckedGraph,
  node: string,
  name: (node: string) => string,
): readonly ShownPort[] {
  const spec = graph.nodes.get(node)?.spec;
  if (spec === undefined) return [];
  const outputs = spec.outputs.map(
    (port): ShownPort => ({
      key: `out ${port.name}`,
      node,
      port: port.name,
      side: 'out',
      role: port.role,
      label: port.label,
    }),
  );
  const edges = graph.edges.filter((edge) => edge.to.node === node);
  const inputs = edges.map(
    ({ id, from, to }): ShownPort => ({
      key: `in ${id}`,
      node: from.node,
      port: from.port,
      side: 'in',
      role: 'main',
      label: edges.length > 1 ? name(from.node) : to.port,
    }),
  );
  return [...outputs, ...inputs];
}

/** The engine samples so many ports at most. */
export const WATCHED_MAX = 32;

/** The operator whose times are plotted: the selected one, or the first with windows. */
export function timeTarget(graph: CheckedGraph, selected: string | null): string | null {
  const isShown = selected !== null && graph.nodes.get(selected)?.spec.kind === 'operator';
  return isShown ? selected : (nodesWithPanes(graph)[0] ?? null);
}

/** Nodes whose windows can be looked at. */
export const nodesWithPanes = (graph: CheckedGraph): string[] =>
  [...graph.nodes.values()].flatMap(({ id, spec }) => (spec.hasPanes === true ? [id] : []));

export const watchedPanes = (graph: CheckedGraph): { node: string; port: string }[] =>
  nodesWithPanes(graph).map((node) => ({ node, port: PANES }));

/** The ports that the selection shows, each once. */
export function watchedPorts(
  graph: CheckedGraph,
  nodes: ReadonlySet<string>,
  edges: ReadonlySet<string>,
): { node: string; port: string }[] {
  const found = new Map<string, { node: string; port: string }>();
  const add = (node: string, port: string): void => {
    if (found.size < WATCHED_MAX) found.set(`${node}:${port}`, { node, port });
  };
  for (const edge of graph.edges) if (edges.has(edge.id)) add(edge.from.node, edge.from.port);
  for (const node of nodes) for (const shown of portsOf(graph, node, () => '')) add(shown.node, shown.port);
  return [...found.values()];
}
