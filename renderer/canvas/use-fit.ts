/** A view that shows the whole graph goes on showing it when the frame changes its size. */
import { getViewportForBounds, type ReactFlowInstance, type Viewport } from '@xyflow/react';
import { type RefObject, useEffect } from 'react';
import type { CardNode } from './card.tsx';
import type { FlowEdge } from './edge.tsx';

export const ZOOM_MIN = 0.1;
/** Leaves room for zoom controls and overview below. */
export const FIT = {
  padding: { top: '28px', right: '64px', bottom: '104px', left: '40px' },
  maxZoom: 1,
} as const;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A view that a person moved is left alone: it is not the one that would have been fitted to the old size. */
export function useKeepFitted(
  frame: RefObject<HTMLElement | null>,
  flow: ReactFlowInstance<CardNode, FlowEdge>,
): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    let before: Size | null = null;
    const sizes = new ResizeObserver(() => {
      const size = { width: element.clientWidth, height: element.clientHeight };
      const bounds = flow.getNodesBounds(flow.getNodes());
      const fitted = ({ width, height }: Size): Viewport =>
        getViewportForBounds(bounds, width, height, ZOOM_MIN, FIT.maxZoom, FIT.padding);
      if (before !== null && bounds.width > 0 && same(flow.getViewport(), fitted(before)))
        void flow.setViewport(fitted(size));
      before = size;
    });
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [frame, flow]);
}

const same = (a: Viewport, b: Viewport): boolean =>
  Math.abs(a.x - b.x) < 1 && Math.abs(a.y - b.y) < 1 && Math.abs(a.zoom - b.zoom) < 0.001;
