/**
 * The browser host: the studio's page, the host's calls and the engine's link on one loopback port. Everything but
 * the exchange of the token asks for the session's cookie.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { contentSecurityPolicy, PAGE_HEADERS, readPageFile } from '../../hosts/page.ts';
import { ENGINE_SOCKET_PATH, HOST_API_PATH } from '../contract/host.ts';
import { dispatchHostCall, type HostServices, isHostCall } from '../contract/host-calls.ts';
import { MESSAGE_SIZE_MAX } from '../contract/link.ts';
import { pipe } from '../link/pipe.ts';
import { linkOverSocket } from '../link/socket-link.ts';
import { readBody } from './body.ts';
import type { EngineChild } from './engine-child.ts';
import { checkCaller, checkHost, checkSession, type Refusal } from './guard.ts';
import { Session } from './session.ts';

export const BODY_BYTES_MAX = MESSAGE_SIZE_MAX;
const SOCKETS_MAX = 32;
/** A request that is not whole by then is answered 408. */
const REQUEST_TIMEOUT_MS = 30_000;
const ENGINE_PATIENCE_MS = 4000;

export interface StudioServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly pageDir: string;
  readonly services: HostServices;
  readonly engine: EngineChild;
  readonly requestTimeoutMs?: number;
  readonly bodyBytesMax?: number;
}

export class StudioServer {
  readonly #options: StudioServerOptions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_SIZE_MAX });
  #session = new Session(0);
  #port = 0;

  constructor(options: StudioServerOptions) {
    this.#options = options;
    const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#server = createServer({
      requestTimeout,
      headersTimeout: Math.min(10_000, requestTimeout),
      connectionsCheckingInterval: Math.min(5000, requestTimeout),
    });
    this.#server.on('request', (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        console.error('weir: a request failed:', error);
        if (response.headersSent) response.destroy();
        else refuse(response, { status: 500, text: 'The host failed; its terminal says why.' });
      });
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Resolves with the address to open: it holds the token. Rejects with Node's error where the port is taken. */
  async listen(): Promise<string> {
    this.#server.listen(this.#options.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#session = new Session(this.#port);
    return `http://127.0.0.1:${this.#port}/?token=${this.#session.token}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#options.engine.stop(ENGINE_PATIENCE_MS);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader(
      'content-security-policy',
      contentSecurityPolicy(`'self' ws://${request.headers.host}`),
    );
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    const foreign = checkHost(request, this.#port);
    if (foreign !== null) return refuse(response, foreign);
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
    if (url === null) return refuse(response, { status: 400, text: 'The address is not usable.' });
    if (url.pathname.startsWith(HOST_API_PATH)) return this.#call(url.pathname, request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return refuse(response, { status: 405, text: 'Only GET.' });
    }
    const token = url.searchParams.get('token');
    if (token !== null) return this.#enter(token, request, response);
    const stranger = checkSession(request.headers.cookie, this.#session);
    if (stranger !== null) return refuse(response, stranger);
    return this.#page(url.pathname, request, response);
  }

  /** The token leaves the address at once, so that it stays out of the history and of screenshots. */
  #enter(token: string, request: IncomingMessage, response: ServerResponse): void {
    const cookie = this.#session.exchange(token);
    const stranger = cookie === null ? checkSession(request.headers.cookie, this.#session) : null;
    if (stranger !== null) {
      refuse(response, stranger);
      return;
    }
    if (cookie !== null) response.setHeader('set-cookie', cookie);
    response.writeHead(303, { location: '/', 'cache-control': 'no-store' }).end();
  }

  async #page(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = await readPageFile(this.#options.pageDir, pathname);
    if (file === null) return refuse(response, { status: 404, text: 'There is no such page.' });
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': file.bytes.length,
      'cache-control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
  }

  async #call(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const stranger = checkCaller(request, this.#session);
    if (stranger !== null) return refuse(response, stranger);
    const call = pathname.slice(HOST_API_PATH.length);
    if (!isHostCall(call)) return refuse(response, { status: 404, text: 'There is no such call.' });
    if (request.method !== 'POST') return refuse(response, { status: 405, text: 'Only POST.' });
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      return refuse(response, { status: 415, text: 'The arguments must be application/json.' });
    }
    const body = await readBody(request, this.#options.bodyBytesMax ?? BODY_BYTES_MAX);
    if (!body.ok) {
      const text = body.status === 413 ? 'The arguments are too large.' : 'The arguments are not whole.';
      return refuse(response, { status: body.status, text });
    }
    let args: unknown;
    try {
      args = JSON.parse(body.text);
    } catch {
      return refuse(response, { status: 400, text: 'The arguments are not JSON.' });
    }
    const answer = JSON.stringify(await dispatchHostCall(this.#options.services, call, args));
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
      .end(answer);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const found =
      checkHost(request, this.#port) ??
      checkCaller(request, this.#session) ??
      (request.url === ENGINE_SOCKET_PATH ? null : { status: 404, text: 'There is no such socket.' }) ??
      (this.#sockets.clients.size < SOCKETS_MAX ? null : { status: 503, text: 'Too many windows are open.' });
    if (found !== null) {
      socket.end(`HTTP/1.1 ${found.status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      pipe(linkOverSocket(opened), this.#options.engine.connect());
    });
  }
}

/** Closes the connection: a body that nobody reads must not be taken for the next request. */
function refuse(response: ServerResponse, { status, text }: Refusal): void {
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'close',
    })
    .end(`${text}\n`);
}
