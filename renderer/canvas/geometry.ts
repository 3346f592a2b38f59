/**
 * Sizes of cards and places of ports, from the spec alone: React Flow needs no measuring, and edges to cards that
 * are not mounted are right. The style sheet holds the same numbers.
 */
import type { Position } from '../../engine/contract/document.ts';
import type { NodeSpec, PortSpec } from '../../engine/contract/spec.ts';
import { CARD_WIDTH } from './place.ts';

export const HEAD_HEIGHT = 50;
export const ROW_HEIGHT = 22;
const PORT_TOP = 30;
const PORT_STEP = 18;
const SIDE_PORT_BOTTOM = 11;

export type CardRow = 'rate' | 'lag' | 'watermark' | 'open' | 'committed' | 'ledger' | 'faults';

/**
 * The live rows of a card, by what its spec declares.
 * @param ledger the document names a field to count sinks by
 */
export function cardRows(spec: NodeSpec | null, ledger = false): readonly CardRow[] {
  if (spec === null) return [];
  if (spec.kind === 'sink')
    return ledger
      ? ['rate', 'committed', 'watermark', 'ledger', 'faults']
      : ['rate', 'committed', 'watermark'];
  return spec.stateful ? ['rate', 'lag', 'watermark', 'open'] : ['rate', 'lag', 'watermark'];
}

/** Enough for the live rows, and for the ports of the side that has most. */
export function cardHeight(spec: NodeSpec | null, ledger = false): number {
  const rows = HEAD_HEIGHT + cardRows(spec, ledger).length * ROW_HEIGHT;
  if (spec === null) return rows;
  const ports = Math.max(spec.inputs.length, spec.outputs.length);
  return Math.max(rows, PORT_TOP + (ports - 1) * PORT_STEP + SIDE_PORT_BOTTOM);
}

export interface PlacedPort {
  readonly spec: PortSpec;
  readonly side: 'in' | 'out';
  /** Of its centre, from the top of the card. */
  readonly y: number;
}

export function placePorts(spec: NodeSpec | null, ledger = false): readonly PlacedPort[] {
  if (spec === null) return [];
  const height = cardHeight(spec, ledger);
  const main = spec.outputs.filter((port) => port.role === 'main');
  // Late ports lowest: their labels stand clear of a card beside this one, and they matter most.
  const side = [
    ...spec.outputs.filter((port) => port.role === 'dead-letter'),
    ...spec.outputs.filter((port) => port.role === 'late'),
  ];
  return [
    ...spec.inputs.map((port, i) => ({ spec: port, side: 'in' as const, y: PORT_TOP + i * PORT_STEP })),
    ...main.map((port, i) => ({ spec: port, side: 'out' as const, y: PORT_TOP + i * PORT_STEP })),
    ...side.map((port, i) => ({
      spec: port,
      side: 'out' as const,
      y: height - SIDE_PORT_BOTTOM - (side.length - 1 - i) * PORT_STEP,
    })),
  ];
}

/** The centre of a port on the canvas. */
export function portAt(at: Position, port: PlacedPort): Position {
  return { x: at.x + (port.side === 'in' ? 0 : CARD_WIDTH), y: at.y + port.y };
}

/** Control points of an edge's curve, as the mock draws it: short ends, so that close cards stay readable. */
export function curve(from: Position, to: Position): readonly [Position, Position, Position, Position] {
  const reach = Math.max(18, Math.min(Math.abs(to.x - from.x) * 0.5, 90));
  return [from, { x: from.x + reach, y: from.y }, { x: to.x - reach, y: to.y }, to];
}

export function curvePath(from: Position, to: Position): string {
  const [a, b, c, d] = curve(from, to);
  return `M${a.x} ${a.y}C${b.x} ${b.y} ${c.x} ${c.y} ${d.x} ${d.y}`;
}

export function curvePoint(from: Position, to: Position, share: number): Position {
  const [a, b, c, d] = curve(from, to);
  const u = 1 - share;
  const mix = (p: number, q: number, r: number, s: number): number =>
    u * u * u * p + 3 * u * u * share * q + 3 * u * share * share * r + share * share * share * s;
  return { x: mix(a.x, b.x, c.x, d.x), y: mix(a.y, b.y, c.y, d.y) };
}

export interface DrawnEdge {
  readonly id: string;
  readonly from: Position;
  readonly to: Position;
}

/** How near (canvas units) a dropped node has to be to an edge to go into it. */
const DROP_REACH = 28;
const DROP_SAMPLES = 24;

/** The edge under a point, or null. */
export function edgeNear(edges: readonly DrawnEdge[], point: Position): string | null {
  let best: string | null = null;
  let bestDistance = DROP_REACH;
  for (const { id, from, to } of edges) {
    for (let i = 0; i <= DROP_SAMPLES; i++) {
      const p = curvePoint(from, to, i / DROP_SAMPLES);
      const distance = Math.hypot(p.x - point.x, p.y - point.y);
      if (distance < bestDistance) {
        best = id;
        bestDistance = distance;
      }
    }
  }
  return best;
}
