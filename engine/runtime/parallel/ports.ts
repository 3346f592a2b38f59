import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** By worker, its port to every other. */
export function portsBetween(workers: number): Map<number, MessagePort>[] {
  const ports = Array.from({ length: workers }, () => new Map<number, MessagePort>());
  for (let a = 0; a < workers; a++)
    for (let b = a + 1; b < workers; b++) {
      const { port1, port2 } = new MessageChannel();
      ports[a]?.set(b, port1);
      ports[b]?.set(a, port2);
    }
  return ports;
}
