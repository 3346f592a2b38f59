/** Stands between a client and a server on loopback, and makes the network between them bad: slow, narrow, cut, or silent. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class TcpProxy {
  readonly port: number;
  /** May be changed at any time. Of each piece, in both directions, ms. */
  delayMs = 0;
  /** Of each connection and direction. */
  bytesPerSecond = Infinity;
  /** What the server says is lost; connections stay as they are. */
  isSilent = false;
  /** Bytes that came through to the server. */
  sent = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #to = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#take(client));
  }

  static async start(): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TcpProxy(server);
  }

  /** @param port of the server, which may have begun later */
  leadTo(port: number): void {
    this.#to = port;
  }

  /** Ends all connections, as a firewall that was restarted. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #take(client: Socket): void {
    const server = connect(this.#to, '127.0.0.1');
    void this.#carry(client, server, (bytes) => {
      this.sent += bytes;
      return true;
    });
    void this.#carry(server, client, () => !this.isSilent);
  }

  /** Everything that comes from one side to the other, in order, with what the network does to it. */
  async #carry(from: Socket, to: Socket, passes: (bytes: number) => boolean): Promise<void> {
    this.#sockets.add(from);
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    // The other side is told by the end.
    from.on('error', () => {});
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        const ms = this.delayMs + (piece.length / this.bytesPerSecond) * 1000;
        if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
        if (to.destroyed) return;
        if (passes(piece.length)) to.write(piece);
      }
      to.end();
    } catch {
      to.destroy();
    }
  }
}
