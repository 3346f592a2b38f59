/** Nodes that were given another id and nothing else. Pure. */
import { edgeId, type GraphDocument, type GraphEdge, parseEndpoint } from '../contract/document.ts';
import { specOfNode } from '../specs.ts';
import { canonicalText } from './diff-values.ts';

/** The edge with its ports written out, so that `hourly` and `hourly:out` are the same. */
export function writtenOut({ nodes }: GraphDocument, edge: GraphEdge): GraphEdge {
  return { from: end(nodes, edge.from, 'outputs'), to: end(nodes, edge.to, 'inputs') };
}

function end(nodes: GraphDocument['nodes'], text: string, side: 'inputs' | 'outputs'): string {
  const { node, port } = parseEndpoint(text);
  if (port !== null) return text;
  const mains = specOfNode(nodes[node])?.[side].filter(({ role }) => role === 'main') ?? [];
  return mains.length === 1 ? `${node}:${mains[0]?.name}` : text;
}

/** The endpoint as it is called after the renames. */
export function renamedEnd(text: string, renames: ReadonlyMap<string, string>): string {
  const { node, port } = parseEndpoint(text);
  const now = renames.get(node) ?? node;
  return port === null ? now : `${now}:${port}`;
}

export const renamedEdge = ({ from, to }: GraphEdge, renames: ReadonlyMap<string, string>): GraphEdge => ({
  from: renamedEnd(from, renames),
  to: renamedEnd(to, renames),
});

/** By old id, the new one: of nodes with the same type, the same settings and the same edges. */
export function findRenames(before: GraphDocument, after: GraphDocument): Map<string, string> {
  const gone = Object.keys(before.nodes).filter((id) => !Object.hasOwn(after.nodes, id));
  const come = Object.keys(after.nodes).filter((id) => !Object.hasOwn(before.nodes, id));
  const renames = new Map<string, string>();
  if (gone.length === 0 || come.length === 0) return renames;
  const candidates = bySurroundings(after, new Set(come));
  for (const [key, ids] of bySurroundings(before, new Set(gone))) {
    ids.forEach((id, i) => {
      const now = candidates.get(key)?.[i];
      if (now !== undefined) renames.set(id, now);
    });
  }
  dropUnproven(before, after, renames);
  return renames;
}

/** The ids by what they are and what surrounds them; a neighbour that may be renamed too counts by what it is. */
function bySurroundings(document: GraphDocument, open: ReadonlySet<string>): Map<string, string[]> {
  const kind = (id: string): string => {
    const node = document.nodes[id];
    return canonicalText([node?.type, node?.config]);
  };
  const label = (text: string): string => {
    const { node, port } = parseEndpoint(text);
    return canonicalText(open.has(node) ? ['?', kind(node), port] : [node, port]);
  };
  const around = new Map<string, string[]>([...open].map((id) => [id, []]));
  for (const edge of document.edges) {
    const { from, to } = writtenOut(document, edge);
    around.get(parseEndpoint(from).node)?.push(`${parseEndpoint(from).port} > ${label(to)}`);
    around.get(parseEndpoint(to).node)?.push(`${parseEndpoint(to).port} < ${label(from)}`);
  }
  const found = new Map<string, string[]>();
  for (const [id, edges] of around) {
    const key = [kind(id), ...edges.sort()].join('\n');
    found.set(key, [...(found.get(key) ?? []), id]);
  }
  return found;
}

/** Takes out pairs whose edges are not the same under the renames, until all that stay prove each other. */
function dropUnproven(before: GraphDocument, after: GraphDocument, renames: Map<string, string>): void {
  const now = edgesByNode(after);
  const old = edgesByNode(before);
  let dropped = true;
  while (dropped) {
    dropped = false;
    for (const [was, is] of renames) {
      const expected = (old.get(was) ?? []).map((edge) => edgeId(renamedEdge(edge, renames))).sort();
      const found = (now.get(is) ?? []).map(edgeId).sort();
      if (canonicalText(expected) === canonicalText(found)) continue;
      renames.delete(was);
      dropped = true;
    }
  }
}

function edgesByNode(document: GraphDocument): Map<string, GraphEdge[]> {
  const found = new Map<string, GraphEdge[]>();
  for (const edge of document.edges.map((one) => writtenOut(document, one)))
    for (const id of new Set([parseEndpoint(edge.from).node, parseEndpoint(edge.to).node]))
      found.set(id, [...(found.get(id) ?? []), edge]);
  return found;
}
