/** Every change of a document, as data. `applyEdit` is the only place that makes a changed document. */
import {
  edgeId,
  type GraphDocument,
  type GraphEdge,
  type GraphNode,
  type Position,
  parseEndpoint,
  type RunSettings,
} from '../../engine/contract/document.ts';
import { specOfNode } from '../../engine/specs.ts';
import { placeSpliced } from './place.ts';

export type Edit =
  | { readonly type: 'addNode'; readonly id: string; readonly node: GraphNode; readonly at: Position }
  | { readonly type: 'removeNodes'; readonly ids: readonly string[] }
  | { readonly type: 'removeEdges'; readonly ids: readonly string[] }
  | { readonly type: 'moveNodes'; readonly positions: Readonly<Record<string, Position>> }
  | { readonly type: 'setConfig'; readonly id: string; readonly config: GraphNode['config'] }
  /** Null: back to the type's label. */
  | { readonly type: 'renameNode'; readonly id: string; readonly name: string | null }
  | { readonly type: 'setNote'; readonly id: string; readonly note: string | null }
  /** Endpoints as in the document; an edge that is there already changes nothing. */
  | { readonly type: 'connect'; readonly from: string; readonly to: string }
  | { readonly type: 'disconnect'; readonly from: string; readonly to: string }
  /** Puts a node with one main input and output into an edge, and makes room for it. */
  | {
      readonly type: 'spliceNode';
      readonly edge: string;
      readonly id: string;
      readonly node: GraphNode;
      readonly at: Position;
    }
  | { readonly type: 'setSettings'; readonly settings: RunSettings | null }
  | { readonly type: 'setAbout'; readonly name: string | null; readonly description: string | null }
  /** Nodes and edges under ids that are already free here. */
  | {
      readonly type: 'insert';
      readonly nodes: Readonly<Record<string, GraphNode>>;
      readonly edges: readonly GraphEdge[];
      readonly positions: Readonly<Record<string, Position>>;
    };

/** Whether an edit leaves everything but the layout as it was: such an edit needs no new check of the graph. */
export const isLayoutEdit = (edit: Edit): boolean => edit.type === 'moveNodes';

/** The changed document; the same object where the edit changes nothing. Never mutates. */
export function applyEdit(document: GraphDocument, edit: Edit): GraphDocument {
  switch (edit.type) {
    case 'addNode':
      return withNodes(document, { [edit.id]: edit.node }, [], { [edit.id]: edit.at });
    case 'insert':
      return withNodes(document, edit.nodes, edit.edges, edit.positions);
    case 'removeNodes':
      return removeNodes(document, new Set(edit.ids));
    case 'removeEdges':
      return keepEdges(document, (edge) => !edit.ids.includes(edgeId(edge)));
    case 'moveNodes':
      return movePositions(document, edit.positions);
    case 'setConfig':
      return changeNode(document, edit.id, (node) => ({ ...node, config: edit.config }));
    case 'renameNode':
      return changeNode(document, edit.id, (node) => withText(node, 'name', edit.name));
    case 'setNote':
      return changeNode(document, edit.id, (node) => withText(node, 'note', edit.note));
    case 'connect': {
      const edge = { from: edit.from, to: edit.to };
      if (document.edges.some((known) => edgeId(known) === edgeId(edge))) return document;
      return { ...document, edges: [...document.edges, edge] };
    }
    case 'disconnect':
      return keepEdges(document, (edge) => edge.from !== edit.from || edge.to !== edit.to);
    case 'spliceNode':
      return spliceNode(document, edit.edge, edit.id, edit.node, edit.at);
    case 'setSettings':
      return edit.settings === null
        ? without(document, 'settings')
        : { ...document, settings: edit.settings };
    case 'setAbout':
      return withText(withText(document, 'name', edit.name), 'description', edit.description);
  }
}

/** `filter`, `filter2`, …: the first id of that stem that is free. */
export function freshId(taken: Readonly<Record<string, unknown>>, stem: string): string {
  if (!Object.hasOwn(taken, stem)) return stem;
  let n = 2;
  while (Object.hasOwn(taken, `${stem}${n}`)) n++;
  return `${stem}${n}`;
}

/** The text of an endpoint: the port is left out where it is the node's only main port on that side. */
export function printEndpoint(
  document: GraphDocument,
  node: string,
  port: string,
  side: 'from' | 'to',
): string {
  const spec = specOfNode(document.nodes[node]);
  const ports = side === 'from' ? spec?.outputs : spec?.inputs;
  const mains = (ports ?? []).filter((p) => p.role === 'main');
  return mains.length === 1 && mains[0]?.name === port ? node : `${node}:${port}`;
}

function withNodes(
  document: GraphDocument,
  nodes: Readonly<Record<string, GraphNode>>,
  edges: readonly GraphEdge[],
  positions: Readonly<Record<string, Position>>,
): GraphDocument {
  return {
    ...document,
    nodes: { ...document.nodes, ...nodes },
    edges: edges.length === 0 ? document.edges : [...document.edges, ...edges],
    layout: { nodes: { ...document.layout?.nodes, ...positions } },
  };
}

function removeNodes(document: GraphDocument, ids: ReadonlySet<string>): GraphDocument {
  const kept = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([id]) => !ids.has(id)));
  return {
    ...document,
    nodes: kept(document.nodes),
    edges: document.edges.filter(
      (edge) => !ids.has(parseEndpoint(edge.from).node) && !ids.has(parseEndpoint(edge.to).node),
    ),
    ...(document.layout === undefined ? {} : { layout: { nodes: kept(document.layout.nodes) } }),
  };
}

function keepEdges(document: GraphDocument, keep: (edge: GraphEdge) => boolean): GraphDocument {
  const edges = document.edges.filter(keep);
  return edges.length === document.edges.length ? document : { ...document, edges };
}

function movePositions(document: GraphDocument, moved: Readonly<Record<string, Position>>): GraphDocument {
  const now = document.layout?.nodes ?? {};
  const changed = Object.entries(moved).some(([id, at]) => now[id]?.x !== at.x || now[id]?.y !== at.y);
  return changed ? { ...document, layout: { nodes: { ...now, ...moved } } } : document;
}

function changeNode(
  document: GraphDocument,
  id: string,
  change: (node: GraphNode) => GraphNode,
): GraphDocument {
  const node = document.nodes[id];
  return node === undefined ? document : { ...document, nodes: { ...document.nodes, [id]: change(node) } };
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = value;
  return rest;
}

function withText<T extends object, K extends string>(value: T, key: K, text: string | null): T {
  const rest = without(value as T & Record<K, unknown>, key);
  return (text === null || text === '' ? rest : { ...rest, [key]: text }) as unknown as T;
}

function spliceNode(
  document: GraphDocument,
  id: string,
  nodeId: string,
  node: GraphNode,
  at: Position,
): GraphDocument {
  const edge = document.edges.find((known) => edgeId(known) === id);
  const spec = specOfNode(node);
  const input = spec?.inputs.find((port) => port.role === 'main');
  const output = spec?.outputs.find((port) => port.role === 'main');
  const added = withNodes(document, { [nodeId]: node }, [], { [nodeId]: at });
  if (edge === undefined || input === undefined || output === undefined) return added;
  // The new edges stand where the old one stood: inputs of a port keep their order.
  const edges = added.edges.flatMap((known) =>
    known === edge
      ? [
          { from: edge.from, to: printEndpoint(added, nodeId, input.name, 'to') },
          { from: printEndpoint(added, nodeId, output.name, 'from'), to: edge.to },
        ]
      : [known],
  );
  return movePositions({ ...added, edges }, placeSpliced(document, edge, nodeId, at));
}
