/**
 * Which worker runs what. Every worker plans the same from the same graph, so nobody has to be told.
 *
 * Operators that keep state by key run on all workers, their state cut into slices by the hash of the key (Flink's key groups); what must
 * see all rows, and every sink, runs on the first. Everything else runs where its input is. Sources that meet run together: what comes
 * first in a union or a join then does not hang on how fast two threads are.
 */
import type { RunSettings } from '../contract/document.ts';
import { problem, WeirError } from '../contract/problems.ts';
import type { CheckedEdge, CheckedGraph } from './graph.ts';

/** How a node may be spread. `keyed`: by key. `single`: all rows must meet. `forward`: rows need not meet, and stay where they are. */
export type Spread = 'source' | 'keyed' | 'single' | 'forward' | 'merge' | 'sink';

export interface ParallelPlan {
  readonly workers: number;
  /** Into which the state of a keyed operator is cut; 1: it is not. */
  readonly slices: number;
  /** By node, the workers that run it, ascending. */
  readonly hosts: ReadonlyMap<string, readonly number[]>;
  /** By edge that leads from one worker to another. Edges that are left out stay within their worker. */
  readonly exchanges: ReadonlyMap<string, 'hash' | 'gather'>;
}

/** Slices where several workers run and nobody says how many. */
const SLICES_LEAST = 8;

/** The worker that has the sinks and leads the others. */
export const LEADER = 0;

/**
 * @param workers of settings or options
 * @param restored slices of the checkpoint that the run goes on from: what nobody asks to be different stays as it is
 * @throws WeirError `S-VALUE` where there are fewer slices than workers
 */
export function slicesOf(
  workers: number,
  settings: Pick<RunSettings, 'maxParallelism'> | undefined,
  restored: number | null = null,
): number {
  const asked = settings?.maxParallelism;
  const slices = asked ?? restored ?? (workers === 1 ? 1 : Math.max(SLICES_LEAST, workers));
  if (slices >= workers) return slices;
  throw new WeirError(
    problem('S-VALUE', {
      path: ['settings', asked === undefined ? 'parallelism' : 'maxParallelism'],
      message:
        asked === undefined
          ? `The checkpoint has its state in ${slices} parts, which ${workers} workers cannot share.`
          : `State in ${slices} parts cannot be shared by ${workers} workers.`,
      value: String(asked ?? workers),
      expected: asked === undefined ? `at most ${slices} workers` : `at least ${workers}, the parallelism`,
      next:
        asked === undefined
          ? 'Run with a smaller parallelism, or begin anew.'
          : 'Raise maxParallelism, or lower the parallelism.',
    }),
  );
}

/** The worker that has a slice. */
export const workerOf = (slice: number, workers: number): number => slice % workers;

export const slicesOn = (worker: number, { workers, slices }: ParallelPlan): number[] =>
  Array.from({ length: slices }, (_, slice) => slice).filter((slice) => workerOf(slice, workers) === worker);

/**
 * @param spreadOf of a node: its runtime knows
 * @param sourcesOn `leader`: all of them, as runs with checkpoints have it, where the leader writes down their positions
 */
export function planParallelism(
  graph: CheckedGraph,
  workers: number,
  slices: number,
  spreadOf: (node: string) => Spread,
  sourcesOn: 'leader' | 'spread',
): ParallelPlan {
  const all = Array.from({ length: workers }, (_, worker) => worker);
  const hosts = new Map<string, readonly number[]>();
  const exchanges = new Map<string, 'hash' | 'gather'>();
  const homes = homesOfSources(graph, sourcesOn === 'leader' ? 1 : workers, spreadOf);
  for (const id of graph.nodes.keys()) {
    const inputs = graph.edges.filter((e) => e.to.node === id);
    const own = hostsOf(spreadOf(id), homes.get(id) ?? LEADER, inputs, hosts, all);
    hosts.set(id, own);
    for (const edge of inputs) {
      const from = hosts.get(edge.from.node) ?? [];
      if (spreadOf(id) === 'keyed') {
        if (workers > 1) exchanges.set(edge.id, 'hash');
      } else if (!same(from, own)) exchanges.set(edge.id, 'gather');
    }
  }
  return { workers, slices, hosts, exchanges };
}

function hostsOf(
  spread: Spread,
  home: number,
  inputs: readonly CheckedEdge[],
  known: ReadonlyMap<string, readonly number[]>,
  all: readonly number[],
): readonly number[] {
  switch (spread) {
    case 'source':
      return [home];
    case 'keyed':
      return all;
    case 'single':
    case 'sink':
      return [LEADER];
    case 'forward':
    case 'merge': {
      const [first, ...others] = inputs.map((e) => known.get(e.from.node) ?? [LEADER]);
      if (first === undefined) return [LEADER];
      return others.every((other) => same(first, other)) ? first : [LEADER];
    }
  }
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((worker, i) => worker === b[i]);

/** In turns by groups of sources whose rows meet somewhere before the sinks. */
function homesOfSources(
  graph: CheckedGraph,
  workers: number,
  spreadOf: (node: string) => Spread,
): Map<string, number> {
  const group = new Map([...graph.nodes.keys()].map((id) => [id, id]));
  const find = (id: string): string => {
    const up = group.get(id) ?? id;
    return up === id ? id : find(up);
  };
  for (const { from, to } of graph.edges) {
    if (spreadOf(to.node) !== 'sink') group.set(find(from.node), find(to.node));
  }
  const homes = new Map<string, number>();
  const turns = new Map<string, number>();
  for (const id of graph.nodes.keys()) {
    if (spreadOf(id) !== 'source') continue;
    const own = find(id);
    const turn = turns.get(own) ?? turns.size % workers;
    turns.set(own, turn);
    homes.set(id, turn);
  }
  return homes;
}
