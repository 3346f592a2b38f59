import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ProblemCode, problem, showValue, WeirError } from '../../contract/problems.ts';
import { durationMs } from '../../contract/settings.ts';
import type { Value } from '../../contract/values.ts';
import type { JsonField } from '../../expressions/json-value.ts';
import type {
  Source,
  SourceContext,
  SourceLag,
  SourceOutput,
  SourcePosition,
  SourceRuntime,
} from '../../runtime/contracts.ts';
import { answer, answerRefusal, Refusal } from './answer.ts';
import { readBody, stopping } from './body.ts';
import { columnsOf, EventBuffer } from './buffer.ts';
import { type BodyFormat, bodyFormat, decodeEvents } from './decode.ts';
import { Kept } from './kept.ts';
import { eventFields } from './plan.ts';
import type { HttpConfig } from './spec.ts';

/** Never another: events come from programs of this machine. */
const HOST = '127.0.0.1';
const CONNECTIONS_MAX = 256;
/** Bytes of bodies that are being read, over all requests. */
const READING_BYTES_MAX = 64 * 1024 * 1024;
/** How long a refused body is still swallowed, so that the caller can read the answer. */
const LINGER_MS = 1000;

class HttpSource implements Source {
  readonly partitions = ['0'];
  readonly #context: SourceContext<HttpConfig>;
  readonly #fields: readonly JsonField[];
  readonly #buffer: EventBuffer;
  readonly #stop = new AbortController();
  /** Only in a run with checkpoints. */
  #kept: Kept | null = null;
  #server: Server | null = null;
  #reading = 0;
  #given = 0;
  #failure: unknown = null;
  #wake: () => void = () => {};

  constructor(context: SourceContext<HttpConfig>) {
    this.#context = context;
    this.#fields = eventFields(context.config);
    this.#buffer = new EventBuffer(context.config.bufferRows);
  }

  async open(restored: SourcePosition | null): Promise<void> {
    const { config, signal, log } = this.#context;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#kept = await Kept.open(this.#context, restored, this.#buffer, this.#fields);
    this.#readOn();
    // Loaded by who listens: `import` from node:http also brings Node's whole HTTP client, 15 ms of every start.
    const { createServer } = await import('node:http');
    const server = createServer(
      { headersTimeout: 10_000, connectionsCheckingInterval: 1000 },
      (request, response) => {
        void this.#serve(request, response);
      },
    );
    server.maxConnections = CONNECTIONS_MAX;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(this.#cannotListen(error)));
      server.listen(config.port, HOST, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', (error) => {
      this.#failure = this.#cannotListen(error);
      this.#wake();
    });
    const { port } = server.address() as AddressInfo;
    log('info', `Takes events: POST http://${HOST}:${port}${config.path}`);
  }

  #cannotListen(error: NodeJS.ErrnoException): WeirError {
    const { port } = this.#context.config;
    const inUse = error.code === 'EADDRINUSE';
    return new WeirError(
      problem('C-ACCESS', {
        path: ['nodes', this.#context.nodeId, 'config', 'port'],
        message: inUse
          ? `Port ${port} is in use by another program or run.`
          : `Port ${port} cannot be opened: ${error.message}.`,
        value: showValue(port),
        expected: 'a free port',
        next: 'Stop what uses it, pick another port, or set 0 to take any free one.',
      }),
      { cause: error },
    );
  }

  readonly #onAbort = (): void => {
    this.#stop.abort();
    this.#wake();
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#admit(request);
      const { config, clock } = this.#context;
      const format = bodyFormat(request.headers['content-type']);
      const bytes = await readBody(request, {
        bytesMax: config.bodyMax,
        timeoutMs: durationMs(config.bodyTimeout),
        clock,
        signal: this.#stop.signal,
        hold: (change) => this.#hold(change),
      });
      const rows = decodeEvents(bytes, format, this.#fields);
      await this.#take(rows, bytes, format);
      answer(response, 202, { accepted: rows.length });
    } catch (error) {
      this.#refuse(request, response, error);
    }
  }

  /** Everything that can be said before the body is read. */
  #admit(request: IncomingMessage): void {
    const { path } = this.#context.config;
    if (this.#stop.signal.aborted) throw stopping();
    // A page in a browser may reach this port through a name of its own that points to 127.0.0.1.
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
      throw refusal(
        403,
        'C-ACCESS',
        'The Host header does not name this machine.',
        `Call http://${HOST} directly.`,
      );
    }
    if ((request.url ?? '').split('?', 1)[0] !== path) {
      throw refusal(404, 'C-MISSING', 'There is nothing under this path.', `POST to ${path}.`);
    }
    if (request.method !== 'POST') {
      throw refusal(405, 'C-ACCESS', `${request.method} is not taken here.`, `POST to ${path}.`, {
        allow: 'POST',
      });
    }
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
    if (encoding !== 'identity' && encoding !== 'gzip') {
      throw refusal(
        415,
        'C-FORMAT',
        `The encoding ${showValue(encoding)} is not taken.`,
        'Use gzip or none.',
      );
    }
  }

  #hold(change: number): void {
    if (change > 0 && this.#reading + change > READING_BYTES_MAX)
      throw busy('Too many bodies are being sent at once.');
    this.#reading += change;
  }

  async #take(decoded: Value[][], bytes: Uint8Array, format: BodyFormat): Promise<void> {
    const { config, clock } = this.#context;
    if (this.#stop.signal.aborted) throw stopping();
    if (!this.#buffer.fits(decoded.length)) {
      const most = `at most ${config.bufferRows}`;
      throw refusal(
        413,
        'C-LIMIT',
        `${decoded.length} events in one request; ${most} may wait.`,
        `Send ${most} at once.`,
      );
    }
    if (this.#kept?.isReading === true) throw busy('The events from before the restart are read first.');
    if (!this.#buffer.reserve(decoded.length, bytes.length))
      throw busy('The pipeline is slower than the events come.');
    const now = clock.now();
    if (config.arrival !== undefined) for (const row of decoded) row.push(now);
    try {
      if (this.#kept === null) this.#buffer.add(decoded, bytes.length, now);
      else await this.#kept.keep(decoded, { bytes, format, rows: decoded.length, at: now });
    } catch (error) {
      const broken = this.#kept?.failure ?? null;
      if (broken !== null) this.#failure ??= broken;
      const text = error instanceof Error ? error.message : String(error);
      throw refusal(503, 'C-ACCESS', `The events could not be kept on the disk: ${text}.`, AGAIN);
    } finally {
      this.#buffer.release(decoded.length, bytes.length);
      this.#wake();
    }
  }

  /** Reads events from before the restart while there is room for them. */
  #readOn(): void {
    this.#kept?.readOn(this.#stop.signal).then(
      () => this.#wake(),
      (error: unknown) => {
        this.#failure ??= error;
        this.#wake();
      },
    );
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    let cause: Refusal;
    if (error instanceof Refusal) cause = error;
    else {
      const text = error instanceof Error ? error.message : String(error);
      this.#context.log('error', `A request failed: ${text}`);
      cause = refusal(500, 'R-NODE', 'The request failed; no event was taken.', 'See the log of the run.');
    }
    const unread = !request.complete;
    answerRefusal(response, cause, unread ? { connection: 'close' } : {});
    if (!unread) return;
    const cancel = this.#context.clock.at(this.#context.clock.now() + LINGER_MS, () =>
      request.socket.destroy(),
    );
    request.socket.once('close', cancel);
    request.on('error', () => {});
    request.resume();
  }

  get ended(): boolean {
    return this.#stop.signal.aborted && this.#buffer.rows === 0 && this.#buffer.reserved === 0;
  }

  poll(maxRows: number): SourceOutput | null {
    const rows = this.#buffer.take(maxRows);
    if (rows.length === 0) return null;
    this.#given += rows.length;
    if (this.#kept?.isReading === true) this.#readOn();
    return {
      batch: {
        length: rows.length,
        count: rows.length,
        columns: columnsOf(rows, this.#context.fields),
        selection: null,
        times: null,
        watermarks: null,
        changes: null,
        ingestedAt: this.#context.clock.now(),
      },
      partitions: null,
      deadLetters: [],
    };
  }

  async whenReady(): Promise<void> {
    while (this.#buffer.rows === 0 && !this.ended && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== null) throw this.#failure;
  }

  position(): SourcePosition {
    return this.#kept?.position() ?? { given: this.#given };
  }

  async committed(position: SourcePosition): Promise<void> {
    await this.#kept?.committed(position);
  }

  lag(): SourceLag {
    const oldest = this.#buffer.oldestAt;
    return {
      records: this.#buffer.rows,
      ms: oldest === null ? 0 : Math.max(0, this.#context.clock.now() - oldest),
    };
  }

  async close(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    this.#onAbort();
    if (this.#buffer.rows > 0 && this.#kept === null) {
      this.#context.log(
        'warning',
        `${this.#buffer.rows} events were taken and not processed: the run stopped before.`,
      );
    }
    const server = this.#server;
    if (server?.listening === true) {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    }
    await this.#kept?.close();
  }
}

const AGAIN = 'Wait a second and send the request again.';

function refusal(
  status: number,
  code: ProblemCode,
  message: string,
  next: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return new Refusal(status, { code, message, next, headers });
}

const busy = (message: string): Refusal => refusal(429, 'C-LIMIT', message, AGAIN, { 'retry-after': '1' });

export const httpSource: SourceRuntime<HttpConfig> = {
  // Events wait in its buffer: they came when their request did.
  stampsArrival: true,
  create: (context) => new HttpSource(context),
};
