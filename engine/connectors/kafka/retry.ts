/** Brokers that have just started, or a group that nobody used before, ask for patience that kafkajs's admin does not have. */
const LOADING = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'CONCURRENT_TRANSACTIONS',
  'UNSTABLE_OFFSET_COMMIT',
]);
const PATIENCE_MS = 30_000;
const STEP_MS = 20;

/** Calls again while the coordinator is at work on something else. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const { type } = (error ?? {}) as { readonly type?: unknown };
      if (typeof type !== 'string' || !LOADING.has(type) || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  }
}
