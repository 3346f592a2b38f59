/** What arrives at a node: schemas and last records, by input port; of several edges the first. */
import { useMemo } from 'react';
import type { Sample } from '../../engine/contract/link.ts';
import type { EdgeSchema } from '../../engine/contract/types.ts';
import { useDocument, useRun } from '../app/studio-context.ts';
import { portKey } from '../store/run.ts';

export function firstOfEach(
  inputs: Readonly<Record<string, readonly EdgeSchema[]>> | undefined,
): Readonly<Record<string, EdgeSchema | null>> {
  return Object.fromEntries(Object.entries(inputs ?? {}).map(([port, edges]) => [port, edges[0] ?? null]));
}

/** Tapped where they leave the node above; the node's own under `out`. */
export function useInputSamples(id: string): Readonly<Record<string, Sample | null>> {
  const edges = useDocument((state) => state.graph.edges);
  const samples = useRun((state) => state.samples);
  return useMemo(() => {
    const found: Record<string, Sample | null> = { out: samples.get(portKey(id, 'out')) ?? null };
    for (const { from, to } of edges)
      if (to.node === id) found[to.port] ??= samples.get(portKey(from.node, from.port)) ?? null;
    return found;
  }, [edges, samples, id]);
}
