/** Stands between a client and an HTTP server on loopback: passes calls on, or answers as a service in trouble does. */
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Null: what the server says. Before the call is passed on. */
export type Instead = (call: Call) => Answer | 'drop' | null;
/** Changes what the server said. */
export type Afterwards = (call: Call, answer: Answer) => Answer;

export class HttpProxy {
  readonly address: string;
  /** May be replaced at any time. */
  instead: Instead = () => null;
  afterwards: Afterwards = (_call, answer) => answer;
  /** The body that the server gets. */
  rewrite: (call: Call) => string = ({ body }) => body;
  calls = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(to: string): Promise<HttpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new HttpProxy(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        proxy.calls++;
        const call: Call = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
        const own = proxy.instead(call);
        if (own === 'drop') {
          request.socket.destroy();
          return;
        }
        const send = (answer: Answer): void => {
          response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
          response.end(answer.body);
        };
        if (own !== null) return send(own);
        const url = new URL(request.url ?? '/', to);
        const body = Buffer.from(proxy.rewrite(call), 'utf8');
        const headers = { ...request.headers, 'content-length': String(body.length) };
        const passed = httpRequest(url, { method: request.method, headers }, (found) => {
          const parts: Buffer[] = [];
          found.on('data', (part: Buffer) => parts.push(part));
          found.on('end', () =>
            send(
              proxy.afterwards(call, {
                status: found.statusCode ?? 500,
                body: Buffer.concat(parts).toString('utf8'),
              }),
            ),
          );
        });
        passed.on('error', () => request.socket.destroy());
        passed.end(body);
      });
    });
    return proxy;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
