/**
 * A note to the coordinator, in shared memory: "this node runs a stranger's code until then at the latest". Where the code's own
 * limits do not hold, say in one long native call, the thread cannot tell any more; the coordinator sees it and ends the thread.
 */

/** Beyond the time that the code was given: interpreters look at their limits only now and then. */
const GRACE_MS = 3000;

/** Deadline by the machine's clock (ms since the epoch; 0: nothing runs), and the node's place in the document. */
const DEADLINE = 0;
const NODE = 1;
const SLOTS = 2;

/** @param threads of the run */
export const newGuardMemory = (threads = 1): SharedArrayBuffer => new SharedArrayBuffer(threads * SLOTS * 8);

let memory: Float64Array | null = null;
let nodes: readonly string[] = [];

/** On the run's thread, once. `ids` in the order that the coordinator knows. @param thread which of the run's, from 0 */
export function openGuard(shared: SharedArrayBuffer, ids: readonly string[], thread = 0): void {
  memory = new Float64Array(shared, thread * SLOTS * 8, SLOTS);
  nodes = ids;
}

/** Does `work`, which ought to end within `timeoutMs`. */
export function guarded<T>(node: string, timeoutMs: number, work: () => T): T {
  if (memory === null) return work();
  memory[NODE] = nodes.indexOf(node);
  memory[DEADLINE] = Date.now() + timeoutMs + GRACE_MS;
  try {
    return work();
  } finally {
    memory[DEADLINE] = 0;
  }
}

/** The node whose code overran, seen from the coordinator; null: all is well. */
export function overrun(shared: SharedArrayBuffer, ids: readonly string[], now: number): string | null {
  const seen = new Float64Array(shared);
  for (let at = 0; at < seen.length; at += SLOTS) {
    const deadline = seen[at + DEADLINE] ?? 0;
    if (deadline !== 0 && now >= deadline) return ids[seen[at + NODE] ?? 0] ?? '';
  }
  return null;
}
