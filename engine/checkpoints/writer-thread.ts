/** Writes the blocks of large checkpoints beside the run's thread. */
import { parentPort } from 'node:worker_threads';
import { blockingFiles } from '../files/blocking.ts';
import { type WriteRequest, type Written, writeBlocks } from './blocks.ts';

export type WriterAnswer = { readonly written: Written } | { readonly error: unknown };

const port = parentPort;
if (port === null) throw new Error('writer-thread.ts runs as a worker thread');

port.on('message', (request: WriteRequest) => {
  writeBlocks(blockingFiles, request).then(
    (written) => port.postMessage({ written } satisfies WriterAnswer),
    (error: unknown) => port.postMessage({ error } satisfies WriterAnswer),
  );
});
