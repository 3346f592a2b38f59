/** A graph in small: the cards as boxes in the colour of their kind, and the edges. */
import type { GraphDocument } from '../../engine/contract/document.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { specOfNode } from '../../engine/specs.ts';
import { drawnEdges } from '../canvas/flow-elements.ts';
import { cardHeight, curvePath } from '../canvas/geometry.ts';
import { CARD_WIDTH, positions } from '../canvas/place.ts';

const MARGIN = 24;

export function Thumbnail({ document }: { document: GraphDocument }) {
  const boxes = Object.entries(positions(document)).flatMap(([id, at]) => {
    const node = document.nodes[id];
    if (node === undefined) return [];
    const spec = specOfNode(node);
    return [{ id, ...at, height: cardHeight(spec), kind: spec?.kind ?? 'unknown' }];
  });
  const left = Math.min(...boxes.map((box) => box.x)) - MARGIN;
  const top = Math.min(...boxes.map((box) => box.y)) - MARGIN;
  const width = Math.max(...boxes.map((box) => box.x + CARD_WIDTH)) + MARGIN - left;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN - top;
  if (boxes.length === 0) return null;
  return (
    <svg className="thumbnail" viewBox={`${left} ${top} ${width} ${height}`} aria-hidden="true">
      {drawnEdges(document, checkGraph(document).edges).map(({ id, from, to }) => (
        <path key={id} d={curvePath(from, to)} className="thumbnail-edge" />
      ))}
      {boxes.map((box) => (
        <g key={box.id} data-kind={box.kind}>
          <rect x={box.x} y={box.y} width={CARD_WIDTH} height={box.height} rx={14} />
          <path d={`M${box.x + 12} ${box.y + 24}v${box.height - 48}`} />
        </g>
      ))}
    </svg>
  );
}
