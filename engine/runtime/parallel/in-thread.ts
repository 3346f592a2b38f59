/** All workers of a run on this very thread, each with its own loop, and real ports between them: for tests, with any clock. */
import type { Checkpoint } from '../../checkpoints/store.ts';
import type { CheckedGraph } from '../../plan/graph.ts';
import type { Runtimes } from '../../runtimes.ts';
import type { GraphRun } from '../graph-run.ts';
import { type Commons, Part } from './part.ts';
import { planRun } from './plan-run.ts';
import { portsBetween } from './ports.ts';

export function partsInThread(
  graph: CheckedGraph,
  runtimes: Runtimes,
  workers: number,
  options: { readonly restored?: Checkpoint | null; readonly checkpoints?: boolean } = {},
): Part[] {
  const { restored = null, checkpoints = false } = options;
  const plan = planRun(graph, runtimes, { workers, restored, checkpoints });
  const commons: Commons = { messages: 0, idle: new Set() };
  return portsBetween(workers).map((ports, worker) => new Part(graph, { plan, worker, ports, commons }));
}

type Ended = Awaited<ReturnType<GraphRun['run']>>;

/** Runs all parts to their end, the leader first of them. One that fails ends the others. */
export async function runTogether(runs: readonly GraphRun[]): Promise<Ended> {
  let failed: Ended | null = null;
  const all = runs.map(async (run) => {
    const ended = await run.run();
    if (ended.outcome !== 'failed') return ended;
    failed ??= ended;
    for (const other of runs) if (other !== run) other.fail(ended.problems);
    return ended;
  });
  const [leader] = await Promise.all(all);
  if (leader === undefined) throw new Error('a run without workers');
  return failed ?? leader;
}
