/** The counters of all nodes and edges, which a checkpoint keeps beside the state of nodes. */
import { countersOf } from '../telemetry/stats.ts';
import type { BuiltGraph } from './build.ts';

/** They stand under this name: no node can have it. */
export const RUN_PART = '';

export interface RunData {
  readonly nodes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly edges: Readonly<Record<string, number>>;
  /** Into which the state of keyed operators is cut. */
  readonly slices: number;
}

export const runData = ({ nodes, edges, slices }: BuiltGraph): RunData => ({
  nodes: Object.fromEntries(nodes.map((n) => [n.node, countersOf(n)])),
  edges: Object.fromEntries(edges.map((e) => [e.id, e.records])),
  slices,
});
