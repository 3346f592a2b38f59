/** What the rules look at: a graph, one snapshot of its run's figures, and what else was seen. */
import type { Evidence, EvidenceOf } from '../contract/evidence.ts';
import {
  EDGE_SLOTS,
  type EdgeSlot,
  edgeOffset,
  HEAD_SLOTS,
  type HeadSlot,
  type NodeSlot,
  nodeFigure,
  PARTITION_SLOTS,
  type PartitionSlot,
  partitionOffset,
  RUN_STATES,
  type RunState,
  type TelemetryLayout,
} from '../contract/telemetry.ts';
import type { CheckedGraph } from '../plan/graph.ts';

export interface Seen {
  readonly graph: CheckedGraph;
  readonly layout: TelemetryLayout;
  readonly figures: Float64Array;
  readonly evidence: readonly Evidence[];
  /** Whether the run takes checkpoints. */
  readonly checkpoints: boolean;
}

export interface PartitionFigures {
  readonly name: string;
  readonly of: (slot: PartitionSlot) => number;
}

export class Scene {
  readonly seen: Seen;
  readonly graph: CheckedGraph;

  constructor(seen: Seen) {
    this.seen = seen;
    this.graph = seen.graph;
  }

  head(slot: HeadSlot): number {
    return this.seen.figures[HEAD_SLOTS.indexOf(slot)] ?? Number.NaN;
  }

  /** NaN where it is not known, or the node is not in the run. */
  node(id: string, slot: NodeSlot): number {
    const at = this.seen.layout.nodes.indexOf(id);
    return at < 0 ? Number.NaN : nodeFigure(this.seen.figures, at, slot);
  }

  state(id: string): RunState {
    return RUN_STATES[this.node(id, 'state')] ?? 'idle';
  }

  edge(id: string, slot: EdgeSlot): number {
    const { layout, figures } = this.seen;
    const at = layout.edges.indexOf(id);
    return at < 0 ? Number.NaN : (figures[edgeOffset(layout, at) + EDGE_SLOTS.indexOf(slot)] ?? Number.NaN);
  }

  partitions(node: string): PartitionFigures[] {
    const { layout, figures } = this.seen;
    return layout.partitions.flatMap((partition, at) =>
      partition.node === node
        ? [
            {
              name: partition.name,
              of: (slot) =>
                figures[partitionOffset(layout, at) + PARTITION_SLOTS.indexOf(slot)] ?? Number.NaN,
            },
          ]
        : [],
    );
  }

  evidence<K extends Evidence['kind']>(kind: K, node: string): EvidenceOf<K> | null {
    const found = this.seen.evidence.find((e) => e.kind === kind && e.node === node);
    return (found as EvidenceOf<K> | undefined) ?? null;
  }
}
