/** The figures of the workers of a run, each written by itself into shared memory, as one. */
import {
  EDGE_SLOTS,
  edgeOffset,
  HEAD_SLOTS,
  NODE_SLOTS,
  type NodeSlot,
  nodeOffset,
  PARTITION_SLOTS,
  partitionOffset,
  RUN_STATES,
  type TelemetryLayout,
} from '../contract/telemetry.ts';

export interface WorkerFigures {
  readonly layout: TelemetryLayout;
  readonly figures: Float64Array;
}

/** Nodes and edges are the same in all; each has the partitions of its own sources. */
export const mergeLayouts = (layouts: readonly TelemetryLayout[]): TelemetryLayout => ({
  nodes: layouts[0]?.nodes ?? [],
  edges: layouts[0]?.edges ?? [],
  partitions: layouts.flatMap((l) => l.partitions),
});

const head = (slot: (typeof HEAD_SLOTS)[number]): number => HEAD_SLOTS.indexOf(slot);

/** Where the workers each say their own part. Other figures are those of a host that has most of it. */
const SUMMED: ReadonlySet<NodeSlot> = new Set([
  'recordsIn',
  'recordsOut',
  'lagRecords',
  'lateRecords',
  'deadLetters',
  'openWindows',
  'stateBytes',
  'stateRows',
  'committed',
  'filtered',
]);

/**
 * @param target in the merged layout
 * @param all by worker
 * @param hostsOf the workers that run a node
 */
export function mergeFigures(
  target: Float64Array,
  all: readonly WorkerFigures[],
  hostsOf: (node: string) => readonly number[],
): void {
  const [leader] = all;
  if (leader === undefined) return;
  target.set(leader.figures.subarray(0, HEAD_SLOTS.length));
  target[head('recordsRead')] = all.reduce((sum, w) => sum + (w.figures[head('recordsRead')] ?? 0), 0);
  // One whose sources replay another time says so.
  const replays = all.find((w) => w.figures[head('streamNow')] !== w.figures[head('now')]);
  target[head('streamNow')] = (replays ?? leader).figures[head('streamNow')] ?? Number.NaN;
  leader.layout.nodes.forEach((id, n) => {
    const hosts = hostsOf(id);
    NODE_SLOTS.forEach((slot, s) => {
      const values = all.map((w) => w.figures[nodeOffset(n) + s] ?? Number.NaN);
      const own = hosts.map((host) => values[host] ?? Number.NaN);
      target[nodeOffset(n) + s] = merged(slot, values, own);
    });
  });
  leader.layout.edges.forEach((_, e) => {
    EDGE_SLOTS.forEach((slot, s) => {
      const values = all.map((w) => w.figures[edgeOffset(w.layout, e) + s] ?? 0);
      target[edgeOffset(leader.layout, e) + s] = slot === 'queueFill' ? Math.max(...values) : sum(values);
    });
  });
  let at = partitionOffset(leader.layout, 0);
  for (const { layout, figures } of all) {
    const from = partitionOffset(layout, 0);
    const length = layout.partitions.length * PARTITION_SLOTS.length;
    target.set(figures.subarray(from, from + length), at);
    at += length;
  }
}

function merged(slot: NodeSlot, all: readonly number[], own: readonly number[]): number {
  // What fails in front of an operator is counted where it comes from.
  if (SUMMED.has(slot)) return sum(all);
  if (slot === 'state') return stateOf(own);
  if (slot === 'watermark') return own.some(Number.isNaN) ? Number.NaN : Math.min(...own);
  const known = own.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : Math.max(...known);
}

/** NaN where all are. */
function sum(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((total, value) => total + value, 0);
}

/** Finished only where all are; else what most wants to be seen. */
function stateOf(own: readonly number[]): number {
  const finished = RUN_STATES.indexOf('finished');
  const open = own.filter((state) => state !== finished);
  return open.length === 0 ? finished : Math.max(...open);
}
