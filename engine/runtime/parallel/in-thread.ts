/** All workers of a run on this very thread, each with its own loop, and real ports between them: for tests, with any clock. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Checkpoint } from '../../checkpoints/store.ts';
import type { CheckedGraph } from '../../plan/graph.ts';
import { planParallelism } from '../../plan/parallelism.ts';
import type { Runtimes } from '../../runtimes.ts';
import type { GraphRun } from '../graph-run.ts';
import { type Commons, Part } from './part.ts';
import { sliceCount } from './slicing.ts';
import { spreadOf } from './spread.ts';

export function partsInThread(
  graph: CheckedGraph,
  runtimes: Runtimes,
  workers: number,
  options: { readonly restored?: Checkpoint | null; readonly sourcesOn?: 'leader' | 'spread' } = {},
): Part[] {
  const slices = sliceCount(graph, runtimes, options.restored ?? null, workers);
  const plan = planParallelism(
    graph,
    workers,
    slices,
    (id) => {
      const node = graph.nodes.get(id);
      if (node === undefined) throw new Error(`no node ${id}`);
      return spreadOf(node, runtimes);
    },
    options.sourcesOn ?? 'spread',
  );
  const ports = portsBetween(workers);
  const commons: Commons = { messages: 0, idle: new Set() };
  return ports.map((own, worker) => new Part(graph, { plan, worker, ports: own, commons }));
}

/** By worker, its port to every other. */
export function portsBetween(workers: number): Map<number, MessagePort>[] {
  const ports = Array.from({ length: workers }, () => new Map<number, MessagePort>());
  for (let a = 0; a < workers; a++)
    for (let b = a + 1; b < workers; b++) {
      const { port1, port2 } = new MessageChannel();
      ports[a]?.set(b, port1);
      ports[b]?.set(a, port2);
    }
  return ports;
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
