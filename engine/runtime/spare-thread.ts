/**
 * A run's thread that is started before the run is known: its modules are loaded while the document is read and checked on the
 * main thread, which halves the start of `weir run` on two cores. It waits for its request as for any message.
 */
import { type MessagePort, Worker } from 'node:worker_threads';
import type { WorkerRequest } from './worker-messages.ts';

/** Beside this file in the sources, and beside every chunk in a bundle. */
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

let spare: Worker | null = null;

/** It keeps no process alive: where there is no run after all, nobody has to end it. */
export function startSpareThread(): void {
  if (spare !== null) return;
  const thread = new Worker(workerUrl, { workerData: null });
  thread.unref();
  // One that dies before it is needed is not missed: the run's own would say why.
  thread.once('error', () => drop(thread));
  thread.once('exit', () => drop(thread));
  spare = thread;
}

function drop(thread: Worker): void {
  if (spare === thread) spare = null;
}

/** A thread for this request: the spare one, or a new one. @param ports go over with the request */
export function openThread(url: URL, request: WorkerRequest, ports: readonly MessagePort[] = []): Worker {
  const thread = spare;
  if (thread === null) return new Worker(url, { workerData: request, transferList: [...ports] });
  spare = null;
  thread.removeAllListeners('error');
  thread.removeAllListeners('exit');
  thread.ref();
  thread.postMessage(request, [...ports]);
  return thread;
}
