/** The document as React Flow wants it. An element that did not change stays the same object, so that it is not drawn again. */
import type { GraphDocument, GraphNode, Position as XY } from '../../engine/contract/document.ts';
import type { CheckedEdge } from '../../engine/plan/graph.ts';
import { specOfNode } from '../../engine/specs.ts';
import type { CardNode } from './card.tsx';
import type { FlowEdge } from './edge.tsx';
import { cardHeight, type DrawnEdge, placePorts, portAt } from './geometry.ts';
import { CARD_WIDTH, positions } from './place.ts';

const PORT_SIZE = 9;
const NO_DATA: Record<string, never> = {};

export class FlowElements {
  readonly #nodes = new Map<string, { key: string; node: CardNode }>();
  readonly #edges = new Map<string, { key: string; edge: FlowEdge }>();

  nodes(document: GraphDocument, selected: ReadonlySet<string>): CardNode[] {
    const at = positions(document);
    const ledger = document.settings?.ledger !== undefined;
    for (const id of this.#nodes.keys()) if (!Object.hasOwn(document.nodes, id)) this.#nodes.delete(id);
    return Object.entries(document.nodes).map(([id, entry]) => {
      const position = at[id] ?? { x: 0, y: 0 };
      const key = `${position.x} ${position.y} ${selected.has(id)} ${entry.type} ${ledger} ${portNames(entry)}`;
      const known = this.#nodes.get(id);
      if (known?.key === key) return known.node;
      const node = makeNode(id, entry, position, selected.has(id), ledger);
      this.#nodes.set(id, { key, node });
      return node;
    });
  }

  edges(document: GraphDocument, checked: readonly CheckedEdge[], selected: ReadonlySet<string>): FlowEdge[] {
    return checked.map(({ id, from, to, schema }) => {
      const role = specOfNode(document.nodes[from.node])?.outputs.find((p) => p.name === from.port)?.role;
      const updating = schema?.changelog === 'updating';
      const key = `${from.node} ${from.port} ${to.node} ${to.port} ${selected.has(id)} ${role} ${updating}`;
      const known = this.#edges.get(id);
      if (known?.key === key) return known.edge;
      const edge: FlowEdge = {
        id,
        type: 'flow',
        source: from.node,
        sourceHandle: from.port,
        target: to.node,
        targetHandle: to.port,
        selected: selected.has(id),
        data: { side: role !== 'main', updating },
      };
      this.#edges.set(id, { key, edge });
      return edge;
    });
  }
}

/** Part of a card's key only where settings make the ports. */
function portNames(node: GraphNode): string {
  const spec = specOfNode(node);
  return spec?.outputsFor === undefined ? '' : spec.outputs.map((port) => port.name).join(' ');
}

function makeNode(id: string, entry: GraphNode, position: XY, selected: boolean, ledger: boolean): CardNode {
  const spec = specOfNode(entry);
  const height = cardHeight(spec, ledger);
  return {
    id,
    type: 'card',
    data: NO_DATA,
    position,
    selected,
    width: CARD_WIDTH,
    height,
    measured: { width: CARD_WIDTH, height },
    handles: placePorts(spec, ledger).map((port) => ({
      id: port.spec.name,
      type: port.side === 'in' ? ('target' as const) : ('source' as const),
      position: (port.side === 'in' ? 'left' : 'right') as NonNullable<
        CardNode['handles']
      >[number]['position'],
      x: (port.side === 'in' ? 0 : CARD_WIDTH) - PORT_SIZE / 2,
      y: port.y - PORT_SIZE / 2,
      width: PORT_SIZE,
      height: PORT_SIZE,
    })),
  };
}

/** Where edges run, for dropping onto them. */
export function drawnEdges(document: GraphDocument, checked: readonly CheckedEdge[]): DrawnEdge[] {
  const at = positions(document);
  const end = (node: string, port: string, side: 'in' | 'out'): XY | null => {
    const place = at[node];
    const placed = placePorts(specOfNode(document.nodes[node]), document.settings?.ledger !== undefined).find(
      (p) => p.side === side && p.spec.name === port,
    );
    return place === undefined || placed === undefined ? null : portAt(place, placed);
  };
  return checked.flatMap(({ id, from, to }) => {
    const [a, b] = [end(from.node, from.port, 'out'), end(to.node, to.port, 'in')];
    return a === null || b === null ? [] : [{ id, from: a, to: b }];
  });
}
