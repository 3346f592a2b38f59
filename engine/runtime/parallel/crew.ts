/** A worker thread among several of one run: what of the run is its part, and when it may begin. */
import type { Checkpoint } from '../../checkpoints/store.ts';
import type { RunOptions } from '../../contract/link.ts';
import { nodeFigure } from '../../contract/telemetry.ts';
import type { CheckedGraph } from '../../plan/graph.ts';
import { LEADER } from '../../plan/parallelism.ts';
import { RUNTIMES } from '../../runtimes.ts';
import { mergeFigures, type WorkerFigures } from '../../telemetry/merge-figures.ts';
import type { ToWorker } from '../worker-messages.ts';
import { followRestored, type ParallelRequest, tellRestored } from './open-part.ts';
import { Part } from './part.ts';
import { planRun } from './plan-run.ts';

/** Whether this thread has the sinks and checkpoints of the run. */
export const leads = (parallel: ParallelRequest | null): boolean =>
  parallel === null || parallel.worker === LEADER;

export class Crew {
  readonly part: Part;
  /** What the leader goes on from, on the others. */
  readonly follows: Checkpoint | null;
  /** Every worker is open. */
  readonly allOpen: Promise<void>;
  #open: () => void = () => {};
  #figures: { readonly workers: readonly WorkerFigures[]; readonly sums: Float64Array } | null = null;

  private constructor(part: Part, follows: Checkpoint | null) {
    this.part = part;
    this.follows = follows;
    this.allOpen = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /**
   * @param asked whether the run takes checkpoints, and where
   * @param own on the leader, what it found there
   * @throws WeirError `K-SLICES`, `S-VALUE`
   */
  static async join(
    graph: CheckedGraph,
    parallel: ParallelRequest,
    asked: RunOptions['checkpoints'] | null,
    own: { readonly restored: Checkpoint | null } | null,
  ): Promise<Crew> {
    const folder = asked?.folder ?? null;
    const { worker, workers, ports } = parallel;
    const isLeader = leads(parallel);
    const restored = isLeader ? (own?.restored ?? null) : await followRestored(parallel, folder);
    if (isLeader) tellRestored(parallel, restored);
    const plan = planRun(graph, RUNTIMES, { workers, restored, checkpoints: folder !== null });
    return new Crew(new Part(graph, { plan, worker, ports }), isLeader ? null : restored);
  }

  get hosts(): Record<string, readonly number[]> {
    return Object.fromEntries(this.part.plan.hosts);
  }

  go(message: Extract<ToWorker, { type: 'go' }>): void {
    this.layout(message);
    this.#open();
  }

  layout({ workers, figures }: Pick<Extract<ToWorker, { type: 'layout' }>, 'workers' | 'figures'>): void {
    this.#figures = {
      workers: workers.map((w) => ({ layout: w.layout, figures: new Float64Array(w.figures) })),
      sums: new Float64Array(figures),
    };
  }

  /** The figures of all, where the coordinator reads them. */
  publish(): void {
    if (this.#figures === null || !this.part.isLeader) return;
    mergeFigures(
      this.#figures.sums,
      this.#figures.workers,
      (node) => this.part.plan.hosts.get(node) ?? [LEADER],
    );
  }

  /** As the others last wrote it. */
  stateBytesBeside(): number {
    let bytes = 0;
    this.#figures?.workers.forEach(({ layout, figures }, worker) => {
      if (worker === this.part.worker) return;
      for (let n = 0; n < layout.nodes.length; n++) bytes += nodeFigure(figures, n, 'stateBytes') || 0;
    });
    return bytes;
  }
}
