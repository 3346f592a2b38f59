/** What is being dragged: an edge from a port, or a type from the palette. Lives as long as the gesture. */
import { createStore } from 'zustand/vanilla';
import type { PortRef } from './connect.ts';

export interface DragState {
  /** The output that an edge is drawn from, or the input that it is drawn back from. */
  readonly port: (PortRef & { readonly side: 'in' | 'out' }) | null;
  /** A node type from the palette. */
  readonly type: string | null;
  /** The edge that a drop would go into. */
  readonly dropEdge: string | null;
  /** Why the port under the pointer cannot take the edge, and where that port is in the window. */
  readonly refusal: { readonly reason: string; readonly x: number; readonly y: number } | null;
}

export const dragState = createStore<DragState>(() => ({
  port: null,
  type: null,
  dropEdge: null,
  refusal: null,
}));

export const startTypeDrag = (type: string): void => dragState.setState({ type });
export const endTypeDrag = (): void => dragState.setState({ type: null, dropEdge: null });
