/** Arranging the open document: the layout is computed aside, and comes as one edit. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import { edit } from '../store/document.ts';
import type { Studio } from '../store/studio.ts';
import { elkGraph, elkPositions } from './elk-graph.ts';
import { arrange } from './place.ts';

type LayOut = (graph: ElkNode) => Promise<ElkNode>;

const loadLayOut: LayOut = async (graph) => (await import('./elk.ts')).layOut(graph);

/**
 * Moves every node to where the layout library puts it, as one step of undo. Where the library fails, nodes stand in
 * plain columns. Nodes that came while it was computed stay where they are; another document is left alone.
 */
export async function arrangeDocument(studio: Studio, layOut: LayOut = loadLayOut): Promise<void> {
  const { document, graph, session } = studio.document.getState();
  if (Object.keys(document.nodes).length === 0) return;
  const found = await layOut(elkGraph(document, graph.edges)).then(
    (answer) => elkPositions(document, answer),
    () => arrange(document),
  );
  const now = studio.document.getState();
  if (now.session !== session || now.file === null) return;
  const positions = Object.fromEntries(
    Object.entries(found).filter(([id]) => Object.hasOwn(now.document.nodes, id)),
  );
  edit(studio.document, { type: 'moveNodes', positions });
}
