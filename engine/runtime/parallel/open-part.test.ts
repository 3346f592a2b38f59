import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { tellRestored } from './open-part.ts';

test('a worker waits for a leader that takes its time to find the checkpoint, though nothing else keeps it alive', async () => {
  const parallel = { worker: 1, workers: 2, ports: new Map(), restored: new SharedArrayBuffer(4) };
  const follower = `import { parentPort, workerData } from 'node:worker_threads';
    const { followRestored } = await import(workerData.module);
    parentPort.postMessage('waits');
    parentPort.postMessage(await followRestored(workerData.parallel, '/nowhere'));`;
  const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(follower)}`), {
    workerData: { module: new URL('./open-part.ts', import.meta.url).href, parallel },
  });
  const said: unknown[] = [];
  thread.on('message', (message) => said.push(message));
  const exit = once(thread, 'exit');
  await once(thread, 'message');
  // Long enough for a thread with nothing to do to end.
  await Promise.race([exit, new Promise((resolve) => setTimeout(resolve, 300))]);
  tellRestored(parallel, null);
  await exit;
  assert.deepEqual(said, ['waits', null]);
});
