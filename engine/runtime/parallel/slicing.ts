/** Into how many slices the keyed state of a run is cut, and whether a checkpoint has the same. */
import type { Checkpoint } from '../../checkpoints/store.ts';
import { problem, WeirError } from '../../contract/problems.ts';
import type { CheckedGraph } from '../../plan/graph.ts';
import { slicesOf } from '../../plan/parallelism.ts';
import { takeOver } from '../../plan/takeover.ts';
import type { Runtimes } from '../../runtimes.ts';
import { RUN_PART, type RunData } from '../run-data.ts';
import type { OwnSlices } from './creating.ts';
import { hasKeyedWork } from './spread.ts';

/** All slices, of a run on one worker. @throws WeirError `K-SLICES`, `S-VALUE` */
export function slicing(
  graph: CheckedGraph,
  runtimes: Runtimes,
  restored: Checkpoint | null,
): { readonly slices?: OwnSlices } {
  const all = sliceCount(graph, runtimes, restored, 1);
  return all === 1 ? {} : { slices: { all, own: Array.from({ length: all }, (_, slice) => slice) } };
}

/** @throws WeirError `K-SLICES` where the checkpoint has another number, `S-VALUE` where the workers cannot share them */
export function sliceCount(
  graph: CheckedGraph,
  runtimes: Runtimes,
  restored: Checkpoint | null,
  workers: number,
): number {
  if (!hasKeyedWork(graph, runtimes)) return 1;
  const run = restored?.parts.get(RUN_PART)?.state as RunData | undefined;
  // What is not taken over says nothing of the keys that an edit brought.
  const kept = new Set(
    takeOver(restored?.manifest.parts ?? [], graph).nodes.flatMap(({ node, fate }) =>
      fate === 'kept' ? node : [],
    ),
  );
  const known = hasKeyedWork(graph, runtimes, (node) => kept.has(node.id)) ? (run?.slices ?? 1) : null;
  const slices = slicesOf(workers, graph.document.settings, known);
  if (known === null || known === slices) return slices;
  throw new WeirError(
    problem('K-SLICES', {
      path: ['settings', 'maxParallelism'],
      message: `The checkpoint has the state of every key in ${known} ${known === 1 ? 'part' : 'parts'}, and the run asks for ${slices}.`,
      value: String(slices),
      expected: String(known),
      next: `Set maxParallelism to ${known} or leave it out, or begin anew.`,
    }),
  );
}
