/** A document of many nodes that all have something to show: chains of source, filter, map and sink, side by side. */
const COLUMNS = 8;
const STEP = { x: 252, y: 150 };

const generator = {
  type: 'generator',
  config: {
    rate: 50,
    data: { kind: 'fields', fields: [{ name: 'n', value: { kind: 'sequence' } }] },
  },
};
const CHAIN = [
  generator,
  { type: 'filter', config: { condition: 'n % 3 > 0' } },
  { type: 'map', config: { compute: [{ name: 'm', expression: 'n * 2' }] } },
  { type: 'nothing', config: {} },
] as const;

/** @param count of nodes, a multiple of 4 */
export function manyNodes(count: number): unknown {
  const nodes: Record<string, unknown> = {};
  const places: Record<string, { x: number; y: number }> = {};
  const edges: { from: string; to: string }[] = [];
  for (let i = 0; i < count; i++) {
    const [chain, at] = [Math.floor(i / CHAIN.length), i % CHAIN.length];
    nodes[`n${i}`] = CHAIN[at];
    places[`n${i}`] = {
      x: ((chain % COLUMNS) * CHAIN.length + at) * STEP.x,
      y: Math.floor(chain / COLUMNS) * STEP.y,
    };
    if (at > 0) edges.push({ from: `n${i - 1}:out`, to: `n${i}` });
  }
  return { weir: 1, name: 'Many nodes', nodes, edges, layout: { nodes: places } };
}
