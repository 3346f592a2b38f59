/** What a worker thread of several runs, and from which checkpoint: the leader finds it, and the others read the same. */
import type { MessagePort } from 'node:worker_threads';
import { type Checkpoint, CheckpointStore } from '../../checkpoints/store.ts';

/** Of the request to a worker thread. */
export interface ParallelRequest {
  readonly worker: number;
  readonly workers: number;
  /** By worker, the way there. */
  readonly ports: ReadonlyMap<number, MessagePort>;
  /** One Int32: the checkpoint that the run goes on from, told by the leader. */
  readonly restored: SharedArrayBuffer;
}

const UNKNOWN = 0;
const NONE = -1;

/** On the leader, when it knows. */
export function tellRestored({ restored }: ParallelRequest, checkpoint: Checkpoint | null): void {
  const shared = new Int32Array(restored);
  Atomics.store(shared, 0, checkpoint?.manifest.id ?? NONE);
  Atomics.notify(shared, 0);
}

/** On the others. @param folder of the checkpoints; null: there are none */
export async function followRestored(
  { restored }: ParallelRequest,
  folder: string | null,
): Promise<Checkpoint | null> {
  if (folder === null) return null;
  const shared = new Int32Array(restored);
  // Waiting for shared memory keeps no thread alive: it would end here, without a word, where the leader takes its time.
  const alive = setInterval(() => {}, 60_000);
  try {
    while (Atomics.load(shared, 0) === UNKNOWN) await Atomics.waitAsync(shared, 0, UNKNOWN).value;
  } finally {
    clearInterval(alive);
  }
  const id = Atomics.load(shared, 0);
  if (id === NONE) return null;
  const store = await CheckpointStore.open(folder, {
    keep: 1,
    warn: () => {},
    lock: async () => async () => {},
  });
  try {
    return await store.read(id);
  } finally {
    await store.close();
  }
}
