/** What of a document decides whether a checkpoint fits it: node types, settings and edges; not names, notes, layout or tests. */
import type { GraphDocument } from '../contract/document.ts';
import { hashOf } from './format.ts';

export function graphHash({ nodes, edges }: GraphDocument): string {
  const logic = {
    nodes: Object.entries(nodes)
      .map(([id, { type, config }]) => [id, type, sorted(config)])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    edges: edges.map(({ from, to }) => `${from}→${to}`).sort(),
  };
  return hashOf(JSON.stringify(logic));
}

/** Keys in one order, at any depth: how a document is written is not what it means. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
