/** The graph: React Flow around cards and edges. Gestures become edits of the document; nothing is kept here. */
import {
  Background,
  type Connection,
  type EdgeChange,
  type EdgeTypes,
  MiniMap,
  type NodeChange,
  type NodeTypes,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react';
import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Position } from '../../engine/contract/document.ts';
import type { PortSpec } from '../../engine/contract/spec.ts';
import { specOf } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { useDocument, useSelection, useStudio } from '../app/studio-context.ts';
import { edit, endGesture } from '../store/document.ts';
import { addNode, spliceInto } from './add-node.ts';
import { Card, type CardNode } from './card.tsx';
import { connectEdit, connectReason } from './connect.ts';
import { ContextMenu, type MenuAt } from './context-menu.tsx';
import { dragState, endTypeDrag } from './drag-state.ts';
import { type FlowEdge, FlowEdgeView } from './edge.tsx';
import { drawnEdges, FlowElements } from './flow-elements.ts';
import { edgeNear } from './geometry.ts';
import { CARD_WIDTH, GRID, snap } from './place.ts';
import { SearchBar } from './search/search-bar.tsx';
import { FIT, useKeepFitted, ZOOM_MIN } from './use-fit.ts';
import { setZoom, viewState } from './view-state.ts';
import { ZoomControls } from './zoom-controls.tsx';

const NODE_TYPES: NodeTypes = { card: Card };
const EDGE_TYPES: EdgeTypes = { flow: FlowEdgeView };

/** How long the view takes to move; at once where less motion is asked for. */
const moveMs = (): number => (document.documentElement.dataset['motion'] === 'reduced' ? 0 : 150);

const ends = (c: Connection | FlowEdge) =>
  [
    { node: c.source, port: c.sourceHandle ?? '' },
    { node: c.target, port: c.targetHandle ?? '' },
  ] as const;

export function Canvas() {
  const studio = useStudio();
  const flow = useReactFlow<CardNode, FlowEdge>();
  const document = useDocument((state) => state.document);
  const checked = useDocument((state) => state.graph.edges);
  const selection = useSelection((state) => state);
  const [elements] = useState(() => new FlowElements());
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const frame = useRef<HTMLElement>(null);
  useKeepFitted(frame, flow);
  const plain = useStore(viewState, (state) => state.plain);
  const nodes = useMemo(
    () => elements.nodes(document, selection.nodes),
    [elements, document, selection.nodes],
  );
  const edges = useMemo(
    () => elements.edges(document, checked, selection.edges),
    [elements, document, checked, selection.edges],
  );

  useEffect(() => {
    studio.canvas = {
      fitView: () => void flow.fitView(FIT),
      showAll: () => {
        const box = globalThis.document.querySelector('.react-flow')?.getBoundingClientRect();
        if (box === undefined) return;
        const all = flow.getNodesBounds(flow.getNodes());
        const from = flow.screenToFlowPosition({ x: box.left, y: box.top });
        const to = flow.screenToFlowPosition({ x: box.right, y: box.bottom });
        const inside =
          all.x >= from.x && all.y >= from.y && all.x + all.width <= to.x && all.y + all.height <= to.y;
        if (!inside) void flow.fitView({ ...FIT, duration: moveMs() });
      },
      reveal: (id) => void flow.fitView({ nodes: [{ id }], padding: 0.4, maxZoom: 1, duration: moveMs() }),
      centre: () => {
        const box = globalThis.document.querySelector('.react-flow')?.getBoundingClientRect();
        return box === undefined
          ? { x: 0, y: 0 }
          : flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
      },
    };
    return () => {
      studio.canvas = null;
    };
  }, [studio, flow]);

  const onNodesChange = useCallback(
    (changes: readonly NodeChange<CardNode>[]) => {
      const moved: Record<string, Position> = {};
      let dropped = false;
      for (const change of changes) {
        if (change.type !== 'position') continue;
        if (change.position !== undefined) moved[change.id] = change.position;
        dropped ||= change.dragging === false;
      }
      if (Object.keys(moved).length > 0)
        edit(studio.document, { type: 'moveNodes', positions: moved }, 'move');
      if (dropped) endGesture(studio.document);
      const nodes = select(studio.selection.getState().nodes, changes);
      if (nodes !== null) studio.selection.setState({ nodes });
    },
    [studio],
  );
  const onEdgesChange = useCallback(
    (changes: readonly EdgeChange<FlowEdge>[]) => {
      const edges = select(studio.selection.getState().edges, changes);
      if (edges !== null) studio.selection.setState({ edges });
    },
    [studio],
  );

  const onConnect = useCallback(
    (connection: Connection) => {
      const [from, to] = ends(connection);
      edit(studio.document, connectEdit(studio.document.getState().document, from, to));
    },
    [studio],
  );
  const isValidConnection = useCallback(
    (connection: Connection | FlowEdge) =>
      connectReason(studio.document.getState().graph, ...ends(connection)) === null,
    [studio],
  );

  const onDragOver = (event: DragEvent): void => {
    const { type } = dragState.getState();
    if (type === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const dropEdge = canSplice(type) ? edgeNear(drawnEdges(document, checked), at) : null;
    if (dropEdge !== dragState.getState().dropEdge) dragState.setState({ dropEdge });
  };
  const onDrop = (event: DragEvent): void => {
    const { type, dropEdge } = dragState.getState();
    if (type === null) return;
    event.preventDefault();
    const pointer = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    // The card hangs under the pointer by its header.
    const at = snap({ x: pointer.x - CARD_WIDTH / 2, y: pointer.y - 20 });
    if (dropEdge === null) addNode(studio, type, at);
    else spliceInto(studio, dropEdge, type, at);
    endTypeDrag();
  };

  return (
    <section
      className="canvas"
      ref={frame}
      aria-label={t('canvas.label')}
      data-plain={plain}
      onDragOver={onDragOver}
      onDrop={onDrop}
      onDragLeave={(event) => {
        // Leaving one thing on the canvas for another is no leaving.
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)))
          dragState.setState({ dropEdge: null });
      }}
    >
      <ReactFlow<CardNode, FlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        isValidConnection={isValidConnection}
        onConnectStart={(_, { nodeId, handleId, handleType }) =>
          dragState.setState({
            port:
              nodeId === null || handleId === null
                ? null
                : { node: nodeId, port: handleId, side: handleType === 'target' ? 'in' : 'out' },
          })
        }
        onConnectEnd={() => dragState.setState({ port: null, refusal: null })}
        onNodeContextMenu={(event, node) => {
          event.preventDefault();
          if (!selection.nodes.has(node.id))
            studio.selection.setState({ nodes: new Set([node.id]), edges: new Set() });
          setMenu({ x: event.clientX, y: event.clientY, on: 'node' });
        }}
        onEdgeContextMenu={(event, edge) => {
          event.preventDefault();
          studio.selection.setState({ nodes: new Set(), edges: new Set([edge.id]) });
          setMenu({ x: event.clientX, y: event.clientY, on: 'edge' });
        }}
        onPaneContextMenu={(event) => {
          event.preventDefault();
          setMenu({ x: event.clientX, y: event.clientY, on: 'pane' });
        }}
        onMove={(_, { zoom }) => setZoom(zoom)}
        onlyRenderVisibleElements
        snapToGrid
        snapGrid={[GRID, GRID]}
        minZoom={ZOOM_MIN}
        maxZoom={2}
        fitView
        fitViewOptions={FIT}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={['Meta', 'Control']}
        selectionMode={SelectionMode.Partial}
        zoomOnDoubleClick={false}
        connectionRadius={24}
        elevateEdgesOnSelect
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={20} size={1.2} color="var(--dot)" bgColor="var(--canvas)" />
        <MiniMap
          pannable
          zoomable
          ariaLabel={t('canvas.minimap')}
          nodeColor={(node) => (node.selected === true ? 'var(--focus)' : 'var(--line-strong)')}
          nodeBorderRadius={12}
          bgColor="var(--panel)"
          maskColor="transparent"
          maskStrokeColor="var(--faint)"
          maskStrokeWidth={6}
          style={{ width: 132, height: 84 }}
        />
      </ReactFlow>
      <ZoomControls />
      <SearchBar />
      {nodes.length === 0 && (
        <div className="canvas-empty">
          <b>{t('canvas.empty.title')}</b>
          <p>{t('canvas.empty.text')}</p>
        </div>
      )}
      <Refusal />
      {menu !== null && <ContextMenu at={menu} close={() => setMenu(null)} />}
    </section>
  );
}

function Refusal() {
  const refusal = useStore(dragState, (state) => state.refusal);
  if (refusal === null) return null;
  return (
    <span className="refusal" role="status" style={{ left: refusal.x, top: refusal.y }}>
      {refusal.reason}
    </span>
  );
}

function canSplice(type: string): boolean {
  const spec = specOf(type);
  const main = (port: PortSpec): boolean => port.role === 'main';
  return spec?.inputs.some(main) === true && spec.outputs.some(main);
}

/** The selection after React Flow's changes, or null where they do not touch it. */
function select(
  now: ReadonlySet<string>,
  changes: readonly (NodeChange<CardNode> | EdgeChange<FlowEdge>)[],
): ReadonlySet<string> | null {
  let next: Set<string> | null = null;
  for (const change of changes) {
    if (change.type !== 'select' || change.selected === now.has(change.id)) continue;
    next ??= new Set(now);
    if (change.selected) next.add(change.id);
    else next.delete(change.id);
  }
  return next;
}
