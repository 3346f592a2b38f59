/** An edge: its rate, and how full its queue is as width and colour. Figures are written past React. */
import { type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo, useRef } from 'react';
import { useStore } from 'zustand';
import { t } from '../app/strings/index.ts';
import { formatCount, formatShare } from '../ui/format.ts';
import { Barrier } from './barrier.tsx';
import { dragState } from './drag-state.ts';
import { edgeText, edgeWidth, fillLevel } from './figures.ts';
import { curvePath, curvePoint } from './geometry.ts';
import { useTelemetry, writeText, writeTitle } from './use-telemetry.ts';
import { viewState } from './view-state.ts';

/** `updating`: its rows also take back and delete earlier ones; drawn as a double line. */
export type FlowEdge = Edge<{ readonly side: boolean; readonly updating: boolean }, 'flow'>;

/** px that a double line is wider than a plain one. */
const DOUBLE_BY = 2.5;

/** px; a label on a shorter edge would cover the cards at its ends. */
const LABEL_LENGTH_MIN = 90;

export const FlowEdgeView = memo(function FlowEdgeView(props: EdgeProps<FlowEdge>) {
  const { id, target, sourceX, sourceY, targetX, targetY, selected, data } = props;
  const from = { x: sourceX, y: sourceY };
  const to = { x: targetX, y: targetY };
  const path = useRef<SVGPathElement>(null);
  const label = useRef<HTMLSpanElement>(null);
  const drop = useStore(dragState, (state) => state.dropEdge === id);
  const updating = data?.updating === true;
  useTelemetry((telemetry) => {
    const fill = telemetry.edge(id, 'queueFill');
    const line = path.current;
    if (line !== null) {
      const width = (edgeWidth(fill) + (updating ? DOUBLE_BY : 0)).toFixed(1);
      if (line.style.strokeWidth !== width) line.style.strokeWidth = width;
      const level = fillLevel(fill);
      if (line.dataset['level'] !== level) line.dataset['level'] = level;
    }
    if (viewState.getState().plain) return;
    const text = edgeText(telemetry, id);
    writeText(label.current, updating ? `± ${text}`.trim() : text);
    if (text !== '') {
      const rows = formatCount(telemetry.edge(id, 'queueRows'));
      const total = t('figure.total', { count: formatCount(telemetry.edge(id, 'records')) });
      const queue = t('figure.queue', { share: formatShare(fill), rows });
      writeTitle(label.current, `${total}; ${queue}${updating ? `; ${t('edge.updating')}` : ''}`);
    } else if (updating) writeTitle(label.current, t('edge.updating'));
  });
  const d = curvePath(from, to);
  const middle = curvePoint(from, to, 0.5);
  const long = Math.hypot(to.x - from.x, to.y - from.y) >= LABEL_LENGTH_MIN;
  return (
    <>
      <path
        ref={path}
        d={d}
        className="edge-line"
        data-side={data?.side === true}
        data-selected={selected === true}
        data-level="low"
      />
      {updating && <path d={d} className="edge-core" />}
      {drop && <path d={d} className="edge-drop" />}
      <path d={d} className="react-flow__edge-interaction" fill="none" strokeOpacity={0} strokeWidth={20}>
        {updating && <title>{t('edge.updating')}</title>}
      </path>
      <Barrier edge={id} target={target} d={d} />
      {long && (
        <EdgeLabelRenderer>
          <span
            ref={label}
            className="edge-label num"
            style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}
          />
        </EdgeLabelRenderer>
      )}
    </>
  );
});
