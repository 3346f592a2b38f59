/** Whether two ports can be connected, and if not, why. Pure. */
import type { GraphDocument } from '../../engine/contract/document.ts';
import { nodeOf } from '../../engine/contract/problems.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import type { CheckedEdge, CheckedGraph } from '../../engine/plan/graph.ts';
import { specOf } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { applyEdit, printEndpoint } from './edits.ts';

export interface PortRef {
  readonly node: string;
  readonly port: string;
}

/** The reason why an edge cannot go there, judged by the graph's shape alone; null: it can. */
export function shapeReason(graph: CheckedGraph, from: PortRef, to: PortRef): string | null {
  if (from.node === to.node) return t('connect.self');
  const arriving = graph.edges.filter((edge) => edge.to.node === to.node && edge.to.port === to.port);
  if (arriving.some((edge) => edge.from.node === from.node && edge.from.port === from.port))
    return t('connect.twice');
  const { nodes } = graph.document;
  const port = specOf(nodes[to.node]?.type ?? '')?.inputs.find((input) => input.name === to.port);
  const first = arriving[0];
  if (port?.many !== true && first !== undefined)
    return t('connect.taken', { from: nodes[first.from.node]?.name ?? first.from.node });
  return reaches(graph.edges, to.node, from.node) ? t('connect.circle') : null;
}

/** The same, and what the target's spec says about the schema that would arrive. */
export function connectReason(graph: CheckedGraph, from: PortRef, to: PortRef): string | null {
  const shape = shapeReason(graph, from, to);
  if (shape !== null) return shape;
  const after = checkGraph(connected(graph.document, from, to));
  const added = graph.document.edges.length;
  const found = after.problems.find(
    (p) =>
      (p.code === 'G-FIT' && nodeOf(p) === to.node) ||
      (p.code === 'G-CHANGELOG' && p.path[0] === 'edges' && p.path[1] === added),
  );
  if (found === undefined) return null;
  // Of an updating edge the way out is worth as much as the reason.
  return found.code === 'G-CHANGELOG' ? `${found.message} ${found.next ?? ''}`.trim() : found.message;
}

export const connectEdit = (document: GraphDocument, from: PortRef, to: PortRef) =>
  ({
    type: 'connect',
    from: printEndpoint(document, from.node, from.port, 'from'),
    to: printEndpoint(document, to.node, to.port, 'to'),
  }) as const;

const connected = (document: GraphDocument, from: PortRef, to: PortRef): GraphDocument =>
  applyEdit(document, connectEdit(document, from, to));

function reaches(edges: readonly CheckedEdge[], from: string, to: string): boolean {
  const found = new Set([from]);
  for (const id of found) {
    if (id === to) return true;
    for (const edge of edges) if (edge.from.node === id) found.add(edge.to.node);
  }
  return false;
}
