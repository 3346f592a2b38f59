import { useStore } from 'zustand';
import { useStudio } from '../app/studio-context.ts';
import { type PortRef, shapeReason } from './connect.ts';
import { dragState } from './drag-state.ts';

/** While an edge is drawn: why it cannot end at this port. '' for ports of the same side, null where it can. */
export function usePortReason(port: PortRef, side: 'in' | 'out'): string | null {
  const { document } = useStudio();
  return useStore(dragState, ({ port: start }) => {
    if (start === null || (start.node === port.node && start.port === port.port && start.side === side))
      return null;
    if (start.side === side) return '';
    const { graph } = document.getState();
    return side === 'in' ? shapeReason(graph, start, port) : shapeReason(graph, port, start);
  });
}
