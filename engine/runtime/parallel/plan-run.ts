/** The plan of a run on several workers: every one of them makes it for itself, from the same. */
import type { Checkpoint } from '../../checkpoints/store.ts';
import type { CheckedGraph } from '../../plan/graph.ts';
import { type ParallelPlan, planParallelism } from '../../plan/parallelism.ts';
import type { Runtimes } from '../../runtimes.ts';
import { sliceCount } from './slicing.ts';
import { spreadOf } from './spread.ts';

export interface PlanOptions {
  readonly workers: number;
  readonly restored: Checkpoint | null;
  /** Whether it takes checkpoints: their writer has to know the positions of all sources. */
  readonly checkpoints: boolean;
}

/** @throws WeirError `K-SLICES`, `S-VALUE` */
export function planRun(
  graph: CheckedGraph,
  runtimes: Runtimes,
  { workers, restored, checkpoints }: PlanOptions,
): ParallelPlan {
  const slices = sliceCount(graph, runtimes, restored, workers);
  return planParallelism(
    graph,
    workers,
    slices,
    (id) => {
      const node = graph.nodes.get(id);
      if (node === undefined) throw new Error(`no node ${id}`);
      return spreadOf(node, runtimes);
    },
    checkpoints ? 'leader' : 'spread',
  );
}
