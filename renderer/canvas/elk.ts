/** The layout library in a worker of its own; loaded when someone first arranges a graph. */
import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';

/** ms; a graph of a thousand nodes takes one second. */
const PATIENCE_MS = 15_000;

let elk: InstanceType<typeof ELK> | null = null;

/** Rejects where the library cannot be loaded, fails, or takes too long; then the next call begins anew. */
export async function layOut(graph: ElkNode): Promise<ElkNode> {
  const { promise: failure, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    elk ??= new ELK({
      workerFactory: () => {
        const worker = new Worker(workerUrl);
        worker.addEventListener('error', () => reject(new Error('the layout worker failed')));
        return worker;
      },
    });
    timer = setTimeout(() => reject(new Error('the layout took too long')), PATIENCE_MS);
    return await Promise.race([elk.layout(graph), failure]);
  } catch (error) {
    elk?.terminateWorker();
    elk = null;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
