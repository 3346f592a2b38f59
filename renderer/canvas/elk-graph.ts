/**
 * The document as the layout library reads it, and its answer as positions. Pure: the library itself runs elsewhere.
 * Ports stand where cards have them, so that edges come out straight where they can.
 */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { GraphDocument, Position } from '../../engine/contract/document.ts';
import type { CheckedEdge } from '../../engine/plan/graph.ts';
import { specOf } from '../../engine/specs.ts';
import { cardHeight, placePorts } from './geometry.ts';
import { CARD_WIDTH, GAP_X, GAP_Y, positions, snap } from './place.ts';

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(GAP_X),
  'elk.layered.spacing.edgeNodeBetweenLayers': String(GAP_X / 3),
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
  'elk.spacing.nodeNode': String(GAP_Y),
  'elk.spacing.componentComponent': String(GAP_Y * 2),
  // Two who press it on the same document get the same picture, in the order in which the document tells it.
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
} as const;

/** Nodes and ports get names of ours: what a document calls them means nothing to the library. */
export function elkGraph(document: GraphDocument, edges: readonly CheckedEdge[]): ElkNode {
  const ids = Object.keys(document.nodes);
  const ledger = document.settings?.ledger !== undefined;
  const at = new Map(ids.map((id, i) => [id, `n${i}`]));
  const port = (node: string, side: 'in' | 'out', name: string): string => `${at.get(node)} ${side} ${name}`;
  return {
    id: 'root',
    layoutOptions: { ...OPTIONS },
    children: ids.map((id) => {
      const spec = specOf(document.nodes[id]?.type ?? '');
      return {
        id: at.get(id) ?? '',
        width: CARD_WIDTH,
        height: cardHeight(spec, ledger),
        layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
        ports: placePorts(spec, ledger).map((placed) => ({
          id: port(id, placed.side, placed.spec.name),
          x: placed.side === 'in' ? 0 : CARD_WIDTH,
          y: placed.y,
          layoutOptions: { 'elk.port.side': placed.side === 'in' ? 'WEST' : 'EAST' },
        })),
      };
    }),
    edges: edges.map(({ from, to }, i) => ({
      id: `e${i}`,
      sources: [port(from.node, 'out', from.port)],
      targets: [port(to.node, 'in', to.port)],
    })),
  };
}

/** Where the library put the nodes, moved so that the graph begins where it began before. */
export function elkPositions(document: GraphDocument, answer: ElkNode): Record<string, Position> {
  const before = Object.values(positions(document));
  const left = Math.min(...before.map(({ x }) => x));
  const top = Math.min(...before.map(({ y }) => y));
  const children = answer.children ?? [];
  const answerLeft = Math.min(...children.map(({ x }) => x ?? 0));
  const answerTop = Math.min(...children.map(({ y }) => y ?? 0));
  return Object.fromEntries(
    Object.keys(document.nodes).flatMap((id, i) => {
      const { x, y } = children[i] ?? {};
      if (x === undefined || y === undefined) return [];
      return [[id, snap({ x: left + x - answerLeft, y: top + y - answerTop })]];
    }),
  );
}
