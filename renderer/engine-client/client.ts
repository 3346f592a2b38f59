/**
 * The studio's end of the link: typed requests with one reply each, and everything else as messages. A closed link
 * fails what is open and is told once; `connect` again makes a fresh one. A link is not the engine: `pid` tells
 * whether the other end is still the same process.
 */
import { decodeFrame, encodeFrame } from '../../engine/contract/codec.ts';
import {
  type Envelope,
  type FromEngine,
  LINK_VERSION,
  type Link,
  type ToEngine,
  zFromEngine,
} from '../../engine/contract/link.ts';
import { type Problem, problem } from '../../engine/contract/problems.ts';

export type Reply = Extract<FromEngine, { type: 'reply' }>;
type Asks = Extract<ToEngine, { requestId: number }>;
/** A request as the caller writes it; the client numbers it. */
export type Request = Asks extends infer A ? (A extends Asks ? Omit<A, 'requestId'> : never) : never;

export interface EngineEvents {
  /** All but replies, in order. */
  message(envelope: Envelope<FromEngine>): void;
  /** The link was closed by the other end, or could not be used any more. */
  lost(cause: Problem): void;
}

export type Connected =
  | { readonly ok: true; readonly pid: number }
  | {
      readonly ok: false;
      readonly problem: Problem;
      /** A link was opened: it is the engine that gave no greeting, and not the way to it that is cut. */
      readonly reached: boolean;
    };

/** A reply that takes longer means that the engine hangs. Inferring a schema may read a slow disk. */
const REPLY_TIMEOUT_MS = 30_000;
const HELLO_TIMEOUT_MS = 10_000;
/** A way that swallows what is sent gives no error: a browser alone would wait for minutes. */
const OPEN_TIMEOUT_MS = 10_000;

export class EngineClient {
  readonly #open: () => Promise<Link>;
  readonly #events: EngineEvents;
  #link: Link | null = null;
  /** Counts attempts to connect: the newest wins. */
  #attempt = 0;
  #pid: number | null = null;
  #nextId = 1;
  readonly #waiting = new Map<number, (reply: Reply) => void>();

  constructor(open: () => Promise<Link>, events: EngineEvents) {
    this.#open = open;
    this.#events = events;
  }

  get connected(): boolean {
    return this.#link !== null;
  }

  /** Of the engine that greeted last, alive or not. */
  get pid(): number | null {
    return this.#pid;
  }

  /** Opens a link and exchanges versions. Resolves with the engine's process id, or says why not. */
  async connect(): Promise<Connected> {
    this.close();
    const attempt = this.#attempt;
    let link: Link;
    try {
      link = await inTime(this.#open());
    } catch (error) {
      return {
        ok: false,
        problem: lost(error instanceof Error ? error.message : String(error)),
        reached: false,
      };
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => fail(lost('no answer to the greeting')), HELLO_TIMEOUT_MS);
      const fail = (cause: Problem): void => {
        clearTimeout(timer);
        link.close();
        resolve({ ok: false, problem: cause, reached: true });
      };
      let greeted = false;
      link.onClose(() =>
        greeted ? this.#lose(link, lost('the link was closed')) : fail(lost('the link was closed')),
      );
      link.onMessage((frame) => {
        const decoded = decodeFrame(frame, zFromEngine);
        if (!decoded.ok) {
          if (greeted) this.#lose(link, decoded.problem);
          else fail(decoded.problem);
          return;
        }
        const { message } = decoded.envelope;
        if (greeted) {
          if (this.#link === link) this.#take(decoded.envelope);
        } else if (attempt !== this.#attempt) {
          fail(lost('another connection was made meanwhile'));
        } else if (message.type === 'hello' && message.version === LINK_VERSION) {
          greeted = true;
          clearTimeout(timer);
          this.#link = link;
          this.#pid = message.pid;
          resolve({ ok: true, pid: message.pid });
        } else if (message.type === 'hello') {
          fail(otherVersion(message.version));
        } else if (message.type === 'refused') {
          fail(message.problem as Problem);
        }
      });
      link.send(encodeFrame<ToEngine>({ message: { type: 'hello', version: LINK_VERSION }, figures: null }));
    });
  }

  /** Sends a request; always resolves. Without an engine the reply says so. */
  request(request: Request): Promise<Reply> {
    const requestId = this.#nextId++;
    const link = this.#link;
    if (link === null) return Promise.resolve(refusal(requestId, lost('not connected')));
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#settle(refusal(requestId, lost(`no answer for ${REPLY_TIMEOUT_MS / 1000} s`))),
        REPLY_TIMEOUT_MS,
      );
      this.#waiting.set(requestId, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
      const message = { ...request, requestId } as ToEngine;
      link.send(encodeFrame({ message, figures: null }));
    });
  }

  /** Also ends an attempt to connect. */
  close(): void {
    this.#attempt++;
    const link = this.#link;
    this.#link = null;
    link?.close();
    this.#failAll(lost('closed'));
  }

  #take(envelope: Envelope<FromEngine>): void {
    if (envelope.message.type === 'reply') this.#settle(envelope.message);
    else this.#events.message(envelope);
  }

  #settle(reply: Reply): void {
    const done = this.#waiting.get(reply.requestId);
    this.#waiting.delete(reply.requestId);
    done?.(reply);
  }

  #lose(link: Link, cause: Problem): void {
    if (this.#link !== link) return;
    this.#link = null;
    link.close();
    this.#failAll(cause);
    this.#events.lost(cause);
  }

  #failAll(cause: Problem): void {
    for (const requestId of [...this.#waiting.keys()]) this.#settle(refusal(requestId, cause));
  }
}

/** A link that comes too late is closed: nobody waits for it any more. */
function inTime(opening: Promise<Link>): Promise<Link> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no connection within ${OPEN_TIMEOUT_MS / 1000} s`));
      opening.then((late) => late.close(), reject);
    }, OPEN_TIMEOUT_MS);
    opening.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const refusal = (requestId: number, cause: Problem): Reply => ({
  type: 'reply',
  requestId,
  ok: false,
  problems: [{ ...cause, path: [...cause.path] }],
});

function lost(value: string): Problem {
  return problem('R-ENGINE', {
    path: [],
    message: 'The engine does not answer.',
    value,
    expected: 'a running engine',
    next: 'Restart the engine; the document is not touched.',
  });
}

function otherVersion(version: number): Problem {
  return problem('L-VERSION', {
    path: [],
    message: 'Studio and engine speak different versions.',
    value: String(version),
    expected: String(LINK_VERSION),
    next: 'Restart Weir so that both come from the same installation.',
  });
}
