/** The way to another worker. What is said within a step goes as one message: a message costs more than what a small batch does. */
import type { MessagePort } from 'node:worker_threads';
import type { LinkMessage } from './messages.ts';

/** Sent on at the latest when so many rows wait, or were taken: who waits for room need not wait for the end of a slice of work. */
const ROWS_A_MESSAGE = 8192;

export class Link {
  readonly #port: MessagePort;
  #waiting: LinkMessage[] = [];
  #buffers: ArrayBuffer[] = [];
  #rows = 0;

  constructor(port: MessagePort, receive: (message: LinkMessage) => void) {
    this.#port = port;
    port.on('message', (messages: readonly LinkMessage[]) => {
      for (const message of messages) receive(message);
    });
  }

  send(message: LinkMessage): void {
    this.#waiting.push(message);
    if (message.kind === 'batch') {
      this.#buffers.push(message.batch.buffer);
      this.#rows += message.batch.rows;
    } else if (message.kind === 'taken') this.#rows += message.rows;
    else return;
    if (this.#rows >= ROWS_A_MESSAGE) this.flush();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    this.#port.postMessage(this.#waiting, this.#buffers);
    this.#waiting = [];
    this.#buffers = [];
    this.#rows = 0;
  }

  close(): void {
    this.#port.close();
  }
}
