/** On how many worker threads a run goes. */
import { availableParallelism } from 'node:os';
import type { CheckedGraph } from '../../plan/graph.ts';

/** More are of no use without more sources: one thread reads for all of them. */
const AUTO_MAX = 4;

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
  if (graph.document.settings?.ledger !== undefined) {
    if (wanted !== 'auto')
      warn('The run goes on one worker: a ledger counts on the thread of sources and sinks.');
    return 1;
  }
  if (wanted !== 'auto') return wanted;
  // Runtimes are the workers': a run on one thread need not wait for them here.
  const [{ RUNTIMES }, { hasKeyedWork }] = await Promise.all([
    import('../../runtimes.ts'),
    import('./spread.ts'),
  ]);
  return hasKeyedWork(graph, RUNTIMES) ? Math.min(AUTO_MAX, availableParallelism()) : 1;
}
