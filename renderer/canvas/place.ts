/** Where new nodes go, and what has to move for them. Pure. */
import {
  type GraphDocument,
  type GraphEdge,
  type Position,
  parseEndpoint,
} from '../../engine/contract/document.ts';

export const CARD_WIDTH = 216;
export const GAP_X = 36;
export const GAP_Y = 40;
/** Canvas positions snap to this grid. */
export const GRID = 4;
/** Layout only needs to know about how tall cards are. */
const CARD_HEIGHT = 140;

export const snap = (at: Position): Position => ({
  x: Math.round(at.x / GRID) * GRID,
  y: Math.round(at.y / GRID) * GRID,
});

/** Positions of every node: the document's, and for the others a column per distance from the sources. */
export function positions(document: GraphDocument): Record<string, Position> {
  const known = document.layout?.nodes ?? {};
  const missing = Object.keys(document.nodes).filter((id) => known[id] === undefined);
  if (missing.length === 0) return known;
  const depth = depths(document);
  const bottom = Math.max(0, ...Object.values(known).map((p) => p.y + CARD_HEIGHT + GAP_Y));
  const rows = new Map<number, number>();
  const placed: Record<string, Position> = { ...known };
  for (const id of missing) {
    const column = depth.get(id) ?? 0;
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    placed[id] = { x: column * (CARD_WIDTH + GAP_X), y: bottom + row * (CARD_HEIGHT + GAP_Y) };
  }
  return placed;
}

/** Longest way from a node without input; cut off at the number of nodes, so that a circle ends. */
function depths(document: GraphDocument): Map<string, number> {
  const depth = new Map(Object.keys(document.nodes).map((id) => [id, 0]));
  const count = depth.size;
  for (let round = 0, changed = true; changed && round < count; round++) {
    changed = false;
    for (const edge of document.edges) {
      const from = depth.get(parseEndpoint(edge.from).node);
      const to = parseEndpoint(edge.to).node;
      const now = depth.get(to);
      if (from === undefined || now === undefined || now > from || from + 1 >= count) continue;
      depth.set(to, from + 1);
      changed = true;
    }
  }
  return depth;
}

/** A node spliced into an edge stands between its ends; what follows moves right where there is no room. */
export function placeSpliced(
  document: GraphDocument,
  edge: GraphEdge,
  id: string,
  dropped: Position,
): Record<string, Position> {
  const at = positions(document);
  const source = parseEndpoint(edge.from).node;
  const target = parseEndpoint(edge.to).node;
  const from = at[source];
  const to = at[target];
  if (from === undefined || to === undefined) return { [id]: dropped };
  const step = CARD_WIDTH + GAP_X;
  const missing = from.x + 2 * step - to.x;
  if (missing <= 0) return { [id]: snap({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }) };
  const moved: Record<string, Position> = { [id]: { x: from.x + step, y: to.y } };
  for (const below of downstream(document, target)) {
    const p = at[below];
    // A circle leads back to the source: it stays where it is.
    if (p !== undefined && below !== source) moved[below] = { x: p.x + missing, y: p.y };
  }
  return moved;
}

function downstream(document: GraphDocument, start: string): Set<string> {
  const found = new Set([start]);
  for (const id of found) {
    for (const edge of document.edges) {
      if (parseEndpoint(edge.from).node === id) found.add(parseEndpoint(edge.to).node);
    }
  }
  return found;
}

/** Columns by distance from the sources, rows centred: a plain layered layout for a graph without one. */
export function arrange(document: GraphDocument): Record<string, Position> {
  const columns = new Map<number, string[]>();
  for (const [id, depth] of depths(document)) {
    const column = columns.get(depth);
    if (column === undefined) columns.set(depth, [id]);
    else column.push(id);
  }
  const tallest = Math.max(0, ...[...columns.values()].map((ids) => ids.length));
  const placed: Record<string, Position> = {};
  for (const [depth, ids] of columns) {
    const top = ((tallest - ids.length) * (CARD_HEIGHT + GAP_Y)) / 2;
    ids.forEach((id, row) => {
      placed[id] = snap({ x: depth * (CARD_WIDTH + GAP_X), y: top + row * (CARD_HEIGHT + GAP_Y) });
    });
  }
  return placed;
}
