import { useStore } from 'zustand';
import type { CheckedGraph } from '../../engine/plan/graph.ts';
import { useStudio } from '../app/studio-context.ts';
import type { Studio } from '../store/studio.ts';
import { connectReason, type PortRef, shapeReason } from './connect.ts';
import { type DragState, dragState } from './drag-state.ts';

type Side = 'in' | 'out';
type Judge = (graph: CheckedGraph, from: PortRef, to: PortRef) => string | null;

/** While an edge is drawn: whether it cannot end at this port, by the graph's shape alone, as all ports ask at once. */
export function usePortRefused(port: PortRef, side: Side): boolean {
  const { document } = useStudio();
  return useStore(dragState, ({ port: start }) => {
    if (start === null || isStart(start, port, side)) return false;
    return start.side === side || judge(shapeReason, document.getState().graph, start, port) !== null;
  });
}

/** Shows why the port under the pointer cannot take the edge that is drawn; types are looked at here too. */
export function showRefusal(studio: Studio, port: PortRef, side: Side, handle: Element): void {
  const { port: start } = dragState.getState();
  if (start === null || isStart(start, port, side) || start.side === side) return;
  const reason = judge(connectReason, studio.document.getState().graph, start, port);
  const box = handle.getBoundingClientRect();
  if (reason !== null) dragState.setState({ refusal: { reason, x: box.x + box.width / 2, y: box.y } });
}

export const hideRefusal = (): void => {
  if (dragState.getState().refusal !== null) dragState.setState({ refusal: null });
};

const isStart = (start: NonNullable<DragState['port']>, port: PortRef, side: Side): boolean =>
  start.node === port.node && start.port === port.port && start.side === side;

const judge = (
  ask: Judge,
  graph: CheckedGraph,
  start: NonNullable<DragState['port']>,
  end: PortRef,
): string | null => (start.side === 'out' ? ask(graph, start, end) : ask(graph, end, start));
