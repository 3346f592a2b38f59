import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { newGuardMemory } from './guard.ts';
import { openThread, startSpareThread } from './spare-thread.ts';
import type { FromWorker } from './worker-messages.ts';

const url = new URL('./worker.ts', import.meta.url);
const document = {
  weir: 1,
  nodes: {
    in: {
      type: 'generator',
      config: { data: { kind: 'rows', schema: [{ name: 'n', type: 'INT' }], rows: [] } },
    },
    out: { type: 'nothing', config: {} },
  },
  edges: [{ from: 'in:out', to: 'out' }],
};

const request = () => ({
  document,
  seed: 1,
  baseDir: import.meta.dirname,
  batchRows: 16,
  checkpoints: null,
  again: null,
  chaos: null,
  parallel: null,
  paused: false,
  guard: newGuardMemory(),
});

async function outcomeOf(thread: Worker): Promise<string> {
  const messages: FromWorker[] = [];
  thread.on('message', (message: FromWorker) => messages.push(message));
  await once(thread, 'exit');
  const last = messages.at(-1);
  return last?.type === 'ended' ? last.summary.outcome : JSON.stringify(last);
}

test('the spare thread takes one run, also when it was told before it had loaded; the next one gets a new thread', async () => {
  startSpareThread();
  const first = openThread(url, request());
  const second = openThread(url, request());
  assert.notEqual(first.threadId, second.threadId);
  assert.deepEqual(await Promise.all([outcomeOf(first), outcomeOf(second)]), ['finished', 'finished']);
});

test('commands that come right behind the request are not lost', async () => {
  startSpareThread();
  const rows = { kind: 'fields', fields: [{ name: 'n', value: { kind: 'sequence' } }] };
  const endless = {
    ...document,
    nodes: { ...document.nodes, in: { type: 'generator', config: { rate: 10, data: rows } } },
  };
  const thread = openThread(url, { ...request(), document: endless });
  thread.postMessage({ type: 'stop' });
  assert.equal(await outcomeOf(thread), 'stopped');
});
