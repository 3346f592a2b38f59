import type { CheckedGraph, CheckedNode } from './graph.ts';

/** Every node whose rows can reach `id`. */
export function above(graph: Pick<CheckedGraph, 'nodes' | 'edges'>, id: string): CheckedNode[] {
  const seen = new Set([id]);
  const open = [id];
  const found: CheckedNode[] = [];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { from, to } of graph.edges) {
      if (to.node !== at || seen.has(from.node)) continue;
      seen.add(from.node);
      open.push(from.node);
      const node = graph.nodes.get(from.node);
      if (node !== undefined) found.push(node);
    }
  }
  return found;
}
