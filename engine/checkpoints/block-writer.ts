/** Writes blocks: little at once, much in a thread of its own, with which it shares the memory of the pieces. */
import { Worker } from 'node:worker_threads';
import { diskFiles } from '../files/disk.ts';
import type { Files } from '../files/files.ts';
import { giveBack } from '../state/copies.ts';
import { type WriteRequest, type Written, writeBlocks } from './blocks.ts';
import type { WriterAnswer } from './writer-thread.ts';

/** As much takes about 3 ms, less than it takes to start a thread. */
const OWN_BYTES_MAX = 4 * 1024 * 1024;

const threadUrl = new URL(
  import.meta.url.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js',
  import.meta.url,
);

export class BlockWriter {
  readonly #files: Files | undefined;
  #thread: Worker | null = null;

  /** @param files left out: the disk */
  constructor(files?: Files) {
    this.#files = files;
  }

  /** The pieces are the writer's from here: their memory is used again. One at a time. */
  async write(request: WriteRequest): Promise<Written> {
    const bytes = request.pieces.reduce((sum, piece) => sum + piece.length, 0);
    const isLittle = this.#files !== undefined || bytes <= OWN_BYTES_MAX;
    const written = await (isLittle ? writeBlocks(this.#files ?? diskFiles, request) : this.#ask(request));
    giveBack(new Set(request.pieces.map((piece) => piece.buffer)));
    return written;
  }

  #ask(request: WriteRequest): Promise<Written> {
    this.#thread ??= new Worker(threadUrl);
    const thread = this.#thread;
    thread.ref();
    return new Promise((resolve, reject) => {
      const died = (why: unknown): void => {
        this.#thread = null;
        reject(
          why instanceof Error ? why : new Error(`the thread that writes checkpoints ended with ${why}`),
        );
      };
      thread.once('error', died);
      thread.once('exit', died);
      thread.once('message', (answer: WriterAnswer) => {
        thread.off('error', died);
        thread.off('exit', died);
        // Between two checkpoints nothing is lost with it, and nobody waits for its end.
        thread.unref();
        if ('error' in answer) reject(answer.error);
        else resolve(answer.written);
      });
      thread.postMessage(request);
    });
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
    this.#thread = null;
  }
}
