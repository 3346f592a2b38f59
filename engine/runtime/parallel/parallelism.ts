/** On how many worker threads a run goes. */
import { availableParallelism } from 'node:os';
import type { CheckedGraph } from '../../plan/graph.ts';

/** More are of no use without more sources: one thread reads for all of them. */
const AUTO_MAX = 4;
/** With fewer the threads take the cores from each other, and one is faster (decision 0024). */
const AUTO_CORES_LEAST = 4;

/**
 * @param asked of the command line; left out: as the settings say, or one
 * @param warn why it is fewer than was asked for
 */
export async function parallelismOf(
  graph: CheckedGraph,
  asked: number | 'auto' | undefined,
  warn: (text: string) => void,
): Promise<number> {
  const wanted = asked ?? graph.document.settings?.parallelism ?? 1;
  if (wanted === 1) return 1;
  const why = singleBecause(graph);
  if (why !== null) {
    if (wanted !== 'auto') warn(`The run goes on one worker: ${why}.`);
    return 1;
  }
  if (wanted !== 'auto') return wanted;
  const cores = availableParallelism();
  if (cores < AUTO_CORES_LEAST) return 1;
  // Runtimes are the workers': a run on one thread need not wait for them here.
  const [{ RUNTIMES }, { hasKeyedWork }] = await Promise.all([
    import('../../runtimes.ts'),
    import('./spread.ts'),
  ]);
  return hasKeyedWork(graph, RUNTIMES) ? Math.min(AUTO_MAX, cores - 1) : 1;
}

/** Null: nothing stands against several. */
function singleBecause({ document: { settings } }: CheckedGraph): string | null {
  if (settings?.ledger !== undefined) return 'a ledger counts what goes from sources to sinks on one thread';
  if (settings?.guarantee === 'at-most-once')
    return 'at-most-once notes positions while rows are on one thread';
  if (settings?.checkpoints?.unaligned === true)
    return 'unaligned barriers overtake rows in front of sinks, not those between workers';
  return null;
}
