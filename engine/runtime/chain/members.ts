/** Which operators run as one generated function: fused ones in a row, each with one edge to the next. */
import type { CheckedGraph, CheckedNode } from '../../plan/graph.ts';
import type { FusedRuntime, OperatorRuntime } from '../contracts.ts';

type Config = Readonly<Record<string, unknown>>;

export interface ChainNode {
  readonly node: CheckedNode;
  readonly runtime: FusedRuntime<Config>;
}

/**
 * The chain that ends with `last`, from the source's side on. It grows upwards as long as the operator above is fused too and
 * gives its rows to nobody else.
 * @param beginsAt nodes at which a chain has to begin
 */
export function chainEndingAt(
  graph: CheckedGraph,
  last: ChainNode,
  runtimeOf: (node: CheckedNode) => OperatorRuntime<Config>,
  beginsAt: (node: CheckedNode) => boolean = () => false,
): ChainNode[] {
  const chain = [last];
  for (let head = last.node; !beginsAt(head); ) {
    const edge = graph.edges.find((e) => e.to.node === head.id);
    const above = edge === undefined ? undefined : graph.nodes.get(edge.from.node);
    if (edge === undefined || above?.spec.kind !== 'operator' || edge.from.port !== 'out') break;
    const runtime = runtimeOf(above);
    const leaving = graph.edges.filter((e) => e.from.node === above.id && e.from.port === 'out');
    if (runtime.kind !== 'fused' || leaving.length !== 1) break;
    chain.unshift({ node: above, runtime });
    head = above;
  }
  return chain;
}

/** All chains of a checked graph, in topological order of their last members. */
export function chainsOf(
  graph: CheckedGraph,
  runtimeOf: (node: CheckedNode) => OperatorRuntime<Config>,
): ChainNode[][] {
  const inside = new Set<string>();
  const chains: ChainNode[][] = [];
  for (const node of [...graph.nodes.values()].reverse()) {
    if (node.spec.kind !== 'operator' || inside.has(node.id)) continue;
    const runtime = runtimeOf(node);
    if (runtime.kind !== 'fused') continue;
    const chain = chainEndingAt(graph, { node, runtime }, runtimeOf);
    for (const member of chain) inside.add(member.node.id);
    chains.unshift(chain);
  }
  return chains;
}
