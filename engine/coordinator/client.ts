/** One studio behind a link: its frames as validated messages, and what it looks at. */
import { decodeFrame, encodeFrame } from '../contract/codec.ts';
import { type FromEngine, LINK_VERSION, type Link, type ToEngine, zToEngine } from '../contract/link.ts';
import { type Problem, problem } from '../contract/problems.ts';

export interface Port {
  readonly node: string;
  readonly port: string;
}

export class Client {
  /** It said hello in our version. Nothing is sent before, nothing but `hello` is taken. */
  greeted = false;
  /** By run. */
  readonly watched = new Map<string, readonly Port[]>();
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  listen(handlers: {
    greeted(): void;
    request(message: Exclude<ToEngine, { type: 'hello' }>): void;
    closed(): void;
  }): void {
    this.#link.onClose(handlers.closed);
    this.#link.onMessage((frame) => {
      const decoded = decodeFrame(frame, zToEngine);
      if (!decoded.ok) return this.#refuse(decoded.problem);
      const { message } = decoded.envelope;
      if (message.type !== 'hello') {
        if (this.greeted) handlers.request(message);
        else this.#refuse(wrongVersion('no hello yet'));
        return;
      }
      if (message.version !== LINK_VERSION) return this.#refuse(wrongVersion(String(message.version)));
      this.greeted = true;
      this.send({ type: 'hello', version: LINK_VERSION, pid: process.pid });
      handlers.greeted();
    });
  }

  send(message: FromEngine, figures: Float64Array | null = null): void {
    this.sendFrame(encodeFrame<FromEngine>({ message, figures }));
  }

  /** One encoding serves all clients. */
  sendFrame(frame: Uint8Array): void {
    if (this.greeted) this.#link.send(frame);
  }

  reply(requestId: number, problems: readonly Problem[], result?: unknown): void {
    const ok = problems.every((p) => p.severity !== 'error');
    // The contract's problems are the same data as ours, but mutable there.
    const copied = problems.map((p) => ({ ...p, path: [...p.path] }));
    this.send({ type: 'reply', requestId, ok, problems: copied, result });
  }

  #refuse(found: Problem): void {
    const message: FromEngine = { type: 'refused', problem: { ...found, path: [...found.path] } };
    this.#link.send(encodeFrame<FromEngine>({ message, figures: null }));
  }
}

const wrongVersion = (value: string): Problem =>
  problem('L-VERSION', {
    path: [],
    message: 'Studio and engine speak different versions.',
    value,
    expected: `a first message "hello" with version ${LINK_VERSION}`,
    next: 'Restart Weir, so that both come from the same installation.',
  });
