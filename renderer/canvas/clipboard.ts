/** Nodes as text, so that they can be copied between windows, into a mail, and back. */
import { type GraphDocument, parseEndpoint } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { documentText } from '../store/document.ts';
import { type Edit, freshId } from './edits.ts';
import { positions } from './place.ts';

/** The nodes and the edges between them, as a document of their own. */
export function copyText(document: GraphDocument, ids: ReadonlySet<string>): string | null {
  const nodes = Object.fromEntries(Object.entries(document.nodes).filter(([id]) => ids.has(id)));
  if (Object.keys(nodes).length === 0) return null;
  const at = positions(document);
  return documentText({
    weir: 1,
    nodes,
    edges: document.edges.filter(
      (edge) => ids.has(parseEndpoint(edge.from).node) && ids.has(parseEndpoint(edge.to).node),
    ),
    layout: {
      nodes: Object.fromEntries(Object.keys(nodes).map((id) => [id, at[id] ?? { x: 0, y: 0 }])),
    },
  });
}

export interface Pasted {
  readonly edit: Edit;
  /** The new nodes, to be selected. */
  readonly ids: readonly string[];
}

/** What pasting a text does; null where the text holds no nodes. */
export function pasteEdit(document: GraphDocument, text: string, shift = 32): Pasted | null {
  const parsed = parseDocument(text);
  if (!parsed.ok || Object.keys(parsed.value.nodes).length === 0) return null;
  const taken: Record<string, true> = Object.fromEntries(Object.keys(document.nodes).map((id) => [id, true]));
  const renamed = new Map<string, string>();
  for (const id of Object.keys(parsed.value.nodes)) {
    // `hourly3` copied is `hourly4`, not `hourly32`.
    const fresh = freshId(taken, Object.hasOwn(taken, id) ? id.replace(/\d+$/, '') || id : id);
    taken[fresh] = true;
    renamed.set(id, fresh);
  }
  const rename = (endpoint: string): string => {
    const { node, port } = parseEndpoint(endpoint);
    return `${renamed.get(node) ?? node}${port === null ? '' : `:${port}`}`;
  };
  const at = positions(parsed.value);
  const place = (id: string): { x: number; y: number } => ({
    x: (at[id]?.x ?? 0) + shift,
    y: (at[id]?.y ?? 0) + shift,
  });
  return {
    ids: [...renamed.values()],
    edit: {
      type: 'insert',
      nodes: Object.fromEntries([...renamed].map(([id, fresh]) => [fresh, parsed.value.nodes[id]!])),
      edges: parsed.value.edges
        .filter(
          (edge) => renamed.has(parseEndpoint(edge.from).node) && renamed.has(parseEndpoint(edge.to).node),
        )
        .map((edge) => ({ from: rename(edge.from), to: rename(edge.to) })),
      positions: Object.fromEntries([...renamed].map(([id, fresh]) => [fresh, place(id)])),
    },
  };
}
