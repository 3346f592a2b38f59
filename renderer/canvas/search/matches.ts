/** Nodes whose name, type, settings or note hold a text. Pure. */
import type { GraphDocument, GraphNode } from '../../../engine/contract/document.ts';
import { positions } from '../place.ts';

/**
 * @param labels by node type, what it is called in the studio
 * @returns ids, as one reads: from left to right, then from top to bottom
 */
export function matchingNodes(
  document: GraphDocument,
  text: string,
  labels: (type: string) => string,
): readonly string[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const at = positions(document);
  return Object.entries(document.nodes)
    .filter(([id, node]) => textsOf(id, node, labels).some((own) => own.toLowerCase().includes(wanted)))
    .map(([id]) => id)
    .sort((a, b) => (at[a]?.x ?? 0) - (at[b]?.x ?? 0) || (at[a]?.y ?? 0) - (at[b]?.y ?? 0));
}

const textsOf = (id: string, node: GraphNode, labels: (type: string) => string): string[] => [
  id,
  node.name ?? '',
  node.note ?? '',
  node.type,
  labels(node.type),
  ...leavesOf(node.config),
];

/** Texts and numbers of settings, and what the settings are called. */
function leavesOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...leavesOf(inner)]);
}
